# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can do, or is told, in a position of a switch of the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.client.calling import LOG_IN, LOG_OUT, asked, log_ins
from ansible_collections.genesys_ops.engage.tests.client.jobs import (
    ALL,
    CHANGES,
    CHANNEL,
    ENDPOINT,
    MAIN,
    QUEUE,
    QUEUES,
    READS,
    Scenario,
    Stage,
    Triples,
    configure,
    main_job,
    removals,
    rollback,
    same,
)
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client

Expectation = Callable[[Stage], None]

BRIEFLY = {"gax_timeout": 0.5, "gax_retries": 1}  # where every try is in vain


@dataclass(frozen=True)
class Position:
    """A position, and what a user can expect in it.

    ``also`` are other switches without which it has no effect. ``given`` are connection options of the user, ``extra``
    what GAX changes by itself. With ``playbook`` the playbook `configure` is run as well.
    """

    value: Any
    expect: Expectation
    also: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Triples] = field(default_factory=dict)
    playbook: bool = False


def works(*without: Scenario) -> Expectation:
    """Everything works, but for these scenarios."""

    def expect(stage: Stage) -> None:
        for scenario in ALL:
            if scenario not in without:
                scenario(stage)

    return expect


def only(*scenarios: Scenario) -> Expectation:
    """These scenarios work; more would take too long."""

    def expect(stage: Stage) -> None:
        for scenario in scenarios:
            scenario(stage)

    return expect


def renewed(stage: Stage) -> None:
    """Everything works, with more log-ins than calls."""
    works()(stage)
    main_job(stage)
    assert len(asked(stage.sim, LOG_IN)) > len(asked(stage.sim, LOG_OUT))


def not_renewed(stage: Stage) -> None:
    """That a session has ended cannot be seen: what takes longer than one is told to have failed."""
    stage.begin()
    stage.refused(chat_server_endpoint, "answered 440", **ENDPOINT)


def locked(stage: Stage) -> None:
    """A wrong password locks the account at once: it is tried once, and then the right one is refused as well."""
    main_job(stage)
    stage.refused(application_info, "gax_password", names=["GAX"], gax_password="wrong")
    assert stage.sim.login_attempts == 1
    stage.refused(application_info, "gax_password", names=["GAX"])
    assert stage.sim.login_attempts == 2


def no_way_in(*words: str) -> Expectation:
    """Nothing can be done, not even read; that is told, with at most one log-in for each call."""

    def expect(stage: Stage) -> None:
        before = stage.begin()
        for operation, parameters in [*READS, *CHANGES, *QUEUES]:
            tried = log_ins(stage.sim)
            stage.refused(operation, *words, **parameters)
            assert log_ins(stage.sim) <= tried + 1
        assert stage.sim.journal == []
        assert same(stage.sim.estate, before)

    return expect


def no_writes(*words: str, made: tuple[str, ...] = (), deleted: tuple[str, ...] = ()) -> Expectation:
    """Reading and check mode work; each change is told to have failed, and the estate is as before.

    ``made`` and ``deleted`` are the words for a queue, where they are others.
    """

    def expect(stage: Stage) -> None:
        before = stage.begin()
        for operation, parameters in READS:
            stage.call(operation, **parameters)
        queue_words = (made or words, deleted or words)
        for (operation, parameters), said in [*((change, words) for change in CHANGES), *zip(QUEUES, queue_words)]:
            assert stage.call(operation, check_mode=True, **parameters)["changed"]
            stage.refused(operation, *said, **parameters)
        assert not [write for write in stage.sim.journal if write["applied"]]
        assert same(stage.sim.estate, before)

    return expect


def one_is_not_written(name: str, *words: str) -> Expectation:
    """One application cannot be written: the others are rolled back, and each is told of. The rest works."""

    def expect(stage: Stage) -> None:
        before = stage.begin()
        with pytest.raises(EngageError) as caught:
            stage.call(chat_channel, **CHANNEL)
        for word in ("Nothing is changed", f"Cause, application '{name}'", *words):
            assert word in str(caught.value)
        assert same(stage.sim.estate, before)
        assert {write["name"] for write in stage.sim.journal if not write["applied"]} == {name}
        assert set(caught.value.details["rolled_back"]) == set(stage.written)
        configure(stage, "GWE_Cluster_Direct")

    return expect


def unseen(name: str, *words: str) -> Expectation:
    """One object cannot be read: what needs it says so, and writes nothing. The rest works."""

    def expect(stage: Stage) -> None:
        before = stage.begin()
        stage.refused(chat_channel_info, *words, cluster=MAIN)
        assert stage.sim.journal == []
        assert same(stage.sim.estate, before)
        configure(stage, "GWE_Cluster_Direct")

    return expect


def queue_unseen(stage: Stage) -> None:
    """The queue cannot be read: it counts as missing."""
    stage.begin()
    for operation, asked_for in CHANGES[:2]:
        stage.refused(operation, f"no Interaction Queue '{QUEUE}'", **asked_for)
    info = stage.call(chat_channel_info, cluster=MAIN, queue=QUEUE)
    assert "GWE006" in {finding["id"] for finding in info["blocking"]}
    told = f"GWE006 {MAIN}: queue (chat_channel_queue): there is no Interaction Queue '{QUEUE}'"
    stage.refused(chat_channel_info, told, cluster=MAIN, queue=QUEUE, enforce=True)
    assert stage.sim.journal == []


def half_seen(stage: Stage) -> None:
    """Lists lack what was asked for: a run stops before its first write, because of what it does not see."""
    before = stage.begin()
    stage.refused(chat_channel_info, f"GWE007 {MAIN}", cluster=MAIN, queue=QUEUE, enforce=True)
    stage.refused(chat_channel, f"GWE007 {MAIN}", cluster=MAIN, queue=QUEUE)
    assert stage.sim.journal == []
    assert same(stage.sim.estate, before)


def member_unseen(stage: Stage) -> None:
    """A Chat Server of the cluster cannot be read: that is a finding, and nothing is written. The rest works."""
    before = stage.begin()
    info = stage.call(chat_channel_info, cluster=MAIN, queue=QUEUE)
    assert [(item["id"], "203" in item["message"]) for item in info["blocking"]] == [("GWE020", True)]
    stage.refused(chat_channel, "GWE020", "application 203", cluster=MAIN, queue=QUEUE)
    assert stage.sim.journal == []
    assert same(stage.sim.estate, before)
    configure(stage, "GWE_Cluster_Direct")


def removals_fail(stage: Stage) -> None:
    """A PUT removes nothing: additions work, and each removal that did not happen is told."""
    for scenario in ALL:
        if scenario not in (removals, rollback):
            scenario(stage)
    before = stage.begin()
    mobile = {"name": "ChatServer_1", "options": {"endpoints:101": {"mobile": None}}, "state": "absent"}
    stage.refused(application_options, "what was read back differs", "[endpoints:101] mobile", **mobile, **BRIEFLY)
    assert stage.sim.options("ChatServer_1") == before.options("ChatServer_1")
    done = stage.call(chat_server_endpoint, **ENDPOINT)
    words = ("what was read back differs", "[endpoints:101] webme")
    stage.refused(application_rollback, *words, applications=done["applications"], **BRIEFLY)
    assert all(stage.sim.options(name)["endpoints:101"]["webme"] == QUEUE for name in ENDPOINT["chat_servers"])


def check_mode_only(stage: Stage) -> None:
    """Nothing that should only look has tried to write; what should write is told that it may not."""
    stage.begin()
    for operation, parameters in READS:
        stage.call(operation, **parameters)
    for operation, parameters in [*CHANGES, *QUEUES]:
        assert stage.call(operation, check_mode=True, **parameters)["changed"]
    assert stage.sim.violations == []
    for operation, parameters in [*CHANGES, *QUEUES]:
        tried = len(stage.sim.violations)
        stage.refused(operation, "answered 403", "Writes are forbidden", **parameters)
        assert len(stage.sim.violations) > tried
    assert stage.sim.journal == []


def no_room(stage: Stage) -> None:
    """Somebody else has the only session."""
    Client(stage.sim)
    no_way_in("answered 403", "too many sessions")(stage)


def rival(**edit: Any) -> list[dict[str, Any]]:
    return [{"object": "ChatServer_1", "section": "endpoints:101", **edit}]


def both_stay(stage: Stage) -> None:
    """Another administrator's option and ours are both there in the end."""
    stage.begin()
    stage.call(chat_channel, **CHANNEL)
    found = stage.sim.options("ChatServer_1")["endpoints:101"]
    assert found == {"default": "Chat In", "mobile": "Chat In", "webme": QUEUE, "other": "Chat_VIP"}


def conflict(stage: Stage) -> None:
    """Another administrator's value stays; ours are rolled back, and it is said who is in the way."""
    before = stage.begin()
    stage.refused(chat_channel, "'ChatServer_1'", "another administrator", "'webme'", "'Chat_VIP'", **CHANNEL)
    assert stage.sim.options("ChatServer_1")["endpoints:101"]["webme"] == "Chat_VIP"
    for name in ("ChatServer_2", "ChatServer_3"):
        assert stage.sim.options(name) == before.options(name)


def agreement(stage: Stage) -> None:
    """Another administrator did what we wanted: nothing is written there."""
    stage.begin()
    stage.call(chat_channel, **CHANNEL)
    assert stage.sim.options("ChatServer_1")["endpoints:101"]["webme"] == QUEUE
    assert set(stage.written) == {"ChatServer_2", "ChatServer_3", MAIN}


def ours_is_there(stage: Stage) -> None:
    """Another administrator saves in the same moment: GAX gives no way to see it, but our option is there."""
    stage.begin()
    stage.call(chat_channel, **CHANNEL)
    assert all(stage.sim.options(name)["endpoints:101"]["webme"] == QUEUE for name in ENDPOINT["chat_servers"])
