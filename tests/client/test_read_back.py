# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chat Servers are read back together when all are written: what must not be overlooked, and what must not fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import wanted_endpoint
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.client import Gax
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import Account
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.urls import split_urls
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_options,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import one_application
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.writer import Run, apply
from ansible_collections.genesys_ops.engage.tests.client.between import Between, PassOn, Reply, Seen, between
from ansible_collections.genesys_ops.engage.tests.client.calling import PASSWORD, USER, applied, call, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate
from ansible_collections.genesys_ops.engage.tests.simulator.objects import items, with_items

SERVERS = [f"ChatServer_1_{number:02}" for number in range(1, 7)]
FIRST, LAST = SERVERS[0], SERVERS[-1]
CLUSTER = "GWE_Cluster_1"
CHANNEL: dict[str, Any] = {"cluster": CLUSTER, "queue": "Webengagement_Chat"}
ENDPOINT = ("endpoints:1", "webme")
OTHER = ("log", "verbose")  # an option that a run has nothing to do with

Act = Callable[[Between], None]


@pytest.fixture
def gax(start: Start) -> Simulator:
    sim = start(generate(1, len(SERVERS)))
    for name in SERVERS:
        sim.edit(name, *OTHER, "standard")
    return sim


def single_reads(sim: Simulator, names: list[str]) -> dict[str, int]:
    """Return how often each application was read by itself."""
    dbids = {sim.app(name)["dbid"]: name for name in names}
    found = [entry["path"].rpartition("/")[2] for entry in sim.log if entry["method"] == "GET"]
    return {name: found.count(dbid) for dbid, name in dbids.items()}


@contextmanager
def when_all_are_written(sim: Simulator, act: Act, servers: int = len(SERVERS)) -> Iterator[Between]:
    """Do something once, when the Chat Servers are written and before anything more is read of them."""
    done = []

    def script(seen: Seen, pass_on: PassOn) -> Reply:
        written = sum(write["type"] == "CfgApplication" and write["applied"] for write in sim.journal)
        if not done and written == servers and seen.method == "GET" and seen.path == "cfg/objects":
            done.append(True)
            act(server)
        return pass_on()

    with between(sim.url, script) as server:
        yield server
        assert done, "that moment never came"


def configured(sim: Simulator) -> list[str]:
    """Return the Chat Servers that have the endpoint."""
    return [name for name in SERVERS if sim.options(name).get(ENDPOINT[0], {}).get(ENDPOINT[1])]


def sharing() -> Estate:
    """Return two clusters that reach the same Chat Servers."""
    estate = generate(2, len(SERVERS))
    first, second = estate.app(CLUSTER), estate.app("GWE_Cluster_2")
    estate.put(with_items(second, "appservers", items(first, "appservers")))
    return estate


class TestRequests:
    def test_the_first_chat_server_is_read_back_by_itself_and_the_others_as_one_list(self, gax: Simulator) -> None:
        call(gax, chat_channel, **CHANNEL)
        assert single_reads(gax, SERVERS) == {name: 2 if name == FIRST else 1 for name in SERVERS}
        assert applied(gax) == dict.fromkeys([*SERVERS, CLUSTER], 1)

    def test_the_cluster_is_read_back_with_all_that_is_read_at_the_end(self, gax: Simulator) -> None:
        call(gax, chat_channel, **CHANNEL)
        assert single_reads(gax, [CLUSTER]) == {CLUSTER: 1}
        after = gax.log[1 + max(number for number, entry in enumerate(gax.log) if entry["method"] == "PUT") :]
        assert {entry["path"].partition("?")[0].rpartition("/")[2] for entry in after} == {"objects", "logout"}

    def test_a_cluster_that_moves_before_an_endpoint_goes_is_read_back_by_itself(self, gax: Simulator) -> None:
        call(gax, chat_channel, **CHANNEL)
        renamed = {**CHANNEL, "endpoint": "webchat", "previous_endpoint": ENDPOINT[1], "nodes_restarted": True}
        before = single_reads(gax, [CLUSTER])[CLUSTER]
        call(gax, chat_channel, **renamed)
        assert single_reads(gax, [CLUSTER])[CLUSTER] == before + 2
        assert configured(gax) == []

    def test_so_it_is_where_no_queue_key_moves(self, gax: Simulator) -> None:
        call(gax, chat_channel, **CHANNEL)
        for name in SERVERS:
            gax.edit(name, *ENDPOINT, "Chat In")
        before = single_reads(gax, SERVERS)
        call(gax, chat_channel, **CHANNEL)
        more = {name: number - before[name] for name, number in single_reads(gax, SERVERS).items()}
        assert more == {name: 2 if name == FIRST else 1 for name in SERVERS}

    def test_each_that_loses_an_endpoint_is_read_back_by_itself_whatever_else_is_planned_there(
        self, gax: Simulator
    ) -> None:
        for name in SERVERS:
            gax.edit(name, *ENDPOINT, "Chat In")
        found = [Application(gax.app(name)) for name in SERVERS]
        losing = [plan(server, wanted_endpoint("1", ENDPOINT[1], None)) for server in found]
        unchanged = [plan(server, Wanted({}, "annex")) for server in found]
        account = Account(USER, PASSWORD)
        with Gax(HttpSettings(split_urls(gax.url)), account) as client:
            apply(client, [*losing, *unchanged], run=Run(in_use=True, in_all=len(SERVERS)))
        assert single_reads(gax, SERVERS) == dict.fromkeys(SERVERS, 2)
        assert configured(gax) == []

    def test_with_one_request_at_a_time_each_is_finished_before_the_next(self, gax: Simulator) -> None:
        call(gax, chat_channel, **CHANNEL, gax_concurrency=1)
        dbids = [gax.app(name)["dbid"] for name in SERVERS]
        of_servers = [(entry["method"], entry["dbid"]) for entry in gax.log if entry["dbid"] in dbids]
        assert of_servers == [(method, dbid) for dbid in dbids for method in ("GET", "PUT", "GET")]


class TestNothingIsOverlooked:
    @pytest.mark.parametrize("name", [*SERVERS, CLUSTER])
    def test_a_write_that_never_arrived_is_repeated(
        self, gax: Simulator, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.3)
        lost = [gax.app(name)["dbid"]]

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.method == "PUT" and lost and seen.path.endswith(f"/{lost[0]}"):
                lost.clear()
                return Reply(200, seen.body)
            return pass_on()

        with between(gax.url, script) as server:
            assert call(server.url, chat_channel, **CHANNEL)["changed"]
        assert configured(gax) == SERVERS
        assert applied(gax) == dict.fromkeys([*SERVERS, CLUSTER], 1)

    def test_a_write_that_never_arrived_is_not_repeated_once_another_has_failed(
        self, gax: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.3)
        gax.set(deny_write=[FIRST])
        first, last, sent = gax.app(FIRST)["dbid"], gax.app(LAST)["dbid"], threading.Event()
        count = []

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if (seen.method, seen.path.rpartition("/")[2]) == ("PUT", last):
                count.append(seen)
                sent.set()
                return Reply(200, seen.body)
            if (seen.method, seen.path.rpartition("/")[2]) == ("PUT", first):
                assert sent.wait(20)
            return pass_on()

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, FIRST, **CHANNEL)
        assert said.startswith("Nothing is changed")
        assert len(count) == 1
        assert configured(gax) == []

    @pytest.mark.parametrize("name", SERVERS)
    def test_what_gax_drops_on_one_chat_server_fails_the_run(
        self, gax: Simulator, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.2)
        before = {name: gax.options(name) for name in SERVERS}
        dropped = [gax.app(name)["dbid"]]

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            if seen.method == "PUT" and dropped and seen.path.endswith(f"/{dropped[0]}"):
                dropped.clear()
                gax.edit(name, *OTHER, None)
            return reply

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, "what was read back differs in [log] verbose", name, **CHANNEL)
        assert "rolled back" in said.splitlines()[0]
        del before[name][OTHER[0]][OTHER[1]]  # it is not ours
        assert {server: gax.options(server) for server in SERVERS} == before
        assert "queueKey" not in gax.options(CLUSTER)["chat"]

    def test_what_gax_drops_on_the_cluster_rolls_everything_back(
        self, gax: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.2)
        before = gax.options(CLUSTER)
        dropped = [gax.app(CLUSTER)["dbid"]]

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.method == "PUT" and seen.path.endswith(f"/{dropped[0]}") and "queueKey" in seen.body:
                raw = json.loads(seen.body)
                gax.estate.put(with_items(raw, "options", [t for t in items(raw, "options") if t["key"] != "queueKey"]))
                return Reply(200, seen.body)
            return pass_on()

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, "what was read back differs in [chat] queueKey", **CHANNEL)
        assert "rolled back" in said.splitlines()[0]
        assert gax.options(CLUSTER) == before
        assert configured(gax) == []

    def test_where_lists_cannot_be_read_after_the_last_write_nothing_is_rolled_back(self, gax: Simulator) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if CLUSTER in applied(gax) and seen.method == "GET" and seen.path == "cfg/objects":
                return Reply(500, "no list today")
            return pass_on()

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, "no list today", **CHANNEL, gax_retries=0)
        assert said.splitlines()[0] == f"{len(SERVERS) + 1} applications are changed."
        assert "Everything was written and read back, but the final check failed" in said
        assert applied(gax) == dict.fromkeys([*SERVERS, CLUSTER], 1)

    def test_what_was_being_read_when_another_was_refused_is_not_written(self, gax: Simulator) -> None:
        gax.set(deny_write=[FIRST])
        first, last, looked = gax.app(FIRST)["dbid"], gax.app(LAST)["dbid"], threading.Event()

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            of = seen.path.rpartition("/")[2]
            if (seen.method, of) == ("GET", last):
                assert looked.wait(20)
                time.sleep(0.3)  # until the one that was refused is known to be as it was
            reply = pass_on()
            if (seen.method, of) == ("PUT", first):
                looked.set()
            return reply

        with between(gax.url, script) as server:
            refused(server.url, chat_channel, FIRST, **CHANNEL)
        assert LAST not in {write["name"] for write in gax.journal}
        assert configured(gax) == []

    def test_a_gax_that_stores_something_else_is_noticed_before_all_are_written(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.3)
        many = [f"ChatServer_1_{number:02}" for number in range(1, 41)]
        sim = start(generate(1, len(many)), latency=0.02)
        first, *others = [sim.app(name)["dbid"] for name in many]
        later, read_back = others[7:], threading.Event()

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            of = seen.path.rpartition("/")[2]
            if seen.method == "GET" and of in later:  # on a busy machine the others could be faster than the first one
                assert read_back.wait(20)
                time.sleep(0.1)
            reply = pass_on()
            if seen.method == "PUT":
                sim.edit(json.loads(seen.body)["name"], *ENDPOINT, "webengagement_chat")
            elif of == first and applied(sim)[FIRST]:
                read_back.set()
            return reply

        with between(sim.url, script) as server:
            refused(server.url, chat_channel, "GAX stored the value in another form", **CHANNEL)
        assert 0 < len({write["name"] for write in sim.journal}) <= 16

    def test_where_lists_cannot_be_read_any_more_it_is_known_what_is_changed(self, gax: Simulator) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if gax.journal and seen.method == "GET" and seen.path == "cfg/objects":
                return Reply(500, "no list today")
            return pass_on()

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, "no list today", **CHANNEL, gax_retries=0)
        assert said.splitlines()[0] == f"{len(SERVERS)} applications are changed, 1 is unchanged."
        assert len(said.splitlines()) <= 12
        assert configured(gax) == SERVERS

    def test_what_is_kept_is_said_to_be_unknown_where_it_could_not_be_read_back(self, gax: Simulator) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            written = sum(write["applied"] for write in gax.journal)
            if written == len(SERVERS) and seen.method == "GET":
                raise ConnectionError
            return pass_on()

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, "unknown", **CHANNEL, on_failure="keep", gax_retries=0)
        first = said.splitlines()[0]
        assert all(name in first for name in SERVERS[1:]), said
        assert configured(gax) == SERVERS

    def test_a_gax_that_is_gone_before_they_are_read_back_is_asked_a_few_times_only(self, gax: Simulator) -> None:
        asked = []

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if sum(write["applied"] for write in gax.journal) < len(SERVERS):
                return pass_on()
            asked.append(seen)
            raise ConnectionError

        with between(gax.url, script) as server:
            said = refused(server.url, chat_channel, **CHANNEL, on_failure="keep", gax_retries=0)
        assert "are unknown" in said.splitlines()[0]  # the first one too, if the others were faster
        assert 0 < len(asked) < 8


class TestNothingFailsWithoutNeed:
    @pytest.mark.parametrize(
        "switches",
        [{"filters": "ignored"}, {"list_limit": 4}, {"stale_reads": 0.4}],
        ids=str,
    )
    def test_lists_that_show_too_little_or_too_much_or_too_late(self, gax: Simulator, switches: dict[str, Any]) -> None:
        gax.set(**{**switches, "list_limit": 0} if "list_limit" in switches else switches)

        def cut(server: Between) -> None:
            gax.set(**switches)

        with when_all_are_written(gax, cut) as server:
            assert call(server.url, chat_channel, **CHANNEL)["changed"]
        assert configured(gax) == SERVERS
        assert applied(gax) == dict.fromkeys([*SERVERS, CLUSTER], 1)

    def test_a_cluster_that_a_list_shows_too_late(self, gax: Simulator) -> None:
        shown = []

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            if CLUSTER in applied(gax) and not shown and seen.path == "cfg/objects" and CLUSTER in str(reply.text):
                shown.append(before)
                listed = [before if raw["name"] == CLUSTER else raw for raw in json.loads(reply.text)]
                return Reply(200, json.dumps(listed), reply.headers)
            return reply

        before = gax.app(CLUSTER)
        with between(gax.url, script) as server:
            assert call(server.url, chat_channel, **CHANNEL)["changed"]
        assert shown
        assert single_reads(gax, [CLUSTER]) == {CLUSTER: 2}
        assert applied(gax) == dict.fromkeys([*SERVERS, CLUSTER], 1)

    def test_options_that_somebody_adds_meanwhile(self, gax: Simulator) -> None:
        with when_all_are_written(gax, lambda server: gax.edit(LAST, "log", "all", "stdout")) as server:
            assert call(server.url, chat_channel, **CHANNEL)["changed"]
        assert gax.options(LAST)["log"]["all"] == "stdout"

    def test_options_that_another_run_on_this_machine_changes_meanwhile(self, gax: Simulator) -> None:
        def act(server: Between) -> None:
            call(server.url, application_options, name=LAST, options={OTHER[0]: {OTHER[1]: "all"}})

        with when_all_are_written(gax, act) as server:
            assert call(server.url, chat_channel, **CHANNEL)["changed"]
        assert gax.options(LAST)[OTHER[0]][OTHER[1]] == "all"
        assert configured(gax) == SERVERS

    def test_an_endpoint_that_another_run_on_this_machine_removes_meanwhile_is_there_at_the_end(
        self, gax: Simulator
    ) -> None:
        def act(server: Between) -> None:
            call(server.url, chat_server_endpoint, chat_servers=[LAST], tenant="1", state="absent")

        with when_all_are_written(gax, act) as server:
            assert call(server.url, chat_channel, **CHANNEL)["changed"]
        assert configured(gax) == SERVERS
        assert gax.options(CLUSTER)["chat"]["queueKey"] == "1:webme"

    def test_what_another_administrator_changes_meanwhile_is_told_and_stays(
        self, gax: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.2)
        with when_all_are_written(gax, lambda server: gax.edit(LAST, *ENDPOINT, "Chat In")) as server:
            said = refused(server.url, chat_channel, "(sent 'Webengagement_Chat', read back 'Chat In')", **CHANNEL)
        assert said.splitlines()[:2] == [
            "1 application is overwritten, 5 are rolled back, 1 is unchanged.",
            f"Overwritten: {LAST}.",
        ]
        assert configured(gax) == [LAST]
        assert gax.options(LAST)[ENDPOINT[0]][ENDPOINT[1]] == "Chat In"
        assert "queueKey" not in gax.options(CLUSTER)["chat"]


class TestRunsAtOnceWhereWritesShowLate:
    """Who comes next waits until it shows what another run on this machine has written, and has not read back yet."""

    def test_nobody_writes_on_top_of_the_state_before(self, gax: Simulator) -> None:
        sent: list[str] = []
        others: list[Future[dict[str, Any]]] = []

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.method != "PUT" or not seen.path.endswith(f"/{gax.app(LAST)['dbid']}"):
                return pass_on()
            sent.append(seen.body)
            if others:
                return pass_on()
            threading.Timer(0.5, gax.estate.put, (json.loads(seen.body),)).start()
            others.append(pool.submit(call, url, application_options, name=LAST, options={OTHER[0]: {OTHER[1]: "x"}}))
            return Reply(200, seen.body)

        with between(gax.url, script) as server, ThreadPoolExecutor() as pool:
            url = server.url
            assert call(f"{server.url},{gax.url}", chat_channel, **CHANNEL)["changed"]
            assert others[0].result()["changed"]
        assert [ENDPOINT[1] in body for body in sent] == [True, True]
        assert configured(gax) == SERVERS
        assert gax.options(LAST)[OTHER[0]][OTHER[1]] == "x"

    def test_nobody_waits_once_it_was_read_back(self, gax: Simulator) -> None:
        before = gax.app(LAST)
        call(gax, chat_channel, **CHANNEL, gax_timeout=60.0)
        gax.estate.put(before)  # somebody else has taken it back
        reads = single_reads(gax, [LAST])[LAST]
        call(gax, application_options, name=LAST, options={OTHER[0]: {OTHER[1]: "x"}}, gax_timeout=60.0)
        assert single_reads(gax, [LAST])[LAST] == reads + 2

    def test_no_queue_key_moves_to_an_endpoint_that_another_run_is_removing(self, start: Start) -> None:
        sim = start(sharing())
        call(sim, chat_channel, **CHANNEL)
        others: list[Future[dict[str, Any]]] = []

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.method != "PUT" or others or not seen.path.endswith(f"/{sim.app(LAST)['dbid']}"):
                return pass_on()
            threading.Timer(0.6, sim.edit, (LAST, *ENDPOINT, None)).start()
            others.append(pool.submit(call, sim, chat_channel, cluster="GWE_Cluster_2", queue=CHANNEL["queue"]))
            return Reply(200, seen.body)

        with between(sim.url, script) as server, ThreadPoolExecutor() as pool:
            with suppress(EngageError):  # both want it otherwise
                call(f"{server.url},{sim.url}", chat_channel, cluster=CLUSTER, state="absent")
            problem = others[0].exception()
        assert "endpoint 'webme' is now missing" in str(problem)
        assert "queueKey" not in sim.options("GWE_Cluster_2")["chat"]

    def test_no_endpoint_goes_that_a_cluster_points_at_which_does_not_show_it_yet(self, start: Start) -> None:
        sim = start(sharing())
        other = {"cluster": "GWE_Cluster_2", "queue": CHANNEL["queue"]}
        call(sim, chat_channel, **other)
        retired: list[Future[dict[str, Any]]] = []

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if retired or seen.method != "PUT" or not seen.path.endswith(f"/{sim.app(CLUSTER)['dbid']}"):
                return pass_on()
            threading.Timer(1.2, sim.estate.put, (json.loads(seen.body),)).start()
            retired.append(pool.submit(call, url, chat_channel, **other, state="absent", gax_timeout=5.0))
            return Reply(200, seen.body)

        with between(sim.url, script) as server, ThreadPoolExecutor() as pool:
            url = f"{server.url},{sim.url}"
            assert call(url, chat_channel, **CHANNEL, gax_timeout=5.0)["changed"]
            assert "which would lack that endpoint" in str(retired[0].exception())
        assert sim.options(CLUSTER)["chat"]["queueKey"] == "1:webme"
        assert configured(sim) == SERVERS
