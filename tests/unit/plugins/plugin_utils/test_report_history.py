# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Earlier reports: which one is compared with, how many are kept, and that none that is broken costs the new one."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report import run as reporting
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.files import as_json, write
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import (
    UNREADABLE,
    healthy,
    report,
    sick,
)

HERE = {"name": "", "inventory": [], "limit": ""}
TWO = {"main": sick("GWE_Main"), "dr": healthy("GWE_DR")}


class Nights:
    """Audits, one each night, with the same folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.night = folder, 0
        self.monkeypatch = monkeypatch

    def audit(
        self,
        results: dict[str, Any],
        compare_with: str | None = "latest",
        keep: int = 30,
        limit: str = "",
        again: bool = False,
    ) -> dict[str, Any]:
        """Audit in the next night, or ``again`` in the same second."""
        self.night += not again
        created = f"2026-11-{self.night:02}T02:00:00Z"
        self.monkeypatch.setattr(reporting, "datetime", _Clock(created))
        params = {"clusters": results, "report_dir": str(self.folder), "compare_with": compare_with, "keep": keep}
        return reporting.chat_channel_report({**params, "run": None}, {**HERE, "limit": limit})

    @property
    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "history").iterdir())

    @property
    def newest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "chat-channel-audit.json").read_text(encoding="utf-8"))
        return found


class _Clock:
    def __init__(self, created: str) -> None:
        self.created = created

    def now(self, _zone: object) -> _Clock:
        return self

    def strftime(self, _form: str) -> str:
        return self.created


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(tmp_path / "report", monkeypatch)


def test_the_first_night_has_nothing_to_compare_with_and_says_so(nights: Nights) -> None:
    result = nights.audit(TWO)
    assert len(result["files"]) == 4
    assert result["comparison"] is None
    [notice] = result["notices"]
    assert notice == f"Not compared with an earlier report; there is none in {nights.folder} about these clusters."
    assert notice in result["lines"]
    for file in result["files"]:
        if not file.endswith(".xml"):
            assert "Not compared with an earlier report" in Path(file).read_text(encoding="utf-8").replace("\\", "")


def test_every_night_is_compared_with_the_one_before(nights: Nights) -> None:
    nights.audit(TWO)
    assert len(nights.audit({**TWO, "main": healthy("GWE_Main")})["comparison"]["solved"]) == 3
    result = nights.audit({**TWO, "main": healthy("GWE_Main")})
    assert result["comparison"]["earlier"] == "2026-11-02T02:00:00Z"
    assert (result["comparison"]["new"], result["comparison"]["solved"]) == ([], [])


def test_so_many_reports_are_kept_as_were_asked_for(nights: Nights) -> None:
    for _night in range(5):
        nights.audit(TWO, keep=3)
    assert nights.kept == [f"chat-channel-audit-202611{night:02}T020000Z.json" for night in (3, 4, 5)]
    assert json.loads((nights.folder / "history" / nights.kept[-1]).read_text(encoding="utf-8")) == nights.newest


class TestTheSameSecond:
    """Two pipelines, or a pipeline for each cluster, may end in the same second."""

    FIRST = "chat-channel-audit-20261101T020000Z"

    def test_each_keeps_its_report(self, nights: Nights) -> None:
        nights.audit({"main": sick("GWE_Main")})
        nights.audit({"dr": healthy("GWE_DR")}, again=True)
        nights.audit({"dr": sick("GWE_DR")}, again=True)
        assert nights.kept == [f"{self.FIRST}-2.json", f"{self.FIRST}-3.json", f"{self.FIRST}.json"]
        files = [nights.folder / "history" / f"{self.FIRST}{number}.json" for number in ("", "-2", "-3")]
        found = [json.loads(file.read_text(encoding="utf-8"))["summary"]["errors"] for file in files]
        assert found == [2, 0, 2]

    def test_the_next_night_is_compared_with_the_last_one(self, nights: Nights) -> None:
        nights.audit(TWO)
        for _time in range(10):  # the tenth comes after the ninth
            nights.audit(TWO, again=True)
        nights.audit({**TWO, "main": healthy("GWE_Main")}, again=True)
        nights.audit({"other": healthy("GWE_Other")}, again=True)
        change = nights.audit(TWO)["comparison"]
        assert (len(change["new"]), len(change["standing"])) == (3, 0)
        assert [point["errors"] for point in nights.newest["trend"]] == [2, 0, 2]  # what is equal counts once

    def test_so_many_are_kept_as_were_asked_for_the_newest(self, nights: Nights) -> None:
        nights.audit(TWO, keep=2)
        for _time in range(10):
            nights.audit(TWO, keep=2, again=True)
        assert nights.kept == [f"{self.FIRST}-10.json", f"{self.FIRST}-11.json"]
        nights.audit(TWO, keep=2)
        assert nights.kept == [f"{self.FIRST}-11.json", "chat-channel-audit-20261102T020000Z.json"]

    def test_audits_at_the_same_moment_do_not_overwrite_each_other(self, nights: Nights) -> None:
        nights.audit(TWO)
        reports = [report({f"host{number}": healthy(f"GWE_{number}")}) for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda made: write(made, str(nights.folder), 30), reports))
        kept = [json.loads((nights.folder / "history" / name).read_text(encoding="utf-8")) for name in nights.kept]
        hosts = {cluster["host"] for made in kept for cluster in made["clusters"]}
        assert hosts == {"main", "dr", *(f"host{number}" for number in range(8))}

    def test_one_that_is_just_being_written_is_no_notice(self, nights: Nights) -> None:
        nights.audit(TWO)
        (nights.folder / "history" / f"{self.FIRST}-2.json").touch()
        result = nights.audit(TWO)
        assert result["comparison"]["earlier"] == "2026-11-01T02:00:00Z"
        assert result["notices"] == []


def test_nothing_that_is_not_ours_is_removed(nights: Nights) -> None:
    (nights.folder / "history").mkdir(parents=True)
    (nights.folder / "history" / "chat-channel-audit-by-hand.json").write_text("{}", encoding="utf-8")
    for _night in range(3):
        nights.audit(TWO, keep=1)
    assert nights.kept == ["chat-channel-audit-20261103T020000Z.json", "chat-channel-audit-by-hand.json"]


def test_without_keeping_the_last_report_is_still_there_to_compare_with(nights: Nights) -> None:
    nights.audit(TWO, keep=0)
    result = nights.audit(TWO, keep=0)
    assert result["comparison"]["earlier"] == "2026-11-01T02:00:00Z"
    assert not (nights.folder / "history").exists()


def test_a_run_with_a_limit_hides_neither_the_past_nor_the_trend_of_the_others(nights: Nights) -> None:
    nights.audit(TWO)
    nights.audit({"dr": TWO["dr"]})
    result = nights.audit({**TWO, "dr": sick("GWE_DR")})
    assert result["comparison"]["earlier"] == "2026-11-01T02:00:00Z"
    assert {entry["host"] for entry in result["comparison"]["new"]} == {"dr"}
    assert [(point["created"][8:10], point["errors"]) for point in nights.newest["trend"]] == [("01", 2), ("03", 4)]


def test_a_cluster_that_vanished_around_a_run_with_a_limit_is_named(nights: Nights) -> None:
    nights.audit({**TWO, "old": healthy("GWE_Old")})
    nights.audit(TWO, limit="main,dr")
    result = nights.audit(TWO)
    assert result["comparison"]["earlier"] == "2026-11-01T02:00:00Z"
    assert "No longer in the inventory: GWE_Old." in "\n".join(result["lines"])
    assert nights.audit(TWO, limit="main,dr")["comparison"]["earlier"] == "2026-11-03T02:00:00Z"


def test_the_trend_counts_only_the_clusters_of_this_run(nights: Nights) -> None:
    nights.audit({**TWO, "more": sick("GWE_More"), "down": UNREADABLE})
    nights.audit(TWO)
    assert [point["errors"] for point in nights.newest["trend"]] == [2, 2]
    assert [point["unreadable"] for point in nights.newest["trend"]] == [0, 0]


GOOD = report(TWO)
BROKEN: dict[str, tuple[str | bytes, str]] = {
    "cut": (as_json(GOOD)[:500], "is not JSON"),
    "empty": ("", "is not JSON"),
    "no text": (b"\x80\xff", "is not JSON"),
    "nested deeply": ("[" * 100_000, "is not JSON"),
    "a list": ("[]", "is not an audit report of this version"),
    "another version": (json.dumps({**GOOD, "format": "genesys_ops.engage audit 2"}), "is not an audit report of this"),
    "no clusters": (json.dumps({**GOOD, "clusters": None}), "is not a complete audit report"),
    "a cluster that is none": (json.dumps({**GOOD, "clusters": ["main"]}), "is not a complete audit report"),
    "a severity that is none": (as_json(GOOD).replace('"error"', '"bad"'), "unknown severity 'bad'"),
    "a name that is none": (as_json(GOOD).replace('"GWE_Main"', "7"), "7 is not text"),
    "no time": (json.dumps({**GOOD, "created": 1}), "1 is not text"),
}


@pytest.mark.parametrize("latest", [True, False])
@pytest.mark.parametrize("case", BROKEN)
def test_an_earlier_report_that_is_broken_costs_the_comparison_alone(nights: Nights, case: str, latest: bool) -> None:
    content, words = BROKEN[case]
    nights.folder.mkdir()
    file = nights.folder / ("chat-channel-audit.json" if latest else "old.json")
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = nights.audit(TWO, "latest" if latest else str(file))
    assert result["comparison"] is None
    assert nights.newest["clusters"][0]["name"] == "GWE_Main"
    assert words in " ".join(result["notices"])
    assert str(file) in " ".join(result["notices"])


def test_an_earlier_report_that_is_missing_is_a_notice(nights: Nights) -> None:
    result = nights.audit(TWO, "/nowhere/old.json")
    assert result["notices"] == [
        "Not compared with an earlier report: /nowhere/old.json cannot be read: No such file or directory."
    ]
    assert len(result["files"]) == 4


def test_an_earlier_report_of_the_first_version_can_still_be_compared_with(nights: Nights) -> None:
    """It has neither impact nor what a run fixes, nor anything of the run."""
    old = json.loads(as_json(report(TWO)))
    for key in ("run", "notices", "reasons", "trend"):
        del old[key]
    for cluster in old["clusters"]:
        for finding in cluster["findings"]:
            del finding["impact"], finding["fixed_by_run"]
    nights.folder.mkdir()
    (nights.folder / "old.json").write_text(json.dumps(old), encoding="utf-8")
    result = nights.audit({"main": healthy("GWE_Main")}, str(nights.folder / "old.json"))
    assert [entry["id"] for entry in result["comparison"]["solved"]] == ["GWE003", "GWE004", "GWE017"]
    assert result["notices"] == []


def test_an_earlier_report_of_other_clusters_is_compared_with_none_of_them(nights: Nights) -> None:
    nights.audit({"other": sick("GWE_Other")})
    assert nights.audit(TWO)["comparison"] is None
    file = nights.folder / "history" / nights.kept[0]
    result = nights.audit(TWO, str(file))
    assert (result["comparison"]["new"], result["comparison"]["solved"]) == ([], [])
    assert "No longer in the inventory: GWE_Other." in result["lines"]


def test_what_somebody_wrote_into_an_earlier_report_is_no_markup(nights: Nights) -> None:
    old = json.loads(as_json(report({"main": sick("<script>alert(1)</script>")})))
    old["created"] = "<script>alert(2)</script>\x1b[31m"
    nights.folder.mkdir()
    (nights.folder / "old.json").write_text(json.dumps(old), encoding="utf-8")
    result = nights.audit({"main": healthy("GWE_Main")}, str(nights.folder / "old.json"))
    html = Path(result["files"][0]).read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "\x1b" not in html + "".join(result["lines"])


def test_a_folder_without_a_name_has_no_latest_report() -> None:
    params = {"clusters": TWO, "report_dir": None, "compare_with": "latest", "keep": 30, "run": None}
    result = reporting.chat_channel_report(params, HERE)
    assert result["notices"] == [
        "Not compared with an earlier report; there is none as report_dir (chat_channel_report_dir) is not set."
    ]
    assert (result["files"], result["comparison"]) == ([], None)


def test_a_number_of_reports_below_nothing_is_refused(nights: Nights) -> None:
    with pytest.raises(BadInput, match=r"keep \(chat_channel_report_keep\) must be 0 or more, not -1"):
        nights.audit(TWO, keep=-1)
