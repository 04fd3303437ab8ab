# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of every kind in an estate, and names and values that a terminal would obey: none gets out, anywhere.

And a password that is part of names, of sentences and of values: all of them stay what they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, between
from ansible_collections.genesys_ops.engage.tests.integration.inventory import show
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    NAMESPACE,
    PASSWORD,
    USER,
    Player,
    Run,
    call,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.integration.secrecy import leaks
from ansible_collections.genesys_ops.engage.tests.integration.steps import WAYS
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

MAIN, SERVER = "GWE_Cluster_Main", "ChatServer_1"
QUEUE = "Webengagement_Chat"
# Section, key, value with the secret in place of {}.
SECRETS = (
    ("chat", "proxyPassword", "{}"),
    ("passwords", "scott", "{}"),
    *(("misc", key, "{}") for key in ("apiKey", "passphrase", "private-key", "pass", "pw", "auth", "token", "cookie")),
    ("misc", "proxy", "http://u:{}@h:3128"),
    ("misc", "target", "Server=x;Password={} y;Db=z"),
    ("misc", "command", "start -password {} -v"),
    ("misc", "header", "Bearer {}"),
    ("misc", "database", "scott/{}@db"),
    ("misc", "soap", "<password>{}</password>"),
)
VALUES = [f"Tr0ub4dor{number}x" for number in range(len(SECRETS))]
HARMLESS = {"password-expiration": "90", "token-ttl": "ttl-is-shown", "auth-scheme": "scheme-is-shown"}
ODD = "\x1b[31mred\x9b2J\u202e\x07"


def with_secrets(demo: Estate) -> Estate:
    estate = demo.copy()
    for name in (MAIN, SERVER):
        for (section, key, value), secret in zip(SECRETS, VALUES):
            for family in ("options", "annex"):
                estate.edit(name, section, key, value.format(secret), family)
        for key, value in HARMLESS.items():
            estate.edit(name, "misc", key, value)
        estate.edit(name, "misc", "odd", ODD)
    estate.edit(SERVER, "endpoints:101", "token", "Chat In")
    return estate


@dataclass
class Story:
    modules: dict[str, Run]
    playbooks: dict[str, Run]
    inventory: str
    files: dict[str, str]

    @property
    def outputs(self) -> dict[str, str]:
        runs = {**self.modules, **self.playbooks}
        return {**{name: run.output for name, run in runs.items()}, "inventory": self.inventory}


@pytest.fixture(scope="module")
def story(demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything that shows something, once, with all the words that Ansible has."""
    home = tmp_path_factory.mktemp("secrets")
    new = {"apiKey": "Changed-Sesame", "proxy": "http://u:Changed-Sesame@h:3128", "odd": f"{ODD}new"}
    tasks = [
        call("application_info", "read", {"register": "found"}, names=[MAIN, SERVER]),
        call("application_options", "give back", applications="{{ found.applications }}"),
        call("application_options", "give back the annex", applications="{{ found.applications }}", family="annex"),
        call("application_options", "change", {"check_mode": True}, name=SERVER, options={"misc": new}),
        call("chat_channel_info", "look", cluster=MAIN, queue=QUEUE, endpoint="token"),
        call("application_options", "mistake", name=SERVER, options={"misc": {"apiKey": ["Changed-Sesame"]}}),
    ]
    with simulator(with_secrets(demo)) as sim:
        modules = {way: play(sim, tasks, variables=WAYS[way], args=["-vvvv", "--diff"]) for way in WAYS}
        variables = {
            **connection(sim),
            "chat_channel_cluster": MAIN,
            "chat_channel_previous_endpoint": "token",
            "chat_channel_backup_dir": str(home / "backup"),
            "chat_channel_report_dir": str(home / "report"),
            "chat_channel_export_dir": str(home / "export"),
        }
        args = ["-vvvv", "--diff"]
        playbooks = {
            "export": play(sim, f"{NAMESPACE}.export", variables=variables, args=args),
            "audit": play(sim, f"{NAMESPACE}.audit", variables=variables, args=args),
            "configure": play(sim, CONFIGURE, variables=variables, args=args),
            "restore": play(sim, f"{NAMESPACE}.restore", variables=variables, args=args),
        }
        source = {"plugin": f"{NAMESPACE}.gax", **connection(sim), "hosts": "chat_servers", "cache": True}
        cached = {"cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(home / "cache")}
        inventory = show(home, {"gax.yml": {**source, **cached}}).output
    places = [home / name for name in ("backup", "report", "export", "cache")]
    files = {str(file): file.read_text("utf-8") for place in places for file in place.rglob("*") if file.is_file()}
    return Story(modules, playbooks, inventory, files)


class TestSecretsOfEveryKind:
    def test_everything_was_shown_and_written(self, story: Story) -> None:
        for name, run in {**story.modules, **story.playbooks}.items():
            expected = ["mistake"] if name in story.modules else []
            assert [item.task for item in run.failures() if name in story.modules] == expected, name
        assert story.playbooks["configure"].rc == 0, story.playbooks["configure"].output
        assert {Path(name).suffix for name in story.files} >= {".json", ".yml", ".html", ".xml", ".md"}
        assert len(story.files) >= 8

    @pytest.mark.parametrize(("option", "secret"), list(zip([f"{s}.{k}" for s, k, _v in SECRETS], VALUES)))
    def test_none_is_in_an_output_or_a_file(self, story: Story, option: str, secret: str) -> None:
        assert [name for name, text in {**story.outputs, **story.files}.items() if leaks(text, secret)] == [], option

    @pytest.mark.parametrize("secret", ["Changed-Sesame", PASSWORD])
    def test_nor_what_was_to_be_written_and_the_account(self, story: Story, secret: str) -> None:
        assert [name for name, text in {**story.outputs, **story.files}.items() if leaks(text, secret)] == []

    @pytest.mark.parametrize("way", WAYS)
    def test_a_change_is_masked_yet_seen(self, story: Story, way: str) -> None:
        (application,) = story.modules[way].task("change").result["applications"]
        seen = {change["key"]: (change["before"], change["after"]) for change in application["changes"]}
        assert seen["apiKey"] == ("******** (before)", "******** (after)")
        assert seen["proxy"] == ("http://u:********@h:3128 (before)", "http://u:********@h:3128 (after)")

    @pytest.mark.parametrize("way", WAYS)
    def test_what_is_shown_and_given_back_changes_nothing(self, story: Story, way: str) -> None:
        assert [story.modules[way].task(name).changed for name in ("give back", "give back the annex")] == [
            False,
            False,
        ]

    @pytest.mark.parametrize("way", WAYS)
    def test_what_only_sounds_secret_is_shown(self, story: Story, way: str) -> None:
        server = story.modules[way].task("read").result["applications"][1]
        assert {key: server["options"]["misc"][key] for key in HARMLESS} == HARMLESS
        assert server["options"]["endpoints:101"]["token"] == "Chat In"


class TestTerminals:
    def test_nothing_that_a_terminal_obeys_is_in_an_output(self, story: Story) -> None:
        for name, text in story.outputs.items():
            assert not [char for char in ODD if ord(char) > 0x7E and char in text], name
            assert not [char for char in "\x1b\x07" if char in text], name

    def test_it_is_shown_as_escapes(self, story: Story) -> None:
        diff = story.modules["in process"].task("change").diff[0]["before"]
        assert r"[misc] odd = \u{1b}[31mred\u{9b}2J\u{202e}\u{7}" in diff


@pytest.mark.parametrize("way", WAYS, scope="class")
@pytest.mark.parametrize("password", ["genesys", "password", "Chat", "update"], scope="class")
class TestAPasswordThatIsAWord:
    """It is part of names and values, of sentences of ours, and of words that the role compares."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player, way: str, password: str) -> Iterator[tuple[Run, Simulator]]:
        estate = demo.copy()
        estate.put({**estate.app(SERVER), "name": f"{password}_Chat"})
        estate.edit(f"{password}_Chat", "endpoints:101", "webme", f"{password}_old_queue")
        estate.edit(f"{password}_Chat", "log", "all", f"/opt/{password}/log")
        estate.edit(f"{password}_Chat", "misc", "other", password)
        account = {"gax_username": USER, "gax_password": password}
        tasks = [
            call("application_info", "read", {"register": "found"}, names=[f"{password}_Chat"], **account),
            call(
                "application_options",
                "copy",
                name="ChatServer_2",
                options={"log": "{{ found.applications[0].options.log }}"},
                **account,
            ),
            call("application_options", "give back", applications="{{ found.applications }}", **account),
            call(
                "chat_server_endpoint",
                "endpoint",
                chat_servers=[f"{password}_Chat"],
                queue=QUEUE,
                tenant="101",
                **account,
            ),
            call("application_info", "refused", names=["UCS"], **{**account, "gax_password": f"{password}x"}),
        ]
        with Simulator(estate, user=USER, password=password) as sim:
            yield play(sim, tasks, variables=WAYS[way], args=["-vvvv", "--diff"]), sim

    def test_names_are_found_and_values_written_as_they_are(self, story: tuple[Run, Simulator], password: str) -> None:
        run, sim = story
        assert [item.task for item in run.failures()] == ["give back", "refused"]
        assert sim.options("ChatServer_2")["log"]["all"] == f"/opt/{password}/log"
        assert sim.options(f"{password}_Chat")["endpoints:101"]["webme"] == QUEUE
        assert f"{password}_Chat" in run.task("endpoint").msg
        change = run.task("endpoint").result["applications"][0]["changes"][0]
        assert (change["before"], change["action"]) == (f"{password}_old_queue", "update")

    def test_a_value_that_is_the_password_is_masked_and_not_taken_back(
        self, story: tuple[Run, Simulator], password: str
    ) -> None:
        run, _sim = story
        assert run.task("read").result["applications"][0]["options"]["misc"]["other"] == "********"
        assert f"'{password}_Chat': option 'other' in section [misc] cannot be set" in run.task("give back").msg

    def test_our_words_stay_readable(self, story: tuple[Run, Simulator], password: str) -> None:
        run, _sim = story
        assert "check gax_username, gax_password and gax_password_transport" in run.task("refused").msg
        assert "********" not in run.task("endpoint").msg
        assert run.task("read").result["invocation"]["module_args"]["gax_password"] == "********"


class TestAnswersThatAreNotUnderstood:
    """GAX replaces whole objects: what an answer lacks would be deleted."""

    def changed(self, raw: dict[str, Any], how: str) -> dict[str, Any]:
        if how == "lost":
            return {key: value for key, value in raw.items() if key != "options"}
        if how == "a bare list":
            return {**raw, "options": raw["options"]["property"]}
        unnamed = [{key: value for key, value in item.items() if key != "key"} for item in raw["options"]["property"]]
        return {**raw, "options": {"property": unnamed}}

    @pytest.mark.parametrize(
        ("how", "said"),
        [
            ("lost", "its container 'options' had content when this run first read it but is now missing"),
            ("a bare list", "GAX returned its container 'options' in a form other"),
            ("without names", "GAX returned its container 'options' in a form other"),
        ],
    )
    def test_the_application_is_not_written(self, demo: Estate, play: Player, how: str, said: str) -> None:
        dbid = demo.app(SERVER)["dbid"]

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            answer = pass_on()
            if seen.method != "GET" or not seen.path.endswith(f"CfgApplication/{dbid}"):
                return answer
            return Reply(answer.status, json.dumps(self.changed(json.loads(answer.text), how)), answer.headers)

        with simulator(demo) as sim, between(sim.url, script) as proxy:
            before = sim.options(SERVER)
            task = call("application_options", name=SERVER, options={"log": {"verbose": "none"}}, gax_url=proxy.url)
            run = play(sim, [task])
            (failure,) = run.failures()
            assert f"'{SERVER}': it was not written: {said}" in failure.msg
            assert sim.journal == []
            assert sim.options(SERVER) == before
