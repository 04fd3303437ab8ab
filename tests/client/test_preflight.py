# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A preflight in every position of the simulator: what it says, and that its evidence plays the same GAX again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.evidence import (
    BEHAVIOURS,
    NOT_READY,
    READY,
    READY_TO_READ,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.preflight import gax_preflight
from ansible_collections.genesys_ops.engage.tests.client.calling import asked, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import MAIN, same
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.cli import main
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.evidence import switches_of

TARGET = "ChatServer_2"  # it has two equal triples, as applications of the field
NORMAL = {
    "password_transport": "obfuscated",
    "session_cookies": ["JSESSIONID"],
    "log_out": "ends_session",
    "expired_session": "401",
    "concurrent_sessions": True,
    "name_query": "exact",
    "filters": "honoured",
    "missing_object": "404",
    "environment_listed": False,
    "empty_containers": "mixed",
    "empty_keys": True,
    "list_complete": True,
    "parallel_requests": 8,
    "write_answer": "object",
    "write_shows_after_ms": 0,
    "write_keeps_the_rest": True,
    "write_removes": True,
}
SLOW = {"gax_timeout": 10.0}
ASKED = {"cluster": MAIN, "queue": "Webengagement_Chat"}

# Switches -> what is another behaviour then, and words of the problem, if that is one.
Position = tuple[dict[str, Any], dict[str, Any], str]
POSITIONS: dict[str, Position] = {
    "defaults": ({}, {}, ""),
    "cookies": ({"cookie": "GAXSESSION,BIGipServerpool_prod"}, {"session_cookies": ["BIGipServer", "GAXSESSION"]}, ""),
    "log-out not known": ({"logout": "404"}, {"log_out": "not_known"}, ""),
    "log-out without effect": ({"logout": "without-effect"}, {"log_out": "without_effect"}, ""),
    "log-out without effect, 403": (
        {"logout": "without-effect", "expired": "403"},
        {"log_out": "without_effect", "expired_session": "403"},
        "",
    ),
    "expired 403": ({"expired": "403"}, {"expired_session": "403"}, ""),
    "expired 302": ({"expired": "302"}, {"expired_session": "redirect"}, ""),
    "expired page": ({"expired": "200-html"}, {"expired_session": "page"}, ""),
    "expired 440": ({"expired": "440"}, {"expired_session": "440"}, "An expired session is answered 440"),
    "one session": ({"one_session": True}, {"concurrent_sessions": False}, ""),
    "one session, the second refused": ({"session_limit": 1}, {"concurrent_sessions": "refused"}, ""),
    "name: substring": ({"name_match": "substring"}, {"name_query": "substring"}, ""),
    "name: ignore-case": ({"name_match": "ignore-case"}, {"name_query": "ignores_case"}, ""),
    "name: ignored": ({"name_match": "ignored"}, {"name_query": "ignored"}, ""),
    "filters: ignored": ({"filters": "ignored"}, {"filters": "ignored"}, ""),
    "filters: first-only": ({"filters": "first-only"}, {"filters": "wrong"}, "filtered list omits objects"),
    "missing: 204": ({"missing_object": "204"}, {"missing_object": "204"}, ""),
    "missing: empty": ({"missing_object": "200-empty"}, {"missing_object": "empty"}, ""),
    "missing: null": ({"missing_object": "200-null"}, {"missing_object": "empty"}, ""),
    "missing: 500": ({"missing_object": "500"}, {"missing_object": "500"}, "A missing object is answered 500"),
    "environment listed": ({"environment": "listed"}, {"environment_listed": True}, ""),
    "containers absent": ({"empty_containers": "absent"}, {"empty_containers": "absent"}, ""),
    "containers present": ({"empty_containers": "present"}, {"empty_containers": "present"}, ""),
    "empty key": ({"empty_key": True}, {}, ""),
    "lists cut": ({"list_limit": 23}, {"list_complete": False}, "Lists omit objects"),
    "parallel": ({"parallel_limit": 3, "latency": 0.3}, {"parallel_requests": 3}, "set gax_concurrency to 3"),
    "answer: empty": ({"put_answer": "200-empty"}, {"write_answer": "empty"}, ""),
    "answer: 201": ({"put_answer": "201-empty"}, {"write_answer": "201"}, ""),
    "answer: 202": ({"put_answer": "202"}, {"write_answer": "202"}, ""),
    "answer: 204": ({"put_answer": "204"}, {"write_answer": "204"}, ""),
    "answer: 302": ({"put_answer": "302"}, {"write_answer": "redirect"}, ""),
    "late": (
        {"put_answer": "202", "write_delay": 1.2},
        {"write_answer": "202", "write_shows_after_ms": 1500},
        "",
    ),
    "stale": ({"stale_reads": 0.9}, {"write_shows_after_ms": 1000}, ""),
    "dedupe": ({"dedupe": True}, {"write_keeps_the_rest": False}, ""),
    "merge": ({"put_semantics": "merge"}, {"write_removes": False}, "An option that a write omits is not removed"),
}


def preflight(sim: Simulator, folder: Path, **more: Any) -> dict[str, Any]:
    return call(sim, gax_preflight, application=TARGET, evidence_dir=str(folder), **{**SLOW, **more})


def evidence_in(folder: Path) -> dict[str, Any]:
    (file,) = folder.glob("*.json")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", POSITIONS)
def test_each_position_is_told_and_its_evidence_plays_it_again(start: Start, tmp_path: Path, name: str) -> None:
    switches, differs, problem = POSITIONS[name]
    timeout = {"gax_timeout": 1.0} if "put_semantics" in switches else {}  # it waits in vain
    sim = start(**switches)
    before = sim.estate.copy()
    found = preflight(sim, tmp_path / "first", **timeout)
    assert found["behaviours"] == {**NORMAL, **differs}
    assert found["verdict"] == (NOT_READY if problem else READY)
    assert all(problem in said for said in found["problems"][:1])
    assert bool(found["problems"]) is bool(problem)
    assert any(line == f"Verdict: {found['verdict']}" for line in found["lines"])
    assert evidence_in(tmp_path / "first")["lost_only_duplicates"] is (True if "dedupe" in switches else None)
    if "dedupe" not in switches and "put_semantics" not in switches:
        assert same(sim.estate, before)
    assert sim.login_attempts == 0
    # The second half: a fresh simulator, which knows nothing but the evidence.
    (file,) = (tmp_path / "first").glob("*.json")
    played = switches_of(file, before)
    fresh = start(before, **{"latency": switches.get("latency", 0), **played})
    again = preflight(fresh, tmp_path / "second", **timeout)
    assert again["behaviours"] == found["behaviours"], played
    assert again["verdict"] == found["verdict"]
    assert evidence_in(tmp_path / "second") == evidence_in(tmp_path / "first")


def test_the_form_of_the_password_is_the_one_that_was_used(start: Start, tmp_path: Path) -> None:
    sim = start(passwords="plain-only")
    found = preflight(sim, tmp_path, gax_password_transport="plain")
    assert found["behaviours"] == {**NORMAL, "password_transport": "plain"}
    (file,) = tmp_path.glob("*.json")
    assert start(**switches_of(file, sim.estate)).switches["passwords"] == "plain-only"


class TestReadingOnly:
    """Without the name of an application, or in check mode."""

    @pytest.mark.parametrize("more", [{}, {"application": TARGET, "check_mode": True}])
    def test_nothing_is_written_and_little_is_asked(self, start: Start, tmp_path: Path, more: dict[str, Any]) -> None:
        sim = start(forbid_writes=True)
        found = call(sim, gax_preflight, evidence_dir=str(tmp_path / "evidence"), clusters=[MAIN], **more)
        writing = [name for name in NORMAL if name.startswith("write_")]
        assert found["behaviours"] == {**NORMAL, **dict.fromkeys(writing)}
        assert (found["verdict"], found["problems"]) == (READY_TO_READ, [])
        assert found["clusters"] == {MAIN: True}
        assert sim.violations == []
        assert len(sim.log) <= 40
        assert log_ins(sim) == 2
        assert (tmp_path / "evidence").exists() is ("check_mode" not in more)

    def test_the_second_session_can_be_left_out(self, start: Start) -> None:
        sim = start(one_session=True)
        colleague = Client(sim)
        found = call(sim, gax_preflight, second_session=False)
        assert found["behaviours"]["concurrent_sessions"] is None
        assert found["behaviours"]["log_out"] == "ends_session"
        assert log_ins(sim) == 2, "the colleague's and ours"
        assert colleague.get("user/info").status_code == 401, "our first log-in ended it"

    def test_all_sessions_are_logged_out(self, sim: Simulator) -> None:
        call(sim, gax_preflight)
        assert len(asked(sim, "session/logout")) == 2

    def test_with_the_write_test_it_is_some_forty_requests(self, sim: Simulator, tmp_path: Path) -> None:
        preflight(sim, tmp_path)
        assert len(sim.log) <= 40

    def test_clusters_that_are_not_seen_are_a_problem(self, start: Start) -> None:
        sim = start(hidden=[MAIN])
        found = call(sim, gax_preflight, clusters=[MAIN, "GWE_Cluster_DR", "UCS"])
        assert found["clusters"] == {MAIN: False, "GWE_Cluster_DR": True, "UCS": False}
        assert found["verdict"] == NOT_READY
        assert f"Cluster '{MAIN}' cannot be read" in found["problems"][0]
        assert "'UCS' is of type Contact Server" in found["problems"][1]

    def test_the_account_and_the_certificates_get_advice(self, tls: Simulator, files: Any) -> None:
        found = call(tls, gax_preflight, gax_ca_path=str(files.ca))
        assert "a separate account" in found["advice"][0]
        assert found["account"] == "default"
        assert found["certificates"][0].keys() == {"subject", "issuer", "days_left"}
        assert found["certificates"][0]["days_left"] >= 0


class TestTheEvidenceFile:
    def test_holds_what_its_schema_says_and_nothing_of_the_estate(self, sim: Simulator, tmp_path: Path) -> None:
        preflight(sim, tmp_path, clusters=[MAIN])
        found = evidence_in(tmp_path)
        schema = json.loads((COLLECTION / "docs" / "evidence.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(found)
        assert set(found["behaviours"]) == {item.key for item in BEHAVIOURS}
        text = json.dumps(found)
        names = [obj[key] for obj in sim.estate for key in ("name", "username", "ipaddress") if key in obj]
        assert [name for name in (*names, "127.0.0.1") if name in text] == []

    def test_is_named_after_the_address_and_written_only_when_something_changed(
        self, sim: Simulator, tmp_path: Path
    ) -> None:
        first = preflight(sim, tmp_path)
        assert Path(first["path"]).name == sim.url.removeprefix("http://").replace(":", "_") + ".json"
        assert first["changed"]
        assert not preflight(sim, tmp_path)["changed"]
        sim.set(put_answer="204")
        changed = preflight(sim, tmp_path)
        assert changed["changed"]
        assert '"write_answer": "204"' in changed["diff"][0]["after"]

    def test_that_cannot_be_written_is_told(self, sim: Simulator, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        said = refused(sim, gax_preflight, "evidence_dir (gax_evidence_dir)", evidence_dir=str(tmp_path / "file"))
        assert "cannot be written: File exists." in said or "cannot be written: Not a directory." in said

    def test_that_cannot_be_read_is_told_without_the_words_of_python(self, sim: Simulator, tmp_path: Path) -> None:
        file = tmp_path / "evidence.json"
        missing = f"gax_evidence: {file} cannot be read: No such file or directory."
        refused(sim, chat_channel, missing, gax_evidence=str(file), **ASKED)
        file.write_text("{", encoding="utf-8")
        refused(sim, chat_channel, f"{file} cannot be read: it is not JSON.", gax_evidence=str(file), **ASKED)
        assert sim.journal == []


class TestBadInput:
    """One sentence each, and the estate as it was."""

    def test_an_unknown_application(self, sim: Simulator) -> None:
        refused(
            sim, gax_preflight, "application (gax_preflight_application)", "'ChatServer_9'", application="ChatServer_9"
        )
        assert sim.journal == []
        assert len(sim.log) < 12, "it is found before everything else is asked"

    @pytest.mark.parametrize("denied", ["403-json", "403-text", "500-text"])
    def test_no_right_to_write(self, start: Start, denied: str) -> None:
        sim = start(deny_write=[TARGET], denied=denied)
        self.only_told(sim, "could not be written", "permission to change")

    @pytest.mark.parametrize("mode", ["read-only", "emergency"])
    def test_a_mode_without_writes(self, start: Start, mode: str) -> None:
        self.only_told(start(mode=mode), "could not be written", f"{mode} mode")

    def only_told(self, sim: Simulator, *words: str) -> None:
        before = sim.estate.copy()
        found = call(sim, gax_preflight, application=TARGET)
        assert found["verdict"] == NOT_READY
        (problem,) = found["problems"]
        assert all(word in problem for word in words), problem
        assert found["behaviours"]["write_answer"] is None
        assert same(sim.estate, before)

    @pytest.mark.parametrize("reads", [3, 4, 5])
    def test_somebody_else_edits_meanwhile(self, start: Start, reads: int) -> None:
        """Reads of the application: in the list, then before the first write, and after each write."""
        sim = start()
        edit = {"object": TARGET, "section": "theirs", "key": "one", "value": "1"}

        def after(estate: Any, entry: Any) -> None:
            if entry["seq"] == reads - 3:  # just after our write: the next read shows it
                estate.edit(TARGET, edit["section"], edit["key"], edit["value"])

        sim.on_write(after)
        found = call(sim, gax_preflight, application=TARGET)
        assert found["verdict"] == NOT_READY
        assert "another administrator changed [theirs] one" in found["problems"][0]
        assert len(found["problems"]) == 1
        options = sim.options(TARGET)
        assert options["theirs"] == {"one": "1"}
        assert "genesys_ops.engage" not in options

    @pytest.mark.parametrize("always", [False, True])
    def test_a_gax_that_loses_something_else_is_told(self, start: Start, tmp_path: Path, always: bool) -> None:
        sim = start(dedupe=always)
        before = sim.estate.copy()

        def lose(estate: Any, entry: Any) -> None:
            if always or entry["seq"] == 0:
                estate.edit(TARGET, "log", "verbose", None)

        sim.on_write(lose)
        found = call(sim, gax_preflight, application=TARGET, evidence_dir=str(tmp_path))
        assert found["behaviours"]["write_keeps_the_rest"] is False
        assert evidence_in(tmp_path)["lost_only_duplicates"] is False
        refused(start(), chat_channel, "A write loses parts of the application;", gax_evidence=found["path"], **ASKED)
        assert "A write loses parts of the application ([log] verbose)" in found["problems"][0]
        assert found["verdict"] == NOT_READY
        if always:
            (lacks,) = found["problems"][1:]
            assert f"Application '{TARGET}' lost what it had before the write test: [log] verbose." in lacks
        else:
            assert found["problems"][1:] == []
            assert same(sim.estate, before), "the last write was the whole of it"

    def test_not_a_gax_and_a_set_up_page(self, start: Start) -> None:
        sim = start(state="setup")
        refused(sim, gax_preflight, "first-time set-up page", application=TARGET)
        sim.set(state="starting")
        refused(sim, gax_preflight, "not enabled", application=TARGET)

    def test_a_refused_log_in_is_one(self, start: Start) -> None:
        sim = start(lock_after=2)
        refused(sim, gax_preflight, "gax_password", gax_password="wrong")
        assert sim.login_attempts == 1


def test_what_an_interrupted_write_test_left_is_taken_away(sim: Simulator) -> None:
    before = sim.estate.copy()
    sim.edit(TARGET, "genesys_ops.engage", "preflight", "x")
    found = call(sim, gax_preflight, application=TARGET)
    assert found["verdict"] == READY
    assert sim.options(TARGET) == before.options(TARGET)


FAULTS: dict[str, dict[str, Any]] = {
    "503": {"kind": "status"},
    "503 though applied": {"kind": "status", "after": True},
    "dropped": {"kind": "drop"},
    "dropped though applied": {"kind": "drop", "after": True},
    "half an answer": {"kind": "half"},
    "hang": {"kind": "hang"},
    "hang though applied": {"kind": "hang", "after": True},
}
FAST: dict[str, Any] = {"application": TARGET, "gax_timeout": 1.0, "gax_retries": 1, "gax_concurrency": 2}
CALM = {**FAST, "gax_timeout": 5.0}  # a busy machine does not look like a hang


def complaints(demo: Estate, index: int, fault: dict[str, Any]) -> Iterator[str]:
    """Play a fault at one request; yield what a user could complain about."""
    once = fault["times"] == 1
    how = CALM if once and fault["kind"] != "hang" else FAST
    with Simulator(demo, faults=[{**fault, "at": index}]) as sim:
        try:
            found = call(sim, gax_preflight, **how)
            said = " ".join(found["problems"])
            if once and found["verdict"] != READY:
                yield f"a single fault: {said}"
        except EngageError as problem:
            said = str(problem)
            if once:
                yield f"a single fault failed it: {said}"
        left = "genesys_ops.engage" in sim.options(TARGET)
        if left and (once or "may still be in application" not in said):
            yield f"our option stayed: {said}"
        if not left and not same(sim.estate, demo):
            yield f"the estate is not as before: {said}"
        if left:
            sim.set(faults=[])
            assert call(sim, gax_preflight, **CALM)["verdict"] == READY
            if not same(sim.estate, demo):
                yield "the next preflight did not take our option away"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, None])
def test_a_fault_at_any_request_leaves_the_application_as_it_was(demo: Estate, fault: str, times: int | None) -> None:
    with Simulator(demo) as sim:
        call(sim, gax_preflight, **CALM)
        requests = list(sim.log)
    # Where nothing is answered any more after a read, a hang is as good as a lost connection, and takes far longer.
    only_writes = times is None and "hang" in fault
    indices = [entry["seq"] for entry in requests if entry["method"] == "PUT" or not only_writes]
    with ThreadPoolExecutor(8) as pool:
        rule = {**FAULTS[fault], "times": times}
        found = list(pool.map(lambda index: list(complaints(demo, index, rule)), indices))
    assert [f"request {index}: {text}" for index, texts in zip(indices, found) for text in texts] == []


class TestARunThatKnowsTheEvidence:
    """gax_evidence: nothing is written where that is not safe; without it nothing changes."""

    @pytest.mark.parametrize(
        ("switches", "words"),
        [
            ({"list_limit": 23}, "Lists omit objects that can be read by themselves"),
            ({"filters": "first-only"}, '(filters: "wrong")'),
            ({"put_semantics": "merge", "stale_reads": 0}, "(write_removes: false)"),
        ],
    )
    @pytest.mark.parametrize("check_mode", [False, True])
    def test_stops_before_the_first_write(
        self, start: Start, tmp_path: Path, switches: dict[str, Any], words: str, check_mode: bool
    ) -> None:
        sim = start(**switches)
        path = preflight(sim, tmp_path, gax_timeout=1.0)["path"]
        honest = start()
        said = refused(honest, chat_channel, words, "Nothing was written", gax_evidence=path, **ASKED)
        assert "gax_evidence: " in said
        assert honest.journal == []
        options = {"name": TARGET, "options": {"a": {"b": "c"}}}
        with pytest.raises(EngageError, match="gax_evidence"):
            call(honest, application_options, check_mode, gax_evidence=path, **options)
        assert call(honest, application_info, names=[TARGET], gax_evidence=path)["applications"]
        assert honest.journal == []

    @pytest.mark.parametrize(
        "switches",
        [{}, {"dedupe": True}, {"expired": "440"}, {"parallel_limit": 2}, {"dedupe": True, "expired": "440"}],
    )
    def test_goes_on_where_it_is_safe(self, start: Start, tmp_path: Path, switches: dict[str, Any]) -> None:
        path = preflight(start(**switches), tmp_path)["path"]
        assert call(start(), chat_channel, gax_evidence=path, **ASKED)["changed"]

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2, "behaviours": {}}'])
    def test_what_is_no_evidence_is_told_before_the_log_in(self, sim: Simulator, tmp_path: Path, content: str) -> None:
        (tmp_path / "file").write_text(content, encoding="utf-8")
        for path in (tmp_path / "file", tmp_path / "nowhere"):
            said = refused(sim, chat_channel, "gax_evidence: ", str(path), gax_evidence=str(path), **ASKED)
            assert "cannot be read" in said or "not an evidence file" in said
        assert sim.log == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an evidence file of a preflight"),
        ('{"format": 1, "behaviours": {"log_out": "explodes"}}', "does not know log_out = 'explodes'"),
        ('{"format": 1, "behaviours": {"colour": "red"}}', "does not know colour = 'red'"),
    ],
)
def test_the_simulator_refuses_what_is_no_evidence_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    (tmp_path / "file.json").write_text(content, encoding="utf-8")
    assert main(["--evidence", str(tmp_path / "file.json")]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
