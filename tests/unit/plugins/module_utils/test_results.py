# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people and later tasks read."""

from __future__ import annotations

import json

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.overview import planned_changes
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.plan import restart_required
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Plan, Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application, Tenant
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.results import (
    change_result,
    described,
    queue_words,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import MASK
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    FakeGax,
    application,
    raw_application,
    raw_tenant,
    triples,
)

ENVIRONMENT = Tenant(raw_tenant("1", "Environment"))
WANTED = Wanted({"endpoints:1": {"webme": "Chat In"}})


def plans(changed: int, unchanged: int = 0) -> list[Plan]:
    """Return plans for Chat_01, Chat_02 and so on; those that change nothing come last."""
    names = [f"Chat_{number:02}" for number in range(1, changed + unchanged + 1)]
    there = [{} if index < changed else {"endpoints:1": {"webme": "Chat In"}} for index in range(len(names))]
    return [plan(application(options, name), WANTED) for options, name in zip(there, names)]


@pytest.mark.parametrize(
    ("changed", "unchanged", "check_mode", "message"),
    [
        (0, 1, False, "Chat_01 is as requested."),
        (0, 3, False, "All 3 Chat Servers are as requested."),
        (0, 3, True, "All 3 Chat Servers are as requested."),
        (1, 0, False, "1 of 1 Chat Server changed: Chat_01"),
        (2, 10, False, "2 of 12 Chat Servers changed: Chat_01, Chat_02"),
        (2, 0, True, "2 of 2 Chat Servers would change: Chat_01, Chat_02"),
    ],
)
def test_the_message_says_what_changed(changed: int, unchanged: int, check_mode: bool, message: str) -> None:
    result = change_result(plans(changed, unchanged), "Chat Server", check_mode)
    assert result["msg"] == message
    assert result["changed"] is (changed > 0)


def test_a_long_message_names_eight_and_counts_the_rest() -> None:
    message = change_result(plans(12, 1), "Chat Server", False)["msg"]
    assert message.startswith("12 of 13 Chat Servers changed: Chat_01, ")
    assert message.endswith("Chat_07, Chat_08 and 4 more")
    assert " more" not in change_result(plans(8), "Chat Server", False)["msg"]


def test_every_application_is_listed_with_its_changes() -> None:
    change = {"section": "endpoints:1", "key": "webme", "before": None, "after": "Chat In", "action": "add"}
    first, second = change_result(plans(1, 1), "Chat Server", False)["applications"]
    assert first == {**first, "name": "Chat_01", "dbid": "201", "changed": True, "changes": [change]}
    assert second == {**second, "name": "Chat_02", "dbid": "201", "changed": False, "changes": []}
    assert planned_changes(plans(1, 1)) == [first]


def test_check_mode_shows_the_same_changes_and_diff() -> None:
    dry, wet = (change_result(plans(2, 1), "Chat Server", check_mode) for check_mode in (True, False))
    assert {**dry, "msg": None} == {**wet, "msg": None}


def test_the_diff_shows_what_goes_and_what_comes_of_applications_that_change() -> None:
    there = application({"chat": {"a": "1", "b": "2", "same": "x"}})
    wanted = Wanted({"chat": {"a": "10", "b": None, "c": "3", "same": "x"}})
    result = change_result([plan(there, wanted), *plans(0, 1)], "application", False)
    assert result["diff"] == [
        {
            "before_header": "Chat_A (options)",
            "after_header": "Chat_A (options)",
            "before": "[chat] a = 1\n[chat] b = 2\n",
            "after": "[chat] a = 10\n[chat] c = 3\n",
        }
    ]


def test_a_secret_is_seen_to_change_but_is_nowhere_in_the_result() -> None:
    there = application({"db": {"password": "hunter1"}})
    result = change_result([plan(there, Wanted({"db": {"password": "hunter2"}}))], "application", False)
    assert "hunter" not in json.dumps(result)
    assert result["diff"][0]["before"] != result["diff"][0]["after"]
    assert result["applications"][0]["changes"][0]["action"] == "update"


# --- restart ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "evidence"),
    [
        ("queueKey", "documented"),
        ("refreshPoolSize", "documented"),
        ("connectionTimeout", "documented"),
        ("webengagementChatQueue", "assumed"),
        ("refreshTaskPeriod", "assumed"),
        ("sessionRestorationTimeout", "assumed"),
        ("identifyCreateContact", None),
        ("of-others", None),
    ],
)
@pytest.mark.parametrize(("before", "after"), [("1", "2"), (None, "2"), ("1", None)])
def test_a_changed_chat_option_asks_for_a_restart_if_it_needs_one(
    option: str, evidence: str | None, before: str | None, after: str | None
) -> None:
    there = application({"chat": {} if before is None else {option: before}}, "WE")
    asked = restart_required([plan(there, Wanted({"chat": {option: after}}))])
    told = [{"application": "WE", "option": f"chat/{option}", "evidence": evidence}]
    assert asked == (told if evidence else [])


def test_the_same_name_elsewhere_or_unchanged_asks_for_no_restart() -> None:
    there = application({"chat": {"queueKey": "1:webme"}})
    for wanted in (
        Wanted({"chat": {"queueKey": "1:webme"}}),
        Wanted({"log": {"queueKey": "1:webme"}}),
        Wanted({"chat": {"queueKey": "1:webme"}}, family="annex"),
    ):
        assert restart_required([plan(there, wanted)]) == []


# --- applications ----------------------------------------------------------------------------------------------------


def test_an_application_is_described_with_the_names_behind_its_dbids() -> None:
    server = raw_application("10", "Chat_A", connections=["20", "404"], backupserverdbid="11")
    others = [raw_application("11", "Chat_A_B"), raw_application("20", "UCS", "CFGContactServer")]
    (found,) = described(FakeGax(server, *others), [Application(server)], [ENVIRONMENT])
    assert found == {
        **found,
        "name": "Chat_A",
        "dbid": "10",
        "type": "CFGChatServer",
        "version": "8.5.3",
        "state": "CFGEnabled",
        "tenants": [{"dbid": "1", "name": "Environment"}],
        "backup": "Chat_A_B",
        "connections": [
            {"name": "UCS", "dbid": "20", "port_id": "webapi", "protocol": "addp"},
            {"name": None, "dbid": "404", "port_id": "webapi", "protocol": "addp"},
        ],
        "options": {},
        "annex": {},
    }


def test_secrets_are_masked_in_options_and_annex() -> None:
    options = {"db": {"password": "hunter2", "user": "dba"}}
    raw = raw_application("10", "DAP", options=options, userproperties={"property": triples(options)})
    (found,) = described(FakeGax(raw), [Application(raw)], [])
    assert found["options"] == found["annex"] == {"db": {"password": MASK, "user": "dba"}}


def test_applications_that_are_described_together_are_not_read_again() -> None:
    pair = [raw_application("10", "A", backupserverdbid="11"), raw_application("11", "B", connections=["10", "20"])]
    gax = FakeGax(*pair, raw_application("20", "UCS"))
    found = described(gax, [Application(raw) for raw in pair], [])
    assert found[0]["backup"] == "B"
    assert gax.reads == {"20": 1}


# --- queues ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was_there", "present", "check_mode", "message"),
    [
        (True, True, False, "is there, as requested."),
        (False, False, True, "is not there, as requested."),
        (False, True, False, "was created."),
        (False, True, True, "would be created."),
        (True, False, False, "was deleted."),
        (True, False, True, "would be deleted."),
    ],
)
def test_a_queue_is_told_by_name_and_tenant(was_there: bool, present: bool, check_mode: bool, message: str) -> None:
    words = queue_words("Chat In", ENVIRONMENT, was_there, present, check_mode)
    assert words["msg"] == f"Interaction Queue 'Chat In' in tenant 'Environment' {message}"
    assert bool(words["diff"]) is (was_there != present)
    for side, there in (("before", was_there), ("after", present)):
        assert all(diff[side] == ("Chat In\n" if there else "") for diff in words["diff"])
