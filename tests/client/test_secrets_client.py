# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret appears in a result, a difference, an error, a warning, a log or a file, in good runs and in bad ones."""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
    web_engagement_chat,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import shown_parameters
from ansible_collections.genesys_ops.engage.tests.client.between import (
    PassOn,
    Reply,
    Script,
    Seen,
    between,
    closed_port,
    pass_all_on,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import call
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, QUEUE
from ansible_collections.genesys_ops.engage.tests.client.watch import (
    NEW,
    OF_DATABASE,
    OF_PROXY_IN_ADDRESS,
    OLD,
    PASSWORD,
    USER,
    Watch,
)
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

CHANGED = {"default": {"password": NEW, "dbname": "ucs_2"}}
CHANGE = {"name": "UCS_DAP", "options": CHANGED, "family": "annex"}
# Options whose names say that they are secret, of an application that many read.
NAMED = ("db_password", "client_secret", "api-token", "PWD", "Credentials")


@pytest.fixture
def sim(start: Start) -> Simulator:
    """Return a simulator with secrets in options and annexes."""
    simulator = start(user=USER, password=PASSWORD)
    for name in NAMED:
        simulator.edit("ChatServer_1", "secrets", name, OLD)
    return simulator


@pytest.fixture
def watch(sim: Simulator, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Watch]:
    """Return a watch over a simulator; whatever it and the logs held in the end must be free of secrets."""
    yield from watching(sim, pass_all_on, caplog, capfd)


def watching(
    sim: Simulator, script: Script, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Watch]:
    with caplog.at_level(logging.DEBUG), between(sim.url, script) as server:
        watch = Watch(server)
        yield watch
        watch.texts += [record.getMessage() for record in caplog.records]
        watch.texts += capfd.readouterr()
        assert watch.texts
        assert watch.leaked() == []


class TestGoodRuns:
    """What is read and changed is told, secrets apart."""

    def test_what_was_in_play_is_known(self, watch: Watch) -> None:
        assert watch.run(application_info, names=["UCS_DAP"])
        assert len(watch.secrets) == 7  # among them the obfuscated password and the cookie
        assert watch.run(application_info, names=["UCS_DAP"], gax_password_transport="plain")

    def test_reading_shows_that_there_are_secrets_and_none_of_them(self, watch: Watch) -> None:
        assert watch.run(application_info, names=["UCS_DAP", "ChatServer_1"])
        assert watch.run(application_info)
        assert watch.run(chat_channel_info, cluster="GWE_Cluster_Main", queue=QUEUE)
        assert all(f'"{name}": "********"' in watch.texts[0] for name in NAMED)

    def test_a_changed_secret_is_seen_to_change_and_neither_value_is_shown(self, watch: Watch, sim: Simulator) -> None:
        for check_mode in (True, False):
            assert watch.run(application_options, check_mode, **CHANGE)
            result = json.loads(watch.texts[-2])
            changes = {change["key"]: change for change in result["applications"][0]["changes"]}
            assert changes["password"]["before"] != changes["password"]["after"]
            assert changes["dbname"]["after"] == "ucs_2"
            assert result["diff"][0]["before"] != result["diff"][0]["after"]
        assert sim.options("UCS_DAP", "annex")["default"]["password"] == NEW

    @pytest.mark.parametrize("name", NAMED)
    def test_secrets_of_every_such_name_are_masked(self, watch: Watch, sim: Simulator, name: str) -> None:
        options = {"secrets": {name: NEW}}
        assert watch.run(application_options, name="ChatServer_1", options=options)
        assert watch.run(application_options, name="ChatServer_1", options=options, state="absent")
        assert watch.run(application_options, name="ChatServer_1", options={"secrets": {"a": "b"}}, exclusive=True)
        assert sim.options("ChatServer_1")["secrets"] == {"a": "b"}

    def test_the_main_job_shows_none(self, watch: Watch) -> None:
        assert watch.run(chat_server_endpoint, **ENDPOINT)
        assert watch.run(web_engagement_chat, cluster="GWE_Cluster_Main", queue=QUEUE)

    def test_a_backup_holds_none_unless_that_is_asked_for(self, watch: Watch, tmp_path: Path) -> None:
        assert watch.run(application_options, **CHANGE, backup_dir=str(tmp_path / "masked"))
        assert watch.run(application_options, **CHANGE, state="absent", backup_dir=str(tmp_path / "too"))
        watch.texts += [file.read_text() for file in tmp_path.rglob("*.json")]
        assert len(list(tmp_path.rglob("*-annex*.json"))) == 2, watch.texts

    def test_a_backup_with_secrets_is_for_its_owner_only(self, sim: Simulator, tmp_path: Path) -> None:
        account = {"gax_username": USER, "gax_password": PASSWORD}
        call(sim, application_options, **account, **CHANGE, backup_dir=str(tmp_path / "b"), backup_secrets=True)
        (file,) = (tmp_path / "b").rglob("*-annex*.json")
        assert OF_DATABASE in file.read_text()
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def test_a_change_of_a_secret_cannot_be_taken_back_from_a_result_and_that_shows_none(self, watch: Watch) -> None:
        assert watch.run(application_options, **CHANGE)
        done = json.loads(watch.texts[0])
        assert not watch.run(application_rollback, applications=done["applications"])
        assert any("masked secret" in text for text in watch.texts)


class TestBadRuns:
    """Errors tell what happened, secrets apart."""

    @pytest.mark.parametrize("failure", ["401", "403", "200-html"])
    @pytest.mark.parametrize("transport", ["obfuscated", "plain"])
    def test_a_refused_log_in(self, watch: Watch, sim: Simulator, failure: str, transport: str) -> None:
        sim.set(login_failure=failure, passwords="plain-only" if transport == "obfuscated" else "obfuscated-only")
        assert not watch.run(application_info, gax_password_transport=transport)

    @pytest.mark.parametrize("kind", ["drop", "hang", "half", "status"])
    @pytest.mark.parametrize("methods", [["GET"], ["PUT"], ["POST"]])
    def test_a_broken_connection(self, watch: Watch, sim: Simulator, kind: str, methods: list[str]) -> None:
        sim.set(faults=[{"kind": kind, "methods": methods, "path": "cfg/objects/|session/login"}])
        watch.run(application_options, **CHANGE)

    @pytest.mark.parametrize(
        "switches",
        [
            {"mode": "read-only"},
            {"deny_write": ["UCS_DAP"]},
            {"deny_write": ["UCS_DAP"], "denied": "500-text"},
            {"deny_read": ["UCS_DAP"]},
            {"lost_writes": 99},
            {"put_semantics": "merge"},
            {"state": "setup"},
            {"session_limit": 1, "logout": "404"},
            {"expire_after_requests": 1, "expired": "200-html"},
        ],
        ids="-".join,
    )
    def test_a_refused_or_lost_write(self, watch: Watch, sim: Simulator, switches: dict[str, Any]) -> None:
        sim.set(**switches)
        removal = {"name": "ChatServer_1", "options": {"secrets": {"PWD": None}}, "state": "absent"}
        assert not all([watch.run(application_options, **CHANGE), watch.run(application_options, **removal)])

    @pytest.mark.parametrize("moment", [{"after_reads": 1}, {"before_put": True}])
    def test_another_administrator_who_changes_the_same_secret(
        self, watch: Watch, sim: Simulator, moment: dict[str, Any]
    ) -> None:
        edit = {"section": "default", "key": "password", "value": OLD, "family": "annex", "times": 3}
        sim.set(rivals=[{"object": "UCS_DAP", **edit, **moment}])
        watch.run(application_options, **CHANGE)

    @pytest.mark.parametrize(
        "options",
        [
            {"default": {"password": {"nested": NEW}}},
            {"default": {"password": [NEW]}},
            pytest.param(
                {"password": NEW},
            ),
            pytest.param(
                {"passwords": [NEW]},
            ),
        ],
        ids=["nested", "list", "without a section", "list without a section"],
    )
    def test_options_of_the_wrong_shape(self, options: dict[str, Any]) -> None:
        with pytest.raises(EngageError) as caught:
            call("https://gax.contoso.example", application_options, name="UCS_DAP", options=options, family="annex")
        assert NEW not in str(caught.value)

    @pytest.mark.parametrize("port", ["1", "port", ""])
    def test_a_proxy_that_cannot_be_used(self, watch: Watch, port: str) -> None:
        address = closed_port().removeprefix("http://") if port == "1" else f"127.0.0.1:{port}"
        watch.run(application_info, gax_proxy=f"{OF_PROXY_IN_ADDRESS}{address}")
        watch.run(application_info, gax_proxy=f"{OF_PROXY_IN_ADDRESS.removeprefix('http://')}{address}")

    def test_a_proxy_of_the_environment_that_cannot_be_used(
        self, watch: Watch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", closed_port().replace("http://", OF_PROXY_IN_ADDRESS))
        assert not watch.run(application_info)

    def test_credentials_in_the_address_of_gax(self) -> None:
        for address in (f"https://ops:{NEW}@gax.contoso.example", f"ftp://ops:{NEW}@gax.contoso.example"):
            with pytest.raises(EngageError) as caught:
                call(address, application_info)
            assert NEW not in str(caught.value)


ECHOES: dict[str, Callable[[str], str]] = {
    "as it came": str,
    "as JSON in another spelling": lambda body: json.dumps(json.loads(body), ensure_ascii=False, indent=1),
    "in a log line": lambda body: ", ".join(f"{key}={value}" for key, value in _flat(json.loads(body))),
    "in a web page": lambda body: f"<pre>{html.escape(body)}</pre>",
    "in an address": quote,
}


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, key)
    else:
        yield key, value


class TestEchoes:
    """A server that repeats in its error what it was sent."""

    @staticmethod
    def echo(spell: Callable[[str], str]) -> Script:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if not seen.body:
                return pass_on()
            return Reply(500, f"Cannot process {spell(seen.body)} of {seen.headers.get('Cookie', 'nobody')}")

        return script

    def leaks_of_a_log_in(self, sim: Simulator, spelling: str, transport: str) -> list[tuple[str, str]]:
        with between(sim.url, self.echo(ECHOES[spelling])) as server:
            watch = Watch(server)
            assert not watch.run(application_info, gax_password_transport=transport)
            assert any("Cannot process" in text for text in watch.texts)
            return watch.leaked()

    @pytest.mark.parametrize("spelling", ECHOES)
    def test_of_a_log_in_with_an_obfuscated_password(self, sim: Simulator, spelling: str) -> None:
        assert self.leaks_of_a_log_in(sim, spelling, "obfuscated") == []

    @pytest.mark.parametrize("spelling", ECHOES)
    def test_of_a_log_in_with_a_plain_password(self, sim: Simulator, spelling: str) -> None:
        assert self.leaks_of_a_log_in(sim, spelling, "plain") == []

    @pytest.mark.parametrize("spelling", ECHOES)
    def test_of_a_write_with_a_password_in_the_annex(self, sim: Simulator, spelling: str) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.method != "PUT":
                return pass_on()
            triples = json.loads(seen.body)["userproperties"]["property"]
            secret = json.dumps([triple for triple in triples if triple["key"] == "password"])
            return Reply(500, f"Cannot store {ECHOES[spelling](secret)} of {seen.headers['Cookie']}")

        with between(sim.url, script) as server:
            watch = Watch(server)
            assert not watch.run(application_options, **CHANGE)
            assert any("Cannot store" in text for text in watch.texts)
            assert watch.leaked() == []


class TestInvocation:
    """What a task shows of its own options at high verbosity."""

    @pytest.mark.parametrize(
        "parameters",
        [
            {"gax_password": NEW},
            {"gax_proxy": f"http://robot:{NEW}@proxy:3128"},
            {"gax_url": f"https://ops:{NEW}@gax"},
            {"options": {"default": {"password": NEW, "dbname": "ucs"}}},
            {"applications": [{"name": "UCS_DAP", "options": {"default": {"api_token": NEW}}}]},
            pytest.param(
                {"options": {"default": {"password": {"a": NEW}}}},
            ),
            pytest.param(
                {"gax_proxy": f"robot:{NEW}@proxy:3128"},
            ),
            pytest.param(
                {"gax_proxy": f"http://robot:p@{NEW}@proxy:3128"},
            ),
        ],
        ids=lambda parameters: next(iter(parameters)),
    )
    def test_secrets_in_options_are_masked(self, parameters: dict[str, Any]) -> None:
        shown = json.dumps(shown_parameters(parameters))
        assert "********" in shown
        assert NEW not in shown

    def test_the_rest_is_shown_as_it_is(self) -> None:
        parameters = {"name": "UCS", "gax_password_transport": "plain", "gax_proxy": "http://proxy:3128", "state": None}
        assert shown_parameters(parameters) == parameters


@pytest.mark.playbook
class TestPlaybooks:
    """The whole screen of ansible-playbook -vvvv, with tracebacks, and every file it leaves."""

    @pytest.mark.parametrize(
        ("switches", "in_process"),
        [
            ({}, True),
            ({"mode": "read-only"}, True),
            ({"mode": "read-only"}, False),
            ({"passwords": "plain-only"}, True),
        ],
        ids=["good", "bad", "bad, as a module", "refused"],
    )
    def test_nothing_is_shown_at_the_highest_verbosity(
        self, start: Start, tmp_path: Path, switches: dict[str, Any], in_process: bool
    ) -> None:
        sim = start(user=USER, password=PASSWORD, **switches)
        with between(sim.url) as server:
            account = {"gax_url": server.url, "gax_username": USER, "gax_password": PASSWORD, "gax_retries": 0}
            task = playbook.call("application_options", **account, **CHANGE, backup_dir=str(tmp_path / "backup"))
            run = playbook.play(
                tmp_path,
                None,
                [task, playbook.call("application_info", **account, names=["UCS_DAP"])],
                variables={"gax_in_process": in_process},
                args=["-vvvv", "--diff"],
                env={"ANSIBLE_DISPLAY_TRACEBACK": "always", "ANSIBLE_LOG_PATH": str(tmp_path / "log.txt")},
            )
            watch = Watch(server, [run.output, *(str(item.result) for item in run.results)])
            # The test itself wrote the secrets into these two.
            own = {tmp_path / "playbook.yml", tmp_path / "inventory.yml"}
            watch.texts += [file.read_text() for file in tmp_path.rglob("*") if file.is_file() and file not in own]
        assert run.calls("application_options")[0].failed is bool(switches)
        assert watch.leaked() == []
