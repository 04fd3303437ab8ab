# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every position of every switch of the simulator: one line each, with what a user can do there, or is told.

A switch that is new in ``switches.py`` fails the first test until it has its lines here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._operations import (
    application_options,
    application_rollback,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import LOG_IN, LOG_OUT, PASSWORD, USER, asked, log_ins
from ansible_collections.genesys_ops.engage.tests.client.jobs import (
    ALL,
    CHANGES,
    ENDPOINT,
    MAIN,
    QUEUE,
    QUEUES,
    READS,
    WRITTEN,
    Scenario,
    Stage,
    Triples,
    bad_input,
    configure,
    main_job,
    new_queue,
    removals,
    rollback,
    same,
)
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches

Start = Callable[..., Simulator]
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


# --- what can be expected --------------------------------------------------------------------------------------------


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
    """One application cannot be written: the others are put back, and each is told of. The rest works."""

    def expect(stage: Stage) -> None:
        before = stage.begin()
        operation, asked_for = (chat_server_endpoint, ENDPOINT) if name in ENDPOINT["chat_servers"] else CHANGES[1]
        said = stage.refused(operation, f"Application '{name}'", *words, "Changed and left: none", **asked_for)
        assert same(stage.sim.estate, before)
        for write in stage.sim.journal:
            assert write["applied"] is not (write["name"] == name)
            assert str(write["name"]) in said.split("Changed and put back")[1]
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
    told = f"Nothing was written. GWE006 {MAIN}: queue (chat_channel_queue): there is no Interaction Queue '{QUEUE}'"
    stage.refused(chat_channel_info, told, cluster=MAIN, queue=QUEUE, enforce=True)
    assert stage.sim.journal == []


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
    stage.call(chat_server_endpoint, **ENDPOINT)
    found = stage.sim.options("ChatServer_1")["endpoints:101"]
    assert found == {"default": "Chat In", "mobile": "Chat In", "webme": QUEUE, "other": "Chat_VIP"}


def conflict(stage: Stage) -> None:
    """Another administrator's value stays; ours are put back, and it is said who is in the way."""
    before = stage.begin()
    stage.refused(chat_server_endpoint, "'ChatServer_1'", "another administrator", "'webme'", "'Chat_VIP'", **ENDPOINT)
    assert stage.sim.options("ChatServer_1")["endpoints:101"]["webme"] == "Chat_VIP"
    for name in ("ChatServer_2", "ChatServer_3"):
        assert stage.sim.options(name) == before.options(name)


def agreement(stage: Stage) -> None:
    """Another administrator did what we wanted: nothing is written there."""
    stage.begin()
    stage.call(chat_server_endpoint, **ENDPOINT)
    assert stage.sim.options("ChatServer_1")["endpoints:101"]["webme"] == QUEUE
    assert set(stage.written) == {"ChatServer_2", "ChatServer_3"}


def ours_is_there(stage: Stage) -> None:
    """Another administrator saves in the same moment: GAX gives no way to see it, but our option is there."""
    stage.begin()
    stage.call(chat_server_endpoint, **ENDPOINT)
    assert all(stage.sim.options(name)["endpoints:101"]["webme"] == QUEUE for name in ENDPOINT["chat_servers"])


# --- the positions ---------------------------------------------------------------------------------------------------

SHORT_SESSIONS = {"expire_after_requests": 8}
IN_TWOS = {"gax_concurrency": 2}  # so that a session lasts long enough for the request that was refused
DENIED = {"403-json": "may not do this", "403-text": "may not do this", "500-text": "check the log of GAX"}
LOST = "what was read back differs"
API = "/gax/api/cfg/objects"
WRITES = {"methods": ["PUT", "POST"], "path": API}
READ_OR_WRITE = {"methods": ["GET", "PUT", "POST"], "path": API}
# GAX drops the second of two equal triples of ChatServer_2 when it is written.
DEDUPED: dict[str, Triples] = {"ChatServer_2": [("log", "expire", ["10", "10"], "10")]}


def faults(*rules: dict[str, Any], expect: Expectation | None = None, **more: Any) -> Position:
    return Position(list(rules), expect or works(), **more)


TABLE: dict[str, dict[str, Position]] = {
    "login_failure": {name: Position(name, works()) for name in ("401", "403", "200-html")},
    "passwords": {
        "both": Position("both", works()),
        "obfuscated-only": Position("obfuscated-only", works()),
        "plain-only": Position("plain-only", no_way_in("gax_password_transport", "(now obfuscated)")),
        "plain-only, asked for": Position(
            "plain-only", works(), given={"gax_password_transport": "plain"}, playbook=True
        ),
    },
    "cookie": {
        "JSESSIONID": Position("JSESSIONID", works()),
        "GAXSESSION": Position("GAXSESSION", works(), playbook=True),
    },
    "expired": {
        name: Position(name, renewed, also=SHORT_SESSIONS, given=IN_TWOS, playbook=name in ("302", "200-html"))
        for name in ("401", "403", "302", "200-html")
    },
    "expire_after_requests": {
        "0": Position(0, works()),
        "8": Position(8, renewed, given=IN_TWOS),
        "40": Position(40, works()),
    },
    "expire_after_seconds": {"0": Position(0, works()), "1": Position(1, works())},
    "session_limit": {
        "0": Position(0, works()),
        "1": Position(1, works()),
        "1, taken": Position(1, no_room),
    },
    "logout": {"204": Position("204", works()), "404": Position("404", works(), playbook=True)},
    "denied": {
        name: Position(name, one_is_not_written("ChatServer_2", words), also={"deny_write": ["ChatServer_2"]})
        for name, words in DENIED.items()
    },
    "deny_read": {
        "nothing": Position((), works()),
        "a Chat Server": Position(["ChatServer_2"], unseen("ChatServer_2", "CfgApplication/203", "may not do this")),
        "the cluster": Position([MAIN], unseen(MAIN, f"no application '{MAIN}'")),
        "the queue": Position([QUEUE], queue_unseen),
    },
    "deny_write": {
        "nothing": Position((), works()),
        "a Chat Server": Position(["ChatServer_3"], one_is_not_written("ChatServer_3", "may not do this")),
        "the cluster": Position([MAIN], one_is_not_written(MAIN, "may not do this")),
    },
    "put_answer": {
        "200-json": Position("200-json", works()),
        **{name: Position(name, works(), playbook=True) for name in ("200-empty", "201-empty", "204", "302")},
    },
    "post_answer": {name: Position(name, works()) for name in ("200-json", "201-empty", "201-json", "302", "204")},
    "put_semantics": {
        "replace": Position("replace", works()),
        "merge": Position("merge", removals_fail, playbook=True),
    },
    "name_match": {
        name: Position(name, works(), playbook=name == "ignored")
        for name in ("exact", "substring", "ignore-case", "ignored")
    },
    "filters": {"honoured": Position("honoured", works()), "ignored": Position("ignored", works(), playbook=True)},
    "empty_containers": {"kept": Position("kept", works()), "absent": Position("absent", works(), playbook=True)},
    "empty_key": {"off": Position("off", works()), "on": Position("on", works(), playbook=True)},
    "environment": {"hidden": Position("hidden", works()), "listed": Position("listed", works(), playbook=True)},
    "missing_object": {name: Position(name, works()) for name in ("404", "200-null", "204", "500")},
    "mode": {
        "normal": Position("normal", works()),
        "read-only": Position("read-only", no_writes("answered 500", "read-only mode"), playbook=True),
        "emergency": Position("emergency", no_writes("answered 500", "emergency mode")),
    },
    "state": {
        "ready": Position("ready", works()),
        "setup": Position("setup", no_way_in("first-time set-up"), playbook=True),
        "starting": Position("starting", no_way_in("not enabled", "Wait until it is ready")),
    },
    "dedupe": {"off": Position("off", works()), "on": Position("on", works(), extra=DEDUPED, playbook=True)},
    "latency": {"0": Position(0, works()), "0.01": Position(0.01, only(main_job, bad_input))},
    "jitter": {"0": Position(0, works()), "0.02": Position(0.02, only(main_job, rollback, new_queue, bad_input))},
    "faults": {
        "none": faults(),
        "some 503": faults({"kind": "status", "share": 0.1, **READ_OR_WRITE}, given={"gax_retries": 8}),
        "some 429": faults(
            {"kind": "status", "status": 429, "retry_after": 0, "share": 0.1, **READ_OR_WRITE},
            given={"gax_retries": 8},
            playbook=True,
        ),
        "some dropped": faults({"kind": "drop", "share": 0.1, **READ_OR_WRITE}, given={"gax_retries": 8}),
        "some half": faults({"kind": "half", "share": 0.1, "methods": ["GET"], "path": API}, given={"gax_retries": 8}),
        "a write dropped": faults({"kind": "drop", "times": 1, **WRITES}, given={"gax_timeout": 0.5}),
        "each write dropped after it was done": faults({"kind": "drop", "after": True, **WRITES}),
        "each write 503 after it was done": faults({"kind": "status", "after": True, **WRITES}),
        "each write half answered": faults({"kind": "half", **WRITES}),
        "a read that hangs": faults(
            {"kind": "hang", "times": 1, "methods": ["GET"], "path": API}, given={"gax_timeout": 0.5}
        ),
        "a write that hangs": faults(
            {"kind": "hang", "times": 1, **WRITES},
            given={"gax_timeout": 0.5},
            expect=only(main_job, rollback, new_queue),
        ),
        "each write hangs after it was done": faults(
            {"kind": "hang", "after": True, **WRITES}, given={"gax_timeout": 0.5}, expect=only(main_job, new_queue)
        ),
        "every write 500": faults(
            {"kind": "status", "status": 500, "methods": ["PUT", "POST", "DELETE"], "path": API},
            expect=no_writes("answered 500"),
        ),
        "every write 503": faults(
            {"kind": "status", "methods": ["PUT", "POST", "DELETE"], "path": API},
            expect=no_writes("answered 503"),
            given=BRIEFLY,
        ),
        "everything 503": faults({"kind": "status"}, expect=no_way_in("answered 503"), given=BRIEFLY),
        "everything dropped": faults({"kind": "drop"}, expect=no_way_in("connection was lost"), given=BRIEFLY),
        "everything hangs": faults(
            {"kind": "hang"}, expect=no_way_in("no answer within 0.2"), given={"gax_timeout": 0.2, "gax_retries": 0}
        ),
    },
    "rivals": {
        "nobody": Position((), works()),
        "another option": Position(rival(key="other", value="Chat_VIP", after_reads=1), both_stay),
        "the same option": Position(rival(key="webme", value="Chat_VIP", after_reads=1), conflict),
        "the same option and value": Position(rival(key="webme", value=QUEUE, after_reads=1), agreement),
        "in the same moment": Position(rival(key="other", value="Chat_VIP", before_put=True), ours_is_there),
    },
    "late_writes": {
        "none": Position(None, works()),
        **{
            answer: Position(
                {"seconds": 0.1, "answer": answer},
                only(main_job, rollback),
                given={"gax_timeout": 1.0 if answer == "hang" else 5.0},
                playbook=answer == "503",
            )
            for answer in ("503", "drop", "hang")
        },
    },
    "lost_writes": {
        "0": Position(0, works()),
        "1": Position(1, works(), given={"gax_timeout": 0.5}),
        "all": Position(
            999,
            no_writes(LOST, made=("cannot be found",), deleted=("still there",)),
            given=BRIEFLY,
        ),
    },
    "forbid_writes": {"off": Position("off", works()), "on": Position("on", check_mode_only, playbook=True)},
}

LINES = [(switch, name) for switch, positions in TABLE.items() for name in positions]


def stage_of(start: Start, switch: str, name: str) -> Stage:
    position = TABLE[switch][name]
    switches = {**position.also, switch: position.value}
    return Stage(start(**switches), switches, position.given, position.extra)


# --- the tests -------------------------------------------------------------------------------------------------------


def missing(item: Field[Any], positions: Mapping[str, Position]) -> Iterator[str]:
    """Yield what the table lacks for a switch: each choice, or a position beside the default."""
    values = [position.value for position in positions.values()]
    default = item.default if item.default is not MISSING else None
    if "|" in item.metadata["shape"]:
        yield from (choice for choice in item.metadata["shape"].split("|") if choice not in values)
    elif all(item.metadata["parse"](value) == default for value in values):
        yield f"a position that is not {default!r}"


def test_every_position_of_every_switch_has_a_line() -> None:
    lacking = {item.name: list(missing(item, TABLE.get(item.name, {}))) for item in fields(Switches)}
    assert {name: found for name, found in lacking.items() if found} == {}
    assert set(TABLE) == set(lacking)


def is_default(switch: str, position: Position) -> bool:
    parse = {item.name: item.metadata["parse"] for item in fields(Switches)}[switch]
    return parse(position.value) == getattr(Switches(), switch) and not (position.also or position.given)


@functools.cache
def everything_works_at_the_defaults() -> None:
    """Run the scenarios once for all lines that stand for the same: every switch at its default."""
    with Simulator("demo") as sim:
        works()(Stage(sim, {}))


@pytest.mark.parametrize(("switch", "name"), LINES, ids=[f"{switch}={name}" for switch, name in LINES])
def test_a_user_gets_what_can_be_expected(start: Start, switch: str, name: str) -> None:
    position = TABLE[switch][name]
    if is_default(switch, position):
        assert position.expect.__qualname__.startswith(works.__name__)
        everything_works_at_the_defaults()
    else:
        position.expect(stage_of(start, switch, name))


# A run of ansible-playbook costs seconds: one for each position that changes what GAX answers to a job that succeeds,
# and a few that must fail. Leave them out with -m "not playbook".
RUNS = [(switch, name) for switch, name in LINES if TABLE[switch][name].playbook]
FAILING = {"mode=read-only": "read-only mode", "state=setup": "first-time set-up", "forbid_writes=on": "forbidden"}


@pytest.mark.playbook
@pytest.mark.parametrize(("switch", "name"), RUNS, ids=[f"{switch}={name}" for switch, name in RUNS])
def test_the_playbook_configure_ends_the_same_way(start: Start, tmp_path: Path, switch: str, name: str) -> None:
    stage, cluster = stage_of(start, switch, name), "GWE_Cluster_Direct"
    inventory = {"direct": {"chat_channel_cluster": cluster}}
    options = {"chat_channel_identify_create_contact": 3, "chat_channel_refresh_task_period": 2}
    connection = {"gax_url": stage.sim.url, "gax_username": USER, "gax_password": PASSWORD}
    variables = {**connection, **stage.given, **options}
    before = stage.begin()
    run = playbook.play(tmp_path, stage.sim, "genesys_ops.engage.configure", inventory, variables)
    words = FAILING.get(f"{switch}={name}")
    if words:
        assert run.rc != 0
        assert any(words in failure.msg for failure in run.failures("direct")), run.output
        assert same(stage.sim.estate, before)
    else:
        run.assert_success()
        assert stage.written == {app: WRITTEN[app] for app in ("ChatServer_Direct", cluster)}
