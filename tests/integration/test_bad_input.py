# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input ends with one clear sentence that names the object and the variable, and without a single write."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import between, closed_port
from ansible_collections.genesys_ops.engage.tests.integration.bad_input import a_page, with_oddities
from ansible_collections.genesys_ops.engage.tests.integration.bad_input_cases import (
    CONNECTION_CASES,
    MAIN,
    MODULE_CASES,
    ROLE_CASES,
    THROUGH_THE_ROLE,
    Case,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    AS_MODULES,
    CONFIGURE,
    SHIPPED,
    Player,
    Run,
    TaskResult,
    call,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request, Write

LOG_IN = ("POST", "/gax/api/session/login")


@dataclass
class Outcome:
    """What one case came to."""

    failures: list[TaskResult]
    message: str
    journal: list[Write]
    log: list[Request]
    log_ins_failed: int
    words: list[str]
    never: tuple[str, ...]
    output: str


class Stage:
    """A simulator for each case, and addresses where no GAX is."""

    def __init__(self, estate: Estate, cases: dict[str, Case]) -> None:
        self._cases = cases
        self._stack = contextlib.ExitStack()
        page = self._stack.enter_context(between(script=a_page))
        self._addresses = {"<closed>": closed_port(), "<page>": page.url}
        self._sims = {
            name: self._stack.enter_context(simulator(estate, **case.switches)) for name, case in cases.items()
        }

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *problem: object) -> None:
        self._stack.close()

    def options(self, name: str) -> dict[str, Any]:
        """Return connection and options of a case; what is None is not given."""
        given = {**connection(self._sims[name]), **self._cases[name].given}
        return {key: self._real(name, value) for key, value in given.items() if key[:4] != "gax_" or value is not None}

    def _real(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            https = self._sims[name].url.replace("http:", "https:")
            for mark, address in {**self._addresses, "<https>": https}.items():
                value = value.replace(mark, address)
        return value

    def outcome(self, name: str, failures: list[TaskResult], message: str, output: str) -> Outcome:
        case, sim = self._cases[name], self._sims[name]
        words = [self._real(name, word) for word in case.words]
        return Outcome(failures, message, sim.journal, sim.log, sim.login_attempts, words, case.never, output)


def check_message(outcome: Outcome) -> None:
    """Check that there was a failure, and that its message says what it must and shows what it may."""
    for failure in outcome.failures:
        assert failure.status == "failed"
        assert "Module failed" not in failure.msg
        assert "Traceback" not in failure.msg + str(failure.result.get("exception"))
    message = outcome.message
    for word in outcome.words:
        assert word in message
    for secret in outcome.never:
        assert secret not in outcome.output
    assert len(message) < 800


def check_harmless(outcome: Outcome, talks: bool) -> None:
    """Check that nothing was written, or not even a request sent, and that no account can get locked."""
    assert outcome.journal == []
    assert {entry["method"] for entry in outcome.log if "/cfg/" in entry["path"]} <= {"GET"}
    assert outcome.log_ins_failed <= 1
    if not talks:
        assert outcome.log == []


class TestRole:
    """One inventory host for each case, all in one run of the playbook.

    Where the suite runs with shipped modules, extra variables say so, and a host cannot say how its modules run.
    """

    CASES: ClassVar = {
        name: case
        for name, case in {**ROLE_CASES, **{name: CONNECTION_CASES[name] for name in THROUGH_THE_ROLE}}.items()
        if not (AS_MODULES and SHIPPED.keys() & case.given.keys())
    }

    @pytest.fixture(scope="class")
    @classmethod
    def outcomes(cls, demo: Estate, play: Player) -> Iterator[dict[str, Outcome]]:
        with Stage(with_oddities(demo), cls.CASES) as stage:
            hosts = {}
            for name in cls.CASES:
                hosts[name.replace(" ", "_")] = {"chat_channel_cluster": MAIN, **stage.options(name)}
            del hosts["no_cluster"]["chat_channel_cluster"]
            run = play(None, CONFIGURE, hosts, args=["--forks", "3"])
            assert "Traceback" not in run.output
            assert "WARNING" not in run.output
            found = {}
            for name in cls.CASES:
                host = name.replace(" ", "_")
                failures = run.failures(host)
                # What the argument spec of the role refuses is no failure of a call, which the role would report on.
                message = "\n".join(run.report(host)) or failures[0].msg
                found[name] = stage.outcome(name, failures, message, run.output)
            yield found

    @pytest.mark.parametrize("name", CASES)
    def test_the_message_names_what_is_wrong_and_where(self, outcomes: dict[str, Outcome], name: str) -> None:
        check_message(outcomes[name])

    @pytest.mark.parametrize("name", CASES)
    def test_nothing_is_written(self, outcomes: dict[str, Outcome], name: str) -> None:
        check_harmless(outcomes[name], self.CASES[name].talks)

    def test_a_wrong_password_is_tried_once(self, outcomes: dict[str, Outcome]) -> None:
        log = outcomes["a wrong password"].log
        assert [(entry["method"], entry["path"]) for entry in log].count(LOG_IN) == 1


class TestModules:
    """One task for each case, all in one run; the connection cases through a module that only reads."""

    CASES: ClassVar = {
        **MODULE_CASES,
        **{
            name: Case(
                {"names": ["UCS"], **case.given}, case.words, "application_info", case.talks, case.never, case.switches
            )
            for name, case in CONNECTION_CASES.items()
            if name not in THROUGH_THE_ROLE
        },
    }

    @pytest.fixture(scope="class")
    @classmethod
    def outcomes(cls, demo: Estate, play: Player) -> Iterator[dict[str, Outcome]]:
        with Stage(with_oddities(demo), cls.CASES) as stage:
            tasks = [call(case.module, name, **stage.options(name)) for name, case in cls.CASES.items()]
            run: Run = play(None, tasks)
            assert "Traceback" not in run.output
            assert "WARNING" not in run.output
            found = {}
            for name in cls.CASES:
                (failure,) = [item for item in run.failures() if item.task == name]
                found[name] = stage.outcome(name, [failure], failure.msg, run.output)
            yield found

    @pytest.mark.parametrize("name", CASES)
    def test_the_message_names_what_is_wrong_and_where(self, outcomes: dict[str, Outcome], name: str) -> None:
        check_message(outcomes[name])

    @pytest.mark.parametrize("name", CASES)
    def test_nothing_is_written(self, outcomes: dict[str, Outcome], name: str) -> None:
        check_harmless(outcomes[name], self.CASES[name].talks)

    @pytest.mark.parametrize(
        "name",
        [
            "a password form that GAX does not take",
            "a GAX that answers a wrong password with its page",
        ],
    )
    def test_a_refused_log_in_is_tried_once(self, outcomes: dict[str, Outcome], name: str) -> None:
        log = outcomes[name].log
        assert [(entry["method"], entry["path"]) for entry in log].count(LOG_IN) == 1
        assert outcomes[name].log_ins_failed == 1


SHIPPED_NAMES = {
    "application_info": {"names": ["UCS\n"]},
    "chat_server_endpoint": {"chat_servers": ["ChatServer_1"], "tenant": "101", "queue": "Chat In\n"},
    "interaction_queue": {"name": "Chat In\n", "tenant": "101"},
    "chat_channel_info": {"cluster": f"{MAIN}\n"},
    "chat_channel": {"cluster": f"{MAIN}\n", "queue": "Chat In"},
}


def test_shipped_modules_refuse_names_that_cannot_be_meant(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        tasks = [call(module, module, **connection(sim), **given) for module, given in SHIPPED_NAMES.items()]
        run = play(sim, tasks, variables=SHIPPED)
        assert [failure.task for failure in run.failures()] == list(SHIPPED_NAMES)
        for failure in run.failures():
            assert "ends with a line break (U+000A)" in failure.msg
        assert sim.log == []


BYTES = """
- hosts: localhost
  gather_facts: false
  tasks:
    - genesys_ops.engage.application_options:
        name: ChatServer_1
        options: {log: {level: !!binary d2VibWU=}}
      ignore_errors: true # what the role says is seen, too
    - ansible.builtin.include_role: {name: genesys_ops.engage.chat_channel}
      vars: {chat_channel_cluster: GWE_Cluster_Main, chat_channel_endpoint: !!binary d2VibWU=}
"""


def test_bytes_of_yaml_are_not_written_as_python_shows_them(demo: Estate, play: Player, tmp_path: Path) -> None:
    (tmp_path / "bytes.yml").write_text(BYTES, encoding="utf-8")
    with simulator(demo) as sim:
        run = play(sim, str(tmp_path / "bytes.yml"), variables=connection(sim))
        said = [failure.msg for failure in run.failures()]
        assert said[0] == "options holds what YAML makes of !!binary or !!set; give text."
        assert "endpoint (chat_channel_endpoint) holds what YAML makes of" in run.report("localhost")[1]
        assert sim.journal == []
