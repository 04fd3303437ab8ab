# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every position of every switch of the simulator: one line each, with what a user can expect there."""

from __future__ import annotations

from typing import Any

from ansible_collections.genesys_ops.engage.tests.client.calling import EXPIRED
from ansible_collections.genesys_ops.engage.tests.client.expectations import (
    BRIEFLY,
    Expectation,
    Position,
    agreement,
    both_stay,
    check_mode_only,
    conflict,
    half_seen,
    locked,
    member_unseen,
    no_room,
    no_way_in,
    no_writes,
    not_renewed,
    one_is_not_written,
    only,
    ours_is_there,
    queue_unseen,
    removals_fail,
    renewed,
    rival,
    unseen,
    works,
)
from ansible_collections.genesys_ops.engage.tests.client.jobs import (
    MAIN,
    QUEUE,
    Triples,
    bad_input,
    main_job,
    new_queue,
    rollback,
)

SHORT_SESSIONS = {"expire_after_requests": 8}
IN_TWOS = {"gax_concurrency": 2}  # so that a session lasts long enough for the request that was refused
DENIED = {"403-json": "lacks permission", "403-text": "lacks permission", "500-text": "check the log of GAX"}
LOST = "what was read back differs"
API = "/gax/api/cfg/objects"
WRITES = {"methods": ["PUT", "POST"], "path": API}
ODD = {"times": 1, "methods": ["GET"], "path": f"{API}/CfgApplication"}
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
        for name in EXPIRED
    }
    | {"440": Position("440", not_renewed, also=SHORT_SESSIONS, given=IN_TWOS)},
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
    "one_session": {"off": Position("off", works()), "on": Position("on", works())},
    "lock_after": {"0": Position(0, works()), "1": Position(1, locked)},
    "logout": {
        "204": Position("204", works()),
        "404": Position("404", works(), playbook=True),
        "without-effect": Position("without-effect", works()),
    },
    "denied": {
        name: Position(name, one_is_not_written("ChatServer_2", words), also={"deny_write": ["ChatServer_2"]})
        for name, words in DENIED.items()
    },
    "deny_read": {
        "nothing": Position((), works()),
        "a Chat Server": Position(["ChatServer_2"], member_unseen),
        "the cluster": Position([MAIN], unseen(MAIN, f"no application '{MAIN}'")),
        "the queue": Position([QUEUE], queue_unseen),
    },
    "hidden": {
        "nothing": Position((), works()),
        "a Chat Server": Position(["ChatServer_2"], member_unseen),
        "the cluster": Position([MAIN], unseen(MAIN, f"no application '{MAIN}'")),
        "the queue": Position([QUEUE], queue_unseen),
    },
    "account_tenants": {
        "all": Position((), works()),
        "another": Position(["Environment"], unseen(MAIN, f"no application '{MAIN}'")),
    },
    "deny_write": {
        "nothing": Position((), works()),
        "a Chat Server": Position(["ChatServer_3"], one_is_not_written("ChatServer_3", "lacks permission")),
        "the cluster": Position([MAIN], one_is_not_written(MAIN, "lacks permission")),
    },
    "put_answer": {
        "200-json": Position("200-json", works()),
        **{name: Position(name, works(), playbook=True) for name in ("200-empty", "201-empty", "202", "204", "302")},
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
    "filters": {
        "honoured": Position("honoured", works()),
        "ignored": Position("ignored", works(), playbook=True),
        "first-only": Position("first-only", half_seen),
    },
    "list_limit": {"0": Position(0, works()), "12": Position(12, works(bad_input))},
    "parallel_limit": {"0": Position(0, works()), "2": Position(2, works(), also={"latency": 0.01})},
    "empty_containers": {
        "kept": Position("kept", works()),
        "absent": Position("absent", works(), playbook=True),
        "present": Position("present", works()),
    },
    "empty_key": {"off": Position("off", works()), "on": Position("on", works(), playbook=True)},
    "environment": {"hidden": Position("hidden", works()), "listed": Position("listed", works(), playbook=True)},
    "missing_object": {name: Position(name, works()) for name in ("404", "200-null", "200-empty", "204", "500")},
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
        **{
            f"an odd answer: {status} {text}": faults({"kind": "status", "status": status, "text": text, **ODD})
            for status, text in ((204, ""), (200, ""), (200, '{"error": "x"}'))
        },
        "a read that drips": faults({"kind": "drip", **ODD}, given={"gax_timeout": 1.0}),
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
            {"kind": "hang"},
            expect=no_way_in("no complete response within 0.2"),
            given={"gax_timeout": 0.2, "gax_retries": 0},
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
    "write_delay": {"0": Position(0, works()), "0.2": Position(0.2, works(), also={"put_answer": "202"})},
    "stale_reads": {"0": Position(0, works()), "0.2": Position(0.2, works(), playbook=True)},
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
