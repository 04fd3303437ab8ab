# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts share: whatever the estate, who takes what another has read finds what it would find by itself."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._run import reads
from ansible_collections.genesys_ops.engage.plugins.module_utils._run.reads import SharedReads
from ansible_collections.genesys_ops.engage.plugins.module_utils._run.snapshot import Snapshot, snapshot
from ansible_collections.genesys_ops.engage.tests.simulator import Estate
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    Raw,
    raw_application,
    raw_applications,
    raw_queue,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.test_export_what_matters import (
    CHANNEL,
    ESTATES,
    QUEUE,
    EstateContext,
    EstateGax,
    shaken,
    told,
)
from hypothesis import given
from hypothesis import strategies as st


class SharingGax(EstateGax):
    """An estate that hosts of a run read together, in a folder of their own."""

    account = "reader"
    settings = SimpleNamespace(urls=["https://gax.example.com/gax"])

    def __init__(self, raws: Sequence[Raw], honest: bool, folder: Path) -> None:
        super().__init__(raws, honest)
        self.folder = folder

    def open(self) -> None:
        pass

    def later(self) -> Any:
        return nullcontext(self)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine under load must not look like something that is too old."""
    monkeypatch.setattr(reads, "FRESH", 600.0)
    monkeypatch.setattr(reads, "YOUNG", 600.0)
    monkeypatch.setattr(
        EstateContext,
        "reads",
        lambda self, gax, changes=True: (
            SharedReads(gax, gax.folder, b"key", "task", changes) if isinstance(gax, SharingGax) else None
        ),
    )


@given(
    start=st.sampled_from(ESTATES),
    seed=st.integers(0, 10**9),
    honest=st.booleans(),
    more=st.sampled_from(
        [
            {"queue": QUEUE},
            {"queue": "Chat In", "tenant": "101"},
            {"queue": "Chat_VIP", "tenant": "1", "contact_server": "UCS"},
            {"queue": QUEUE, "contact_server": "UCS_Cluster", "previous_endpoint": "other"},
            {"queue": "Nirvana", "fail_on": "never"},
            {"queue": None, "state": "absent"},
        ]
    ),
    enforce=st.booleans(),
)
def test_what_is_found_by_who_takes_is_what_is_found_by_who_reads(
    start: Estate, seed: int, honest: bool, more: Mapping[str, Any], enforce: bool
) -> None:
    raws = shaken(start, seed)
    names = [raw["name"] for raw in raws if raw.get("name", "").startswith(("GWE_Cluster_", "ChatServer_"))]
    with tempfile.TemporaryDirectory() as folder:
        for name in [*names, "ghost"]:
            channel = {**CHANNEL, **more, "enforce": enforce, "cluster": name}
            together = told(SharingGax(raws, honest, Path(folder)), channel)
            assert together == told(EstateGax(raws, honest), channel)
        assert list(Path(folder).glob("read-*"))


def test_who_takes_asks_for_nothing_and_parses_no_application_of_others(tmp_path: Path) -> None:
    raws = list(ESTATES[-1])
    channels = [{**CHANNEL, "cluster": f"GWE_Cluster_{number}"} for number in (1, 2)]
    told(SharingGax(raws, True, tmp_path), channels[0])
    (file,) = (path for path in tmp_path.glob("read-*") if not path.suffix)
    # What is of the first cluster only is made illegible, and what is found for the second one stays the same.
    first, rest = file.read_bytes().split(b"\n")
    places = {known["name"]: known["_place"] for found in json.loads(first)["applications"].values() for known in found}
    for name in ("ChatServer_1_01", "ChatServer_1_02", "ChatServer_1_03"):
        begin, end = places[name]
        rest = rest[:begin] + b"?" * (end - begin) + rest[end:]
    file.write_bytes(first + b"\n" + rest)
    taking = SharingGax(raws, True, tmp_path)
    assert told(taking, channels[1]) == told(EstateGax(raws), channels[1])
    assert taking.lists == 0


# --- the text --------------------------------------------------------------------------------------------------------


@given(raws=st.lists(raw_applications(), max_size=5))
def test_an_application_reads_the_same_from_the_text(raws: list[Raw]) -> None:
    before = list(map(Application, raws))
    stored = Snapshot(snapshot(1.5, {}, {"some": [], "all": before}).encode())
    assert stored.begun == 1.5
    assert stored.applications("some") == []
    assert stored.applications("others") is None
    after = stored.applications("all")
    assert after is not None
    for one, other in zip(before, after):
        for name in ("name", "dbid", "subtype", "backup", "connected_to", "tenants", "ports", "enabled", "release"):
            assert getattr(one, name) == getattr(other, name)
        keys = {family: [triple[:2] for triple in one.triples(family)] for family in ("options", "annex")}
        assert keys == {family: [triple[:2] for triple in other.triples(family)] for family in keys}


def test_other_objects_are_whole() -> None:
    queues = [raw_queue("500", QUEUE), {**raw_queue("501", "Очередь"), "new": [{"a": None, "b": ["c", {}]}]}]
    assert Snapshot(snapshot(0, {"queues": queues}, {}).encode()).objects("queues") == queues


def test_what_is_equal_but_not_the_same_stays_as_it_is() -> None:
    odd = [{"a": {"b": value}} for value in (1, True, 1.0, "1", 0, False, None)]
    stored = Snapshot(snapshot(0, {"odd": odd}, {}).encode()).objects("odd")
    assert list(map(repr, stored or [])) == list(map(repr, odd))


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_what_is_cut_off_is_no_snapshot(cut: int) -> None:
    whole = snapshot(0, {}, {"all": [Application(raw_application("1", "A"))]}).encode()
    with pytest.raises((ValueError, KeyError, TypeError)):
        Snapshot(whole[:cut])
