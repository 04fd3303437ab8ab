# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From names to objects, and what is said when there is none."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.lookup import all_tenants, find_applications
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.names import (
    choose_tenant,
    named_tenant,
    probably,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application, Tenant
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import visible
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    FakeGax,
    raw_application,
    raw_tenant,
)
from hypothesis import given
from hypothesis import strategies as st

SERVERS = [raw_application("1", "Chat_A"), raw_application("2", "Chat_B"), raw_application("3", "чат")]
SERVERS += [raw_application("4", "Chat_D"), raw_application("5", "Stat", "CFGStatServer")]
TENANTS = [Tenant(raw_tenant("1", "Environment")), Tenant(raw_tenant("101", "Bank")), Tenant(raw_tenant("102", "101"))]


def serving(*dbids: str) -> Application:
    return Application(raw_application("1", "WE", tenantdbids={"id": [{"dbid": dbid} for dbid in dbids]}))


# --- names that are meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "names", "meant"),
    [
        ("chat_a", ["Chat_A", "Chat_B"], " Did you mean 'Chat_A'?"),
        ("STRASSE", ["Straße", "Strasse"], " Did you mean 'Straße' or 'Strasse'?"),
        ("Chat_AA", ["Chat_A", "Stat", "Chat_A"], " Did you mean 'Chat_A'?"),
        ("Chat_X", ["Stat_Server", "URS"], ""),
        ("Chat_X", [], ""),
    ],
)
def test_the_nearest_names_are_offered(wanted: str, names: list[str], meant: str) -> None:
    assert probably(wanted, names) == meant


@given(names=st.lists(st.text(min_size=1)), wanted=st.text())
def test_only_names_that_exist_are_offered(names: list[str], wanted: str) -> None:
    sentence = probably(wanted, names)
    assert sentence == "" or any(f"'{visible(name)}'" in sentence for name in names)


# --- applications ----------------------------------------------------------------------------------------------------


MANY = ["чат", "Chat_D", "Chat_A", "Chat_B"]


@pytest.mark.parametrize("name_works", [True, False])
@pytest.mark.parametrize("subtype", [None, "CFGChatServer", "CFGStatServer"])
@pytest.mark.parametrize("names", [[], ["Chat_A"], MANY, ["Chat_A", "Stat", "Chat_A"], ["Stat", *MANY]])
def test_applications_are_found_in_the_order_asked_for(names: list[str], subtype: str | None, name_works: bool) -> None:
    found = find_applications(FakeGax(*SERVERS, name_works=name_works), names, "names", subtype)
    assert [application.name for application in found] == names


@pytest.mark.parametrize(("names", "requests"), [(["Chat_A"], 1), (MANY[:3], 1), (MANY, 1), (["Chat_A", *MANY], 1)])
def test_many_applications_of_one_type_are_read_in_one_list(names: list[str], requests: int) -> None:
    """Where ``name=`` has no effect, the first answer is the list of all."""
    gax = FakeGax(*SERVERS)
    find_applications(gax, names, "names", "CFGChatServer")
    assert gax.lists == requests


def test_every_application_that_does_not_exist_is_named_with_what_was_probably_meant() -> None:
    with pytest.raises(BadInput) as problem:
        find_applications(FakeGax(*SERVERS), ["chat_a", "Chat_B", "Nothing"], "chat_servers")
    assert str(problem.value) == (
        "chat_servers: there is no application 'chat_a'. Did you mean 'Chat_A'? 'Nothing'. Names are case-sensitive."
    )


def test_of_an_application_that_is_like_no_other_those_of_its_type_are_named() -> None:
    with pytest.raises(BadInput) as problem:
        find_applications(FakeGax(*SERVERS), ["Nothing"], "cluster", "CFGStatServer")
    assert str(problem.value) == (
        "cluster: there is no application 'Nothing'. Names are case-sensitive. GAX shows of type Stat Server: Stat."
    )
    with pytest.raises(BadInput, match="GAX shows of type Application Cluster: none"):
        find_applications(FakeGax(*SERVERS), ["Nothing"], "cluster", "CFGApplicationCluster")
    with pytest.raises(BadInput, match=r"Names are case-sensitive\.$"):
        find_applications(FakeGax(*SERVERS), ["chat_a"], "cluster", "CFGApplicationCluster")


# --- tenants ---------------------------------------------------------------------------------------------------------


def test_all_tenants_are_those_that_gax_shows() -> None:
    assert [tenant.name for tenant in all_tenants(FakeGax(*(tenant.raw for tenant in TENANTS)))] == [
        "Environment",
        "Bank",
        "101",
    ]


@pytest.mark.parametrize(
    ("wanted", "served", "chosen"),
    [
        (None, ["101"], "101"),
        ("", ["101"], "101"),
        ("Bank", ["1", "101"], "101"),
        ("101", ["1", "101", "102"], "101"),
        ("1", ["1", "101"], "1"),
        ("Bank", [], "101"),
        (None, ["101", "999"], "101"),
    ],
)
def test_a_tenant_is_chosen_by_dbid_then_name_or_is_the_only_one(
    wanted: str | None, served: list[str], chosen: str
) -> None:
    assert choose_tenant(TENANTS, wanted, serving(*served), "tenant").dbid == chosen


@pytest.mark.parametrize(
    ("wanted", "served", "words"),
    [
        (None, ["1", "101"], ["'WE'", "several tenants: Environment (1), Bank (101)", "Specify one"]),
        (None, [], ["'WE'", "no tenant that this account can see", "Specify one"]),
        ("bank", ["101"], ["no tenant 'bank'", "Did you mean 'Bank'?", "GAX shows: Environment (1), Bank (101)"]),
        ("103", ["101"], ["no tenant '103'. GAX shows"]),
        (
            "65",
            ["101"],
            ["no tenant '65'. YAML reads 0101 as an octal number, which is 65: write 101 for tenant Bank."],
        ),
        ("Bank", ["1"], ["'WE' does not serve tenant 'Bank' (101)", "it serves Environment"]),
        ("Bank", ["999"], ["'WE' does not serve tenant 'Bank' (101)", "it serves none"]),
    ],
)
def test_a_tenant_that_cannot_be_chosen_is_explained(wanted: str | None, served: list[str], words: list[str]) -> None:
    with pytest.raises(BadInput) as problem:
        choose_tenant(TENANTS, wanted, serving(*served), "tenant (chat_channel_tenant)")
    assert str(problem.value).startswith("tenant (chat_channel_tenant): ")
    assert all(word in str(problem.value) for word in words), str(problem.value)


@pytest.mark.parametrize(("name", "read"), [("0101", "65"), ("007", "7"), ("0017", "15")])
def test_a_name_that_yaml_read_as_octal_is_recognised(name: str, read: str) -> None:
    tenants = [*TENANTS, Tenant({"dbid": "130", "name": name})]
    with pytest.raises(BadInput, match=f"YAML reads {name} as an octal number, which is {read}: write '{name}', with"):
        named_tenant([tenants[0], tenants[-1]], read, "tenant")
    with pytest.raises(BadInput) as problem:
        named_tenant(tenants, "8", "tenant")
    assert "octal" not in str(problem.value)


def test_a_tenant_may_be_named_without_an_application() -> None:
    assert named_tenant(TENANTS, "Bank", "tenant").dbid == "101"
    assert named_tenant(TENANTS, "101", "tenant").name == "Bank"
    with pytest.raises(BadInput, match=r"^tenant: there is no tenant 'bank'\. Did you mean 'Bank'\?"):
        named_tenant(TENANTS, "bank", "tenant")
