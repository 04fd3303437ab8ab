# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the chat channel: their ranges, names and what they should be."""

from __future__ import annotations

import re

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import (
    RESTART,
    QueueKey,
    check_names,
    pool_advice,
    pool_size,
    tuning,
    unwanted_chat,
    wanted_chat,
    wanted_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Wanted, edited, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import application
from hypothesis import example, given
from hypothesis import strategies as st

# docs/evidence.md#options-of-chat: parameter, option, least, most, unit
RANGES = [
    ("identify_create_contact", "identifyCreateContact", 1, 3, ""),
    ("refresh_task_period", "refreshTaskPeriod", 1, 5, "seconds"),
    ("refresh_pool_size", "refreshPoolSize", 1, 99, "threads"),
    ("session_restoration_timeout", "sessionRestorationTimeout", 1, None, "seconds"),
    ("connection_timeout", "connectionTimeout", 1, 10, "seconds"),
]
ENDPOINTS = st.text(st.characters(exclude_characters=":"), min_size=1).filter(lambda name: not name[0].isspace())


def estate_after(found: Application, wanted: Wanted) -> dict[str, dict[str, str]]:
    return Application(edited(found.raw, wanted.family, plan(found, wanted).changes)).options()


# --- tuning ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("parameter", "option", "least", "most", "unit"), RANGES)
def test_values_at_the_edges_of_a_range_are_accepted(
    parameter: str, option: str, least: int, most: int | None, unit: str
) -> None:
    for value in (least, most or 10**6):
        assert tuning({parameter: value}) == {option: str(value)}


@pytest.mark.parametrize(("parameter", "option", "least", "most", "unit"), RANGES)
def test_values_beyond_the_edges_are_refused_with_parameter_variable_range_and_value(
    parameter: str, option: str, least: int, most: int | None, unit: str
) -> None:
    for value in (-1, least - 1, *([most + 1] if most else [])):
        with pytest.raises(BadInput) as problem:
            tuning({parameter: value})
        reach = f"{least} to {most}" if most else f"{least} or more"
        told = f"{parameter} (chat_channel_{parameter}) must be {f'{reach} {unit}'.strip()}, not {value}."
        assert str(problem.value) == told


def test_all_values_out_of_range_are_told_at_once() -> None:
    with pytest.raises(BadInput) as problem:
        tuning({"refresh_task_period": 3000, "connection_timeout": 0, "peak_chat_sessions": 0})
    assert str(problem.value) == (
        "refresh_task_period (chat_channel_refresh_task_period) must be 1 to 5 seconds, not 3000. "
        "Is it in milliseconds, as in Co-browse? "
        "connection_timeout (chat_channel_connection_timeout) must be 1 to 10 seconds, not 0. "
        "peak_chat_sessions (chat_channel_peak_chat_sessions) must be 1 or more, not 0."
    )


@pytest.mark.parametrize(
    ("parameter", "value", "hinted"),
    [
        ("refresh_task_period", 3000, True),
        ("connection_timeout", 10000, True),
        ("refresh_task_period", 1000, True),
        ("refresh_task_period", 999, False),
        ("refresh_pool_size", 3000, False),
        ("identify_create_contact", 3000, False),
    ],
)
def test_milliseconds_as_in_co_browse_are_recognised(parameter: str, value: int, hinted: bool) -> None:
    with pytest.raises(BadInput) as problem:
        tuning({parameter: value})
    assert ("milliseconds" in str(problem.value)) is hinted


def test_options_that_are_not_given_are_left_alone() -> None:
    assert tuning({"refresh_task_period": None, "connection_timeout": 5, "peak_chat_sessions": 1, "other": 7}) == {
        "connectionTimeout": "5"
    }


# --- pool size -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sessions", "period", "size"),
    [(500, 3, 34), (1, 5, 1), (5, 1, 1), (6, 1, 2), (495, 1, 99), (2475, 5, 99), (500, 5, 20)],
)
def test_the_pool_size_is_sessions_by_five_periods_rounded_up(sessions: int, period: int, size: int) -> None:
    assert pool_size(sessions, period) == size


@given(sessions=st.integers(1, 5000), period=st.integers(1, 5))
@example(sessions=495, period=1)
@example(sessions=496, period=1)
@example(sessions=2475, period=4)
@example(sessions=2476, period=5)
def test_the_advice_for_a_peak_is_the_shortest_period_that_is_enough(sessions: int, period: int) -> None:
    def threads(seconds: int) -> int:
        return -(-sessions // (seconds * 5))

    told = pool_advice(sessions, period)
    assert "whether the peak is per cluster or per node" in told
    if threads(period) <= 99:
        assert told.startswith(f"Set refreshPoolSize to {threads(period)};")
        return
    advised = re.match(r"Set refreshTaskPeriod to (\d+) and refreshPoolSize to (\d+);", told)
    if advised:
        assert int(advised[1]) <= 5
        assert threads(int(advised[1])) == int(advised[2]) <= 99 < threads(int(advised[1]) - 1)
    else:
        assert threads(5) > 99
        assert told.startswith("Set refreshPoolSize to 99, the maximum, and spread the sessions over more clusters;")


# --- names -----------------------------------------------------------------------------------------------------------


@given(endpoint=ENDPOINTS, dbid=st.integers(1, 10**6).map(str))
def test_a_good_endpoint_gives_a_queue_key_that_splits_at_its_only_colon(endpoint: str, dbid: str) -> None:
    check_names(endpoint)
    key = QueueKey(dbid, endpoint)
    assert str(key).split(":") == [dbid, endpoint]
    assert QueueKey.parse(str(key)) == key
    assert key.well_formed


@given(value=st.text())
def test_any_value_of_queue_key_can_be_taken_apart_and_put_together(value: str) -> None:
    assert str(QueueKey.parse(value)) == value


@pytest.mark.parametrize(
    "value", ["", "webme", "0:webme", "01:webme", "Bank:webme", "101:", "101: webme", "101:a:b", ":w"]
)
def test_what_is_no_dbid_colon_and_endpoint_is_not_well_formed(value: str) -> None:
    assert not QueueKey.parse(value).well_formed


@pytest.mark.parametrize("endpoint", ["", " webme", "\twebme", ":", "1:webme", "webme:", None])
def test_an_endpoint_that_cannot_stand_in_queue_key_is_refused(endpoint: str) -> None:
    with pytest.raises(BadInput, match=r"^endpoint \(chat_channel_endpoint\) .* such as webme\.$"):
        check_names(endpoint)


@pytest.mark.parametrize("queue", ["Q", "Очередь чата", "a:b", "x" * 255, None])
def test_a_queue_name_may_be_any_text_up_to_255_characters(queue: str | None) -> None:
    check_names("webme", queue)


@pytest.mark.parametrize("queue", ["", "  ", "x" * 256])
def test_a_queue_name_that_cannot_exist_is_refused(queue: str) -> None:
    with pytest.raises(BadInput, match=r"^queue \(chat_channel_queue\) must be .* 1 to 255 characters\.$"):
        check_names("webme", queue)


# --- wanted ----------------------------------------------------------------------------------------------------------


def test_an_endpoint_belongs_in_the_section_of_the_tenants_dbid() -> None:
    there = application({"endpoints:1": {"webme": "Other", "default": "Chat In"}})
    assert estate_after(there, wanted_endpoint("101", "webme", "Webengagement_Chat")) == {
        "endpoints:1": {"webme": "Other", "default": "Chat In"},
        "endpoints:101": {"webme": "Webengagement_Chat"},
    }


def test_without_a_queue_the_endpoint_goes_and_no_other_does() -> None:
    there = application({"endpoints:1": {"webme": "Other", "default": "Chat In"}, "endpoints:101": {"webme": "Q"}})
    assert estate_after(there, wanted_endpoint("1", "webme", None)) == {
        "endpoints:1": {"default": "Chat In"},
        "endpoints:101": {"webme": "Q"},
    }


def test_the_cluster_gets_queue_key_queue_and_what_was_given() -> None:
    there = application({"chat": {"connectionTimeout": "10", "refreshPoolSize": "10", "queueKey": "webme"}})
    assert estate_after(there, wanted_chat("101", "webme", "Chat In", {"refreshPoolSize": "34"}))["chat"] == {
        "connectionTimeout": "10",
        "refreshPoolSize": "34",
        "queueKey": "101:webme",
        "webengagementChatQueue": "Chat In",
    }


def test_retiring_removes_exactly_the_options_of_the_channel() -> None:
    channel = ["queueKey", "webengagementChatQueue", *(row[1] for row in RANGES)]
    there = application({"chat": {**dict.fromkeys(channel, "1"), "of-others": "1"}, "log": {"queueKey": "1"}})
    assert estate_after(there, unwanted_chat()) == {"chat": {"of-others": "1"}, "log": {"queueKey": "1"}}


def test_how_a_restart_is_known_follows_the_vendors_pages() -> None:
    assert RESTART == {
        "queueKey": "documented",
        "webengagementChatQueue": "assumed",
        "identifyCreateContact": "immediately",
        "refreshTaskPeriod": "assumed",
        "refreshPoolSize": "documented",
        "sessionRestorationTimeout": "assumed",
        "connectionTimeout": "documented",
    }
