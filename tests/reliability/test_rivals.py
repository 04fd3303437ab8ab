# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another administrator edits the same applications while a run is under way.

In a run of `chat_server_endpoint`, each Chat Server is read to find it, read again as a guard, written, and read back.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.tests.reliability.conftest import Figure
from ansible_collections.genesys_ops.engage.tests.reliability.harness import QUEUE, Watch, call, lived_in
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Write

SECTION, KEY = "endpoints:1", "webme"
OURS = {(SECTION, KEY)}
SERVERS = ["ChatServer_1_01", "ChatServer_1_02", "ChatServer_1_03"]
OLD = "Chat In"  # what ChatServer_1_02 has before, and nobody else
PLANNED, GUARDED, VERIFIED = 1, 2, 3  # reads of an application after which a rival may edit
INTERLEAVINGS = 600
WRITES = 150  # whose windows are measured

# What a rival may do to options that are not ours: section, key, value (None removes).
FOREIGN = [
    (SECTION, "default", "Other"),
    (SECTION, "default", None),
    (SECTION, "proactive", "Other"),
    ("settings", "session-restoration-mode", "none"),
    ("settings", "transcript-auto-save", None),
    ("log", "verbose", "all"),
    ("new-section", "new", "{n}"),
]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(lived_in(1, 3)) as running:
        yield running


def set_endpoint(sim: Simulator, **more: Any) -> core.Result:
    given = {"chat_servers": SERVERS, "queue": QUEUE, "gax_concurrency": 1, **more}
    return call(sim, core.chat_server_endpoint, **given)


def rival(server: str, section: str, key: str, value: str | None, **when: Any) -> dict[str, Any]:
    return {"object": server, "section": section, "key": key, "value": value, **when}


# --- hundreds of interleavings ---------------------------------------------------------------------------------------


def random_rivals(dice: random.Random) -> list[dict[str, Any]]:
    """Return one to four edits of any kind at any moment; of our option only until the guard has read it."""
    rivals = []
    for _unused in range(dice.randint(1, 4)):
        server = dice.choice(SERVERS)
        if dice.random() < 0.25:
            edit = (SECTION, KEY, dice.choice([QUEUE, "Other", None]))
            when: dict[str, Any] = {"after_reads": PLANNED}
        else:
            edit = dice.choice(FOREIGN)
            when = dice.choice([{"before_put": True}, *({"after_reads": read} for read in range(1, 7))])
        rivals.append(rival(server, *edit, **when))
    return rivals


@pytest.mark.parametrize("seed", range(4))
def test_no_foreign_triple_that_the_guard_saw_is_ever_lost(sim: Simulator, seed: int, figure: Figure) -> None:
    dice, watch, ended = random.Random(seed), Watch(sim, OURS), {"ok": 0, "failed": 0}
    for _unused in range(INTERLEAVINGS // 4):
        sim.reset()
        rivals = random_rivals(dice)
        sim.set(rivals=rivals)
        try:
            set_endpoint(sim, gax_concurrency=dice.choice([1, 3]))
        except EngageError as problem:
            ended["failed"] += 1
            assert_told_the_truth(sim, problem)
        else:
            ended["ok"] += 1
            assert {sim.options(server)[SECTION][KEY] for server in SERVERS} == {QUEUE}, rivals
        assert watch.wronged == [], rivals
    figure("interleavings", INTERLEAVINGS // 4)
    assert min(ended.values()) > 10  # both happen


def assert_told_the_truth(sim: Simulator, problem: EngageError) -> None:
    """What was rolled back is as it was; what is neither rolled back nor left was never written."""
    told, written = problem.details, {write["name"] for write in sim.journal}
    for server in SERVERS:
        if server in told["rolled_back"]:
            assert sim.options(server).get(SECTION, {}).get(KEY) == (OLD if server == SERVERS[1] else None), problem
        elif server not in told["left"]:
            assert server not in written, problem


# --- one edit at a known moment --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("section", "key", "value"), FOREIGN)
@pytest.mark.parametrize("moment", [PLANNED, VERIFIED])
def test_an_edit_before_the_guard_or_after_the_check_stays(
    sim: Simulator, section: str, key: str, value: str | None, moment: int
) -> None:
    sim.set(rivals=[rival(SERVERS[0], section, key, value, after_reads=moment)])
    assert set_endpoint(sim)["changed"]
    assert sim.options(SERVERS[0]).get(section, {}).get(key) == (value and value.replace("{n}", "1"))
    assert sim.options(SERVERS[0])[SECTION][KEY] == QUEUE


@pytest.mark.parametrize(
    ("server", "value", "words"),
    [
        (SERVERS[0], "Other", "another administrator added option 'webme' in section [endpoints:1] with value 'Other'"),
        (SERVERS[1], "Other", "changed option 'webme' in section [endpoints:1] from 'Chat In' to 'Other' during"),
        (SERVERS[1], None, "removed option 'webme' in section [endpoints:1], which was 'Chat In', during this run."),
    ],
)
def test_an_edit_of_the_same_option_stops_the_run_and_stays(
    sim: Simulator, server: str, value: str | None, words: str
) -> None:
    sim.set(rivals=[rival(server, SECTION, KEY, value, after_reads=PLANNED)])
    with pytest.raises(EngageError) as caught:
        set_endpoint(sim)
    for part in (f"application '{server}': another administrator", words):
        assert part in str(caught.value)
    assert sim.options(server)[SECTION].get(KEY) == value
    assert [write["name"] for write in sim.journal].count(server) == 0


@pytest.mark.parametrize("server", SERVERS)
def test_when_a_rival_sets_what_we_want_nothing_is_written_and_nothing_is_wrong(sim: Simulator, server: str) -> None:
    sim.set(rivals=[rival(server, SECTION, KEY, QUEUE, after_reads=PLANNED)])
    result = set_endpoint(sim)
    assert [item["name"] for item in result["applications"] if item["changed"]] == [s for s in SERVERS if s != server]
    assert server not in [write["name"] for write in sim.journal]


def test_an_option_that_a_rival_removed_elsewhere_does_not_come_back(sim: Simulator) -> None:
    sim.set(rivals=[rival(SERVERS[0], "settings", "transcript-auto-save", None, after_reads=PLANNED)])
    set_endpoint(sim)
    assert "transcript-auto-save" not in sim.options(SERVERS[0])["settings"]


def test_an_option_that_a_rival_adds_to_an_exclusive_section_is_not_removed_unseen(sim: Simulator) -> None:
    sim.set(rivals=[rival(SERVERS[0], "settings", "new", "Other", after_reads=PLANNED)])
    with pytest.raises(EngageError, match="another administrator added option 'new' in section \\[settings\\]"):
        call(sim, core.application_options, name=SERVERS[0], options={"settings": {"a": "1"}}, exclusive=True)
    assert sim.options(SERVERS[0])["settings"]["new"] == "Other"


def test_an_edit_of_another_option_between_write_and_check_stops_the_run_and_stays(sim: Simulator) -> None:
    def edit(estate: Estate, entry: Write) -> None:
        if len(sim.journal) == 1:
            estate.edit(SERVERS[0], "log", "verbose", "all")

    sim.on_write(edit)
    with pytest.raises(EngageError, match="another administrator changed it at the same time"):
        set_endpoint(sim)
    assert sim.options(SERVERS[0])["log"]["verbose"] == "all"
    assert sim.options(SERVERS[0])[SECTION].get(KEY) is None


# --- what remains possible -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("section", "key", "value"), FOREIGN)
@pytest.mark.parametrize("when", [{"after_reads": GUARDED}, {"before_put": True}])
def test_only_an_edit_between_guard_and_write_can_be_lost(
    sim: Simulator, section: str, key: str, value: str | None, when: dict[str, Any]
) -> None:
    watch, before = Watch(sim, OURS), sim.options(SERVERS[0])
    sim.set(rivals=[rival(SERVERS[0], section, key, value, **when)])
    assert set_endpoint(sim)["changed"]
    assert sim.options(SERVERS[0]).get(section, {}).get(key) == before.get(section, {}).get(key)
    assert [(change["section"], change["key"]) for _unused, change in watch.lost] == [(section, key)]
    assert watch.wronged == []


@pytest.mark.parametrize("latency", [0.0, 0.02], ids=["no latency", "20 ms latency"])
@pytest.mark.parametrize("concurrency", [1, 8])
def test_the_window_between_guard_and_write_lasts_as_long_as_one_request(
    latency: float, concurrency: int, figure: Figure
) -> None:
    with Simulator(generate(1, WRITES), latency=latency) as sim:
        names = [f"ChatServer_1_{number:02}" for number in range(1, WRITES + 1)]
        given = {"chat_servers": names, "queue": QUEUE, "gax_concurrency": concurrency, "gax_timeout": 10.0}
        call(sim, core.chat_server_endpoint, **given)
        steps = steps_of(sim)
    windows, checks = zip(*steps)
    assert len(steps) == WRITES
    what = f"window at {1000 * latency:g} ms latency, {concurrency} at a time"
    figure(f"{what}, median in ms", round(1000 * statistics.median(windows), 1))
    figure(f"{what}, longest in ms", round(1000 * max(windows), 1))
    assert min(windows) >= latency
    # From write to check is one request, too: on a busy machine both last longer, and one of them by chance.
    assert statistics.median(windows) < 2 * statistics.median(checks) + 0.02


def steps_of(sim: Simulator) -> list[tuple[float, float]]:
    """Return the seconds from guard to write and from write to check of each application, as they arrive in GAX."""
    times: dict[str, list[float]] = {}
    for entry in sim.log:
        if "/cfg/objects/CfgApplication/" in entry["path"]:
            times.setdefault(entry["path"], []).append(entry["time"])
    return [(write - guard, check - write) for guard, write, check in times.values()]
