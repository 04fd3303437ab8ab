# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One application of a run fails: what becomes of the others, and what the error says about each."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.reliability.ansible import Playbooks
from ansible_collections.genesys_ops.engage.tests.reliability.failing import (
    KEY,
    SECTION,
    SERVERS,
    after_writes,
    failing,
)
from ansible_collections.genesys_ops.engage.tests.reliability.harness import (
    CLUSTER,
    QUEUE,
    call,
    converge,
    delete,
    differing,
    lived_in,
    option,
    snapshot,
    with_triples,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

# --- plan first ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"chat_servers": [*SERVERS, "Nobody"]}, "there is no application 'Nobody'"),
        ({"chat_servers": [*SERVERS, CLUSTER]}, f"application '{CLUSTER}' is of type Application Cluster"),
        ({"queue": "Nothing"}, "there is no Interaction Queue 'Nothing'"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_writes_nothing(sim: Simulator, wrong: dict[str, Any], words: str) -> None:
    assert words in str(failing(sim, **wrong))
    assert sim.journal == []


@pytest.mark.parametrize("mode", ["read-only", "emergency"])
def test_when_configuration_server_takes_no_writes_the_first_says_so(sim: Simulator, mode: str) -> None:
    sim.set(mode=mode)
    problem = failing(sim)
    assert f"Configuration Server is in {mode} mode" in str(problem)
    assert problem.details["untouched"] == SERVERS
    assert len(sim.journal) == 1


# --- others are rolled back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("answer", ["403-json", "403-text", "500-text"])
def test_whichever_is_refused_all_are_exactly_as_before(
    sim: Simulator, answer: str, position: int, concurrency: int
) -> None:
    start = snapshot(sim)
    sim.set(deny_write=[SERVERS[position]], denied=answer)
    problem = failing(sim, gax_concurrency=concurrency)
    assert differing(start, snapshot(sim)) == set()
    assert set(problem.details["rolled_back"]) == set(written(sim))
    assert set(problem.details["untouched"]) == set(SERVERS) - set(written(sim))
    assert problem.details["left"] == {}
    first, second = str(problem).splitlines()[:2]
    assert first.startswith("Nothing is changed")
    assert second.startswith(f"Cause, application '{SERVERS[position]}': PUT ")
    assert list(problem.details["causes"]) == [SERVERS[position]]


def test_when_the_cluster_is_refused_the_chat_servers_are_rolled_back(sim: Simulator) -> None:
    start = snapshot(sim)
    sim.set(deny_write=[CLUSTER])
    run = converge(sim)
    assert not run.ok
    assert (run.rolled_back, run.left, run.untouched) == (set(SERVERS), {}, {CLUSTER})
    assert differing(start, snapshot(sim)) == set()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_rolled_back_is_exact_for_options_that_were_added_updated_and_removed(sim: Simulator, state: str) -> None:
    start = snapshot(sim)
    sim.set(deny_write=[SERVERS[1]])
    options = {"log": {"standard": "x"}, "settings": {"transcript-auto-save": "x", "new": "x"}, "new": {"new": "x"}}
    entries = [{"name": server, "options": options} for server in SERVERS[:2]]
    with pytest.raises(EngageError):
        call(sim, core.application_options, applications=entries, state=state, gax_concurrency=1)
    assert sim.journal
    assert snapshot(sim) == start


@pytest.mark.parametrize("family", ["options", "annex"])
def test_duplicates_of_other_options_survive_write_and_rollback(family: str) -> None:
    estate = lived_in(1, 2)
    twins = [("x", "twin", "1"), ("x", "twin", "2"), ("x", "twin", "1")]
    estate.put(with_triples(estate.app(SERVERS[0]), *twins, family=family))
    with Simulator(estate, deny_write=[SERVERS[1]]) as sim:
        start = snapshot(sim)
        entries = [{"name": server, "options": {"x": {"other": "1"}}} for server in SERVERS[:2]]
        with pytest.raises(EngageError):
            call(sim, core.application_options, applications=entries, family=family, gax_concurrency=1)
        assert written(sim) == {SERVERS[0]: 2}
        assert snapshot(sim)[SERVERS[0]] == start[SERVERS[0]]


def test_duplicates_of_the_changed_option_come_back(sim: Simulator) -> None:
    start = [triple["value"] for triple in triples(sim, SERVERS[0], "log", "verbose")]
    assert start == ["standard", "standard", "trace"]
    sim.set(deny_write=[SERVERS[1]])
    entries = [{"name": server, "options": {"log": {"verbose": "all"}}} for server in SERVERS[:2]]
    with pytest.raises(EngageError):
        call(sim, core.application_options, applications=entries, gax_concurrency=1)
    assert [triple["value"] for triple in triples(sim, SERVERS[0], "log", "verbose")] == start


def triples(sim: Simulator, name: str, section: str, key: str) -> list[dict[str, str]]:
    return [item for item in sim.app(name)["options"]["property"] if (item["section"], item["key"]) == (section, key)]


def test_options_and_connections_of_one_application_are_both_rolled_back(sim: Simulator) -> None:
    start = snapshot(sim)
    connected = call(sim, core.application_connection, applications=SERVERS, server="UCS", state="absent")
    changed = call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE)
    done = [*connected["applications"], *changed["applications"]]
    undone = call(sim, application_rollback, applications=done, on_conflict="leave")
    assert undone["left"] == {}
    assert {name: connections(app) for name, app in snapshot(sim).items()} == {
        name: connections(app) for name, app in start.items()
    }
    assert differing({name: app["options"] for name, app in start.items()}, options_now(sim)) == set()


def connections(app: dict[str, Any]) -> list[dict[str, str]]:
    return sorted(app["appservers"]["conninfo"], key=lambda item: item["appserverdbid"])


def options_now(sim: Simulator) -> dict[str, Any]:
    return {name: app["options"] for name, app in snapshot(sim).items()}


# --- where nobody else has touched them ------------------------------------------------------------------------------


def test_what_somebody_else_changed_since_is_left_with_the_reason(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[3]])
    after_writes(sim, 3, lambda estate: estate.edit(SERVERS[0], SECTION, KEY, "Theirs"))
    problem = failing(sim)
    assert option(sim, SERVERS[0], SECTION, KEY) == "Theirs"
    assert problem.details["rolled_back"] == SERVERS[1:3]
    assert list(problem.details["left"]) == [SERVERS[0]]
    for part in ("another administrator", f"'{KEY}'", f"[{SECTION}]", f"'{QUEUE}'", "'Theirs'"):
        assert part in problem.details["left"][SERVERS[0]]
    assert problem.details["overwritten"] == [SERVERS[0]]
    assert str(problem).splitlines()[:2] == [
        "1 application is overwritten, 2 are rolled back, 2 are unchanged.",
        f"Overwritten: {SERVERS[0]}.",
    ]


def test_what_depends_on_many_that_stay_fits_one_line() -> None:
    names = [f"ChatServer_1_{number:02}" for number in range(1, 13)]
    with Simulator(generate(1, len(names))) as sim:
        assert converge(sim).ok
        after_writes(sim, len(names) + 12, lambda estate: sim.set(deny_write=names))
        problem = converge(sim, state="absent", queue=None, gax_concurrency=1).problem
        assert "chat" not in sim.options(CLUSTER)
    said = str(problem).splitlines()
    assert said[0] == "11 applications are changed, 2 are unchanged."
    eight = ", ".join(names[:8])
    assert (
        f"Not rolled back, application '{CLUSTER}': queueKey 1:webme of application '{CLUSTER}' would point at 10 Chat "
        f"Servers ({eight} and 2 more), which would lack that endpoint." in said
    )


def test_what_somebody_else_changed_beside_it_does_not_hinder_and_stays(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[3]])
    after_writes(sim, 3, lambda estate: estate.edit(SERVERS[0], "log", "expire", "7"))
    assert failing(sim).details["rolled_back"] == SERVERS[:3]
    assert option(sim, SERVERS[0], SECTION, KEY) is None
    assert option(sim, SERVERS[0], "log", "expire") == "7"


def test_of_several_options_none_is_rolled_back_when_one_was_changed_by_somebody_else(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[1]])
    after_writes(sim, 1, lambda estate: estate.edit(SERVERS[0], "new", "a", "Theirs"))
    entries = [{"name": server, "options": {"new": {"a": "1", "b": "2"}}} for server in SERVERS[:2]]
    with pytest.raises(EngageError, match="Changed: ChatServer_1_01"):
        call(sim, core.application_options, applications=entries, gax_concurrency=1)
    assert sim.options(SERVERS[0])["new"] == {"a": "Theirs", "b": "2"}


def test_what_was_deleted_since_is_left_with_the_reason(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[3]])
    after_writes(sim, 3, lambda estate: delete(estate, SERVERS[0]))
    problem = failing(sim)
    assert "was deleted" in problem.details["left"][SERVERS[0]]
    assert problem.details["rolled_back"] == SERVERS[1:3]


# --- keep ------------------------------------------------------------------------------------------------------------


def test_keep_leaves_everything_that_was_done_and_says_so(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[2]])
    problem = failing(sim, on_failure="keep")
    assert [option(sim, server, SECTION, KEY) for server in SERVERS[:2]] == [QUEUE, QUEUE]
    assert written(sim) == dict.fromkeys(SERVERS[:2], 1)
    assert problem.details["left"].keys() == set(SERVERS[:2])
    assert problem.details["rolled_back"] == []
    assert set(problem.details["untouched"]) >= set(SERVERS[3:])


def test_keep_lists_what_was_refused_as_untouched(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[2]])
    assert SERVERS[2] in failing(sim, on_failure="keep").details["untouched"]


def test_keep_lists_what_was_written_in_another_form_as_left(sim: Simulator) -> None:
    after_writes(sim, 1, lambda estate: estate.edit(SERVERS[0], SECTION, KEY, QUEUE.lower()))
    problem = failing(sim, on_failure="keep")
    assert option(sim, SERVERS[0], SECTION, KEY) == QUEUE.lower()
    assert list(problem.details["left"]) == [SERVERS[0]]


def test_a_kept_half_is_completed_by_the_next_run(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[2]])
    failing(sim, on_failure="keep")
    sim.set(deny_write=[])
    assert converge(sim).changed == {*SERVERS[2:], CLUSTER}
    assert {option(sim, server, SECTION, KEY) for server in SERVERS} == {QUEUE}


# --- GAX dies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 8])
def test_when_gax_dies_what_stays_changed_is_listed_as_left(sim: Simulator, concurrency: int) -> None:
    after_writes(sim, 3, lambda estate: sim.set(faults=[{"kind": "drop"}]))
    start, begun = snapshot(sim), time.monotonic()
    problem = failing(sim, gax_concurrency=concurrency)
    changed = differing(start, snapshot(sim))
    assert len(changed) >= 3
    assert changed <= problem.details["left"].keys()
    assert problem.details["rolled_back"] == []
    assert len(str(problem).splitlines()) <= 12
    assert str(problem).count("connection was lost") <= 2
    assert not set(problem.details["untouched"]) & changed
    assert time.monotonic() - begun < 10


def test_when_gax_dies_while_putting_back_each_is_in_the_right_list(sim: Simulator) -> None:
    sim.set(deny_write=[SERVERS[4]])
    after_writes(sim, 6, lambda estate: sim.set(faults=[{"kind": "drop"}]))
    start = snapshot(sim)
    problem = failing(sim)
    assert problem.details["rolled_back"] == SERVERS[:1]
    assert set(problem.details["left"]) >= set(SERVERS[1:4]) >= differing(start, snapshot(sim))


def test_when_gax_dies_between_two_batches_the_role_names_what_stays_changed(tmp_path: Path) -> None:
    with Simulator(lived_in(1, 3)) as sim:
        after_writes(sim, 2, lambda estate: sim.set(faults=[{"kind": "drop", "path": "session/login|cfg/schema"}]))
        code, shown = Playbooks(tmp_path, sim, chat_channel_batch_size=1).run("genesys_ops.engage.configure")
        assert code != 0
        assert written(sim) == dict.fromkeys(SERVERS[:2], 1)
        assert "2 applications are changed." in shown
        assert f"Changed: {SERVERS[0]}, {SERVERS[1]}." in shown
        assert "the connection was lost" in shown
        assert "genesys_ops.engage.restore" in shown


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_are_in_no_result_and_no_error(sim: Simulator) -> None:
    sim.edit(SERVERS[0], "db", "password", "old-secret-1")
    sim.set(deny_write=[SERVERS[1]])
    entries = [{"name": server, "options": {"db": {"password": "new-secret-2"}}} for server in SERVERS[:2]]
    good = call(sim, core.application_options, applications=entries[:1])
    after_writes(sim, 2, lambda estate: estate.edit(SERVERS[0], "db", "password", "third-secret-3"))
    entries[0]["options"]["db"]["password"] = "newer-secret-4"
    with pytest.raises(EngageError) as caught:
        call(sim, core.application_options, applications=entries, gax_concurrency=1)
    told = json.dumps([good, str(caught.value), caught.value.details])
    assert option(sim, SERVERS[0], "db", "password") == "third-secret-3"
    assert "another administrator" in told
    assert "-secret-" not in told
