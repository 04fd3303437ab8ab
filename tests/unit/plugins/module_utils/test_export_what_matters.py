# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export holds all that matters: what is found in it is what is found in the estate that it comes from."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput, EngageError, PermissionDenied
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.context import Context
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.export import estate_export, what_matters
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import chat_channel_info
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import MODULES
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.estate_file import ordered
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, generate, load
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj, clone
from ansible_collections.genesys_ops.engage.tests.simulator.query import select
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import FakeGax, Raw, triples
from hypothesis import given
from hypothesis import strategies as st

QUEUE = "Webengagement_Chat"
CHANNEL = {
    "cluster": "GWE_Cluster_Main",
    "tenant": None,
    "endpoint": "webme",
    "previous_endpoint": None,
    "queue": QUEUE,
    "contact_server": None,
}


class EstateGax(FakeGax):
    """An estate instead of a GAX. With ``honest`` it keeps to filters, otherwise it ignores them."""

    url = "https://gax.example.com/gax"
    may_change = True

    def __init__(self, raws: Sequence[Raw], honest: bool = True) -> None:
        super().__init__(*raws)
        self._switches = Switches()
        if not honest:
            self._switches.change({"filters": "ignored"})

    def __enter__(self) -> EstateGax:
        return self

    def __exit__(self, *_unused: object) -> None:
        pass

    def origin(self) -> tuple[str, str]:
        return self.url, "9.0.000.15"

    def objects(self, kind: str, **query: str) -> list[Raw]:
        return select([raw for raw in self.raws if raw["type"] == kind], query, self._switches)


class EstateContext(Context):
    """A call to an estate."""

    def __init__(self, gax: EstateGax, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        object.__setattr__(self, "_gax", gax)

    def gax(self) -> Any:
        return self._gax


def told(gax: EstateGax, channel: Mapping[str, Any]) -> Any:
    """Return all that ``chat_channel_info`` says, or its error."""
    specs: Mapping[str, Any] = MODULES["chat_channel_info"].arguments
    defaults = {"gax_username": "reader", **{name: spec.get("default") for name, spec in specs.items()}}
    try:
        return chat_channel_info(EstateContext(gax, {**defaults, **channel}))
    except EngageError as problem:
        # Whom else there is to choose from is told as a help: it is more in the estate.
        return str(problem).partition(" Did you mean")[0]


def exported(raws: Sequence[Raw], channels: Sequence[Mapping[str, Any]], honest: bool = True) -> Estate:
    """Return the estate of an export, as the simulator takes it."""
    return Estate(ordered(what_matters(EstateGax(raws, honest), channels)))


def names(estate: Estate, kind: str = "CfgApplication") -> set[str]:
    return {obj["name"] for obj in estate.all(kind)}


def rich() -> Estate:
    """Return the demo estate with what is rare: a cluster above two others, Contact Servers behind a cluster.

    GWE_Cluster_Above -> Between -> ChatServer_Cluster; UCS_Member -> UCS_Cluster <- ChatServer_2 and ChatServer_DR_A,
    which have no other Contact Server; Monitor -> ChatServer_3.
    """
    estate = load("demo")

    def add(
        dbid: str, name: str, like: str, *targets: str, options: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        connections = [{"appserverdbid": target, "id": "default"} for target in targets]
        new = {"dbid": dbid, "name": name, "appservers": {"conninfo": connections}}
        estate.add({**estate.app(like), **new, "options": {"property": triples(options or {})}})

    add("901", "Between", "ChatServer_Cluster", "310")
    above = {"webengagementChatQueue": "Chat_VIP", "queueKey": "101:vip"}
    add("902", "GWE_Cluster_Above", "GWE_Cluster_Main", "901", options={"chat": above})
    add("903", "UCS_Cluster", "ChatServer_Cluster")
    add("904", "UCS_Member", "UCS", "903")
    add("905", "Monitor", "GMS_Node_1", "204")
    for name in ("ChatServer_2", "ChatServer_DR_A"):
        server = estate.app(name)
        rest = [item for item in server["appservers"]["conninfo"] if item["appserverdbid"] != "181"]
        estate.put({**server, "appservers": {"conninfo": [*rest, {"appserverdbid": "903", "id": "default"}]}})
    return estate


class TestWhatMatters:
    def test_of_a_cluster_everything_around_it_and_nothing_else(self) -> None:
        assert names(exported(list(load("demo")), [CHANNEL])) == {
            "GWE_Cluster_Main", "ChatServer_Cluster", "ChatServer_1", "ChatServer_2", "ChatServer_3",
            "GWE_Node_1", "GWE_Node_2", "GMS_Node_1", "CoBrowse_Cluster",
            "Interaction_Server", "UCS", "Stat_Server", "Message_Server",
        }  # fmt: skip

    def test_backups(self) -> None:
        found = names(exported(list(load("demo")), [{**CHANNEL, "cluster": "GWE_Cluster_DR"}]))
        assert {"ChatServer_DR_A_Backup", "ChatServer_DR_B_Backup"} <= found
        assert "ChatServer_1" not in found

    def test_of_several_clusters_everything_once(self) -> None:
        channels = [{**CHANNEL, "cluster": f"GWE_Cluster_{name}"} for name in ("Main", "DR", "Main")]
        found = names(exported(list(load("demo")), channels))  # Estate refuses an object that comes twice
        assert {"ChatServer_1", "ChatServer_DR_A_Backup"} <= found

    def test_the_inner_cluster_of_nested_ones_and_no_stranger(self) -> None:
        estate = generate(2, 2, applications=5, nested=True)
        found = names(exported(list(estate), [{**CHANNEL, "cluster": "GWE_Cluster_1"}]))
        assert {"ChatServer_Cluster_1_Inner", "ChatServer_1_02"} <= found
        assert not [name for name in found if name.startswith("Application_") or name.endswith("_2")]

    def test_the_clusters_above_the_same_chat_servers_whatever_they_use(self) -> None:
        found = exported(list(rich()), [CHANNEL])
        assert {"GWE_Cluster_Above", "Between"} <= names(found)
        assert told(EstateGax(list(found)), CHANNEL)["chat_servers"][0]["shared_with"] == ["GWE_Cluster_Above"]

    def test_contact_servers_behind_a_cluster_but_not_all_who_use_them(self) -> None:
        found = names(exported(list(rich()), [CHANNEL]))
        assert {"UCS_Cluster", "UCS_Member"} <= found
        assert "ChatServer_DR_A" not in found

    def test_whatever_is_connected_to_a_chat_server(self) -> None:
        assert "Monitor" in names(exported(list(rich()), [CHANNEL]))

    def test_all_tenants_their_scripts_and_folders_of_scripts(self) -> None:
        found = exported(list(load("demo")), [CHANNEL])
        assert names(found, "CfgTenant") == {"Environment", "Resources"}
        assert {"Chat_VIP/View1", "Chat_VIP_Submitter", "WebEngagement_ChatRouting"} <= names(found, "CfgScript")
        assert {folder["ownerdbid"] for folder in found.all("CfgFolder")} == {"1", "101"}
        assert {folder["subtype"] for folder in found.all("CfgFolder")} == {"CFGScript"}

    def test_a_contact_server_that_a_run_would_connect(self) -> None:
        other = {**load("demo").app("UCS"), "dbid": "999", "name": "UCS_New"}
        raws = [*load("demo"), other]
        assert "UCS_New" not in names(exported(raws, [CHANNEL]))
        assert "UCS_New" in names(exported(raws, [{**CHANNEL, "contact_server": "UCS_New"}]))

    def test_a_script_of_another_type_that_has_the_name_of_the_queue(self) -> None:
        raws = [*load("demo"), {"type": "CfgScript", "dbid": "9", "subtype": "CFGSimpleRouting", "name": "Taken"}]
        assert "Taken" not in names(exported(raws, [CHANNEL]), "CfgScript")
        assert "Taken" in names(exported(raws, [{**CHANNEL, "queue": "Taken"}]), "CfgScript")

    def test_whoever_names_the_queue_or_an_endpoint_that_goes(self) -> None:
        estate = load("demo")
        estate.edit("ChatServer_DR_A", "endpoints:101", "vip", "Chat_VIP")
        estate.edit("GWE_Cluster_Direct", "chat", "queueKey", "101:old")
        assert "ChatServer_DR_A" in names(exported(list(estate), [{**CHANNEL, "queue": "Chat_VIP"}]))
        found = names(exported(list(estate), [{**CHANNEL, "previous_endpoint": "old"}]))
        assert {"GWE_Cluster_Direct", "ChatServer_Direct"} <= found

    def test_what_may_not_be_read_is_left_out(self) -> None:
        class Strict(EstateGax):
            def object(self, kind: str, dbid: str) -> Raw | None:
                if dbid == "104":
                    raise PermissionDenied("not for you")
                return super().object(kind, dbid)

        found = what_matters(Strict(list(load("demo"))), [CHANNEL])
        assert "Message_Server" not in {raw["name"] for raw in found}
        assert "UCS" in {raw["name"] for raw in found}

    @pytest.mark.parametrize(
        ("channels", "words"),
        [
            ([], "clusters (chat_channel_cluster) is empty"),
            ([{**CHANNEL, "cluster": "gwe_cluster_main"}], "Did you mean 'GWE_Cluster_Main'?"),
            ([{**CHANNEL, "cluster": "ChatServer_1"}], "is of type Chat Server; name the Web Engagement Cluster"),
            ([{**CHANNEL, "tenant": "Resource"}], "Did you mean 'Resources'?"),
            ([{**CHANNEL, "endpoint": "101:webme"}], "cannot be used in queueKey"),
        ],
    )
    def test_wrong_input_is_told(self, channels: list[dict[str, Any]], words: str) -> None:
        with pytest.raises(BadInput) as caught:
            estate_export(
                EstateContext(EstateGax(list(load("demo"))), {"path": "/nowhere/x.yml", "clusters": channels})
            )
        assert words in str(caught.value)


OPTIONS = (
    ("endpoints:101", "webme", QUEUE),
    ("endpoints:101", "webme", "Chat_VIP"),
    ("endpoints:101", "other", QUEUE),
    ("endpoints:1", "webme", "Chat In"),
    ("chat", "queueKey", "101:webme"),
    ("chat", "queueKey", "1:webme"),
    ("chat", "webengagementChatQueue", QUEUE),
    ("chat", "identifyCreateContact", "2"),
    ("chat.x", "default_chat_endpoint", "Resources:webme"),
    ("settings", "use-contact-server", "false"),
)


def shaken(estate: Estate, seed: int) -> list[Obj]:
    """Return the objects of an estate with a dozen random changes in what the findings are about."""
    dice = random.Random(seed)
    objects = {(obj["type"], obj["dbid"]): clone(obj) for obj in estate}
    applications = [key for key in objects if key[0] == "CfgApplication"]
    scripts = [key for key in objects if key[0] == "CfgScript"]

    def connect(app: Obj) -> None:
        target = {"appserverdbid": dice.choice([*applications, ("", "99999")])[1], "id": dice.choice(["webapi", "ESP"])}
        app["appservers"] = {"conninfo": [*(app.get("appservers") or {}).get("conninfo", []), target]}

    def disconnect(app: Obj) -> None:
        held = (app.get("appservers") or {}).get("conninfo")
        if held:
            held.pop(dice.randrange(len(held)))

    def option(app: Obj) -> None:
        triple = dice.choice(OPTIONS)
        item = dict(zip(("section", "key", "value"), triple))
        app["options"] = {"property": [*(app.get("options") or {}).get("property", []), item]}

    def backup(app: Obj) -> None:
        app["backupserverdbid"] = dice.choice(applications)[1]

    def disable(app: Obj) -> None:
        app["state"] = "CFGDisabled"

    def tenants(app: Obj) -> None:
        app["tenantdbids"] = {"id": [{"dbid": dbid} for dbid in dice.sample(["1", "101"], dice.randint(0, 2))]}

    # Mostly those that are already part of something.
    likely = [key for key in applications if objects[key]["subtype"] in ("CFGChatServer", "CFGApplicationCluster")]
    for _unused in range(12):
        app = objects[dice.choice(dice.choice([likely, applications]))]
        dice.choice([connect, connect, disconnect, option, option, backup, disable, tenants])(app)
    del objects[dice.choice([key for key in applications if key not in likely])]
    if dice.random() < 0.3:
        del objects[dice.choice(scripts)]
    return ordered(objects.values())


ESTATES = [load("demo"), rich(), generate(2, 2, applications=3, tenants=2, backups=True), generate(2, 3, nested=True)]


@given(
    start=st.sampled_from(ESTATES),
    seed=st.integers(0, 10**9),
    honest=st.booleans(),
    queue=st.sampled_from([QUEUE, "Chat In", "Chat_VIP", "Nirvana"]),
    tenant=st.sampled_from([None, "1", "101"]),
)
def test_what_is_found_in_an_export_is_what_is_found_in_the_estate(
    start: Estate, seed: int, honest: bool, queue: str, tenant: str | None
) -> None:
    raws = shaken(start, seed)
    clusters = sorted(raw["name"] for raw in raws if raw.get("name", "").startswith("GWE_Cluster_"))
    for chosen in ([clusters[0]], clusters):
        channels = [{**CHANNEL, "cluster": name, "queue": queue, "tenant": tenant} for name in chosen]
        try:
            copy = exported(raws, channels, honest)
        except BadInput as problem:  # such as a tenant that does not exist
            assert str(problem).partition(" Did")[0] in [told(EstateGax(raws, honest), channel) for channel in channels]
            continue
        for channel in channels:
            there, here = told(EstateGax(raws, honest), channel), told(EstateGax(list(copy), honest), channel)
            assert here == there


def test_an_export_of_an_export_is_the_same() -> None:
    once = exported(list(load("demo")), [CHANNEL])
    assert list(exported(list(once), [CHANNEL])) == list(once)
