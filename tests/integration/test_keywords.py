# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keywords and settings of Ansible around playbooks and role: roll-back, prediction and summary stay true.

Each entry of KEYWORDS is tried with configure, retire, restore, export and audit, in check mode and for real. Each
playbook has two hosts: one where all goes well, and one whose second Chat Server refuses its write, or whose cluster is
not configured. ``make keywords`` tries all of them, ``make test`` some.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.keywords import (
    CELLS,
    Keyword,
    Ready,
    complaints,
    get_ready,
    tell,
    together,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import NAMESPACE, Player
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION

ALL = dict.fromkeys(CELLS, "")
SERIAL = dict.fromkeys(("audit", "export"), "serial")
FREE = dict.fromkeys(("audit", "export"))  # it depends on who is first
NOT_ONCE = "Using run_once with the free strategy is not currently supported"


KEYWORDS: dict[str, Keyword] = {
    "any_errors_fatal: true": Keyword(play={"any_errors_fatal": True}, stops=True),
    "ANSIBLE_ANY_ERRORS_FATAL": Keyword(env={"ANSIBLE_ANY_ERRORS_FATAL": "true"}),
    "max_fail_percentage: 0": Keyword(play={"max_fail_percentage": 0}, stops=True),
    "ignore_errors: true on the play": Keyword(play={"ignore_errors": True}, ignored=True),
    "ignore_errors: true on the role": Keyword(task={"ignore_errors": True}, ignored=True),
    "ignore_unreachable: true": Keyword(play={"ignore_unreachable": True}),
    "check_mode: true on the play": Keyword(play={"check_mode": True}, check=True),
    "check_mode: true on the role": Keyword(task={"check_mode": True}, check=True),
    "become in ansible.cfg": Keyword(config="[privilege_escalation]\nbecome = true\nbecome_method = su\n"),
    "ANSIBLE_BECOME, ANSIBLE_TRANSPORT": Keyword(env={"ANSIBLE_BECOME": "true", "ANSIBLE_TRANSPORT": "ssh"}),
    "ssh, become, python in the inventory": Keyword(
        hosts={
            "ansible_connection": "ssh",
            "ansible_host": "192.0.2.1",
            "ansible_become": True,
            "ansible_python_interpreter": "/nowhere/python",
        }
    ),
    "environment:": Keyword(play={"environment": {"GAX_TIMEOUT": "50", "http_proxy": ""}}),
    "tags, --tags": Keyword(task={"tags": ["chat"]}, args=("--tags", "chat")),
    "--skip-tags": Keyword(args=("--skip-tags", "database")),
    "--tags that nothing has": Keyword(args=("--tags", "database"), refused=ALL),
    "--start-at-task": Keyword(args=("--start-at-task", "Publish the result"), refused=ALL),
    "strategy: free": Keyword(play={"strategy": "free"}, refused=FREE, stops=True, warning=NOT_ONCE),
    "strategy: host_pinned": Keyword(play={"strategy": "host_pinned"}, refused=FREE, stops=True, warning=NOT_ONCE),
    "ANSIBLE_STRATEGY=free": Keyword(env={"ANSIBLE_STRATEGY": "free"}, warning=NOT_ONCE),
    "serial: 1": Keyword(play={"serial": 1}, refused=SERIAL, stops=True),
    "chat_channel_serial": Keyword(hosts={"chat_channel_serial": 1}, stops=True),
    "run_once: true": Keyword(task={"run_once": True}, once=True),
    "delegate_to: localhost": Keyword(task={"delegate_to": "localhost"}),
    "no_log: true": Keyword(play={"no_log": True}, silent=True),
    "throttle: 1": Keyword(play={"throttle": 1}),
    "--forks 1": Keyword(args=("--forks", "1")),
    "gather_facts: true": Keyword(play={"gather_facts": True, "gather_subset": ["!all"]}),
    "order: reverse_inventory": Keyword(play={"order": "reverse_inventory"}),
    "force_handlers: true": Keyword(play={"force_handlers": True}),
    "vars_files": Keyword(play={"vars_files": ["vars.yml"]}, hosts={"gax_password": "{{ secret }}"}),
    "module_defaults": Keyword(play={"module_defaults": {f"group/{NAMESPACE}.gax": {"gax_retries": 2}}}),
    "-vvv --diff": Keyword(args=("-vvv", "--diff")),
}


# What does not interact shares its runs. Which of them it was, ENGAGE_KEYWORDS=<name> finds out.
TOGETHER = {
    "settings together": (
        "ANSIBLE_ANY_ERRORS_FATAL",
        "become in ansible.cfg",
        "ANSIBLE_BECOME, ANSIBLE_TRANSPORT",
        "ssh, become, python in the inventory",
        "--skip-tags",
        "--forks 1",
        "-vvv --diff",
    ),
    "keywords together": (
        "ignore_unreachable: true",
        "environment:",
        "tags, --tags",
        "delegate_to: localhost",
        "throttle: 1",
        "gather_facts: true",
        "order: reverse_inventory",
        "force_handlers: true",
        "vars_files",
        "module_defaults",
    ),
}
QUICK = ("any_errors_fatal: true", "ignore_errors: true on the role", "check_mode: true on the role")


def test_the_docs_say_what_is_different_with_each() -> None:
    page = (COLLECTION / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert [name for name in KEYWORDS if f"`{name}`" not in page] == []


@pytest.fixture(scope="module")
def ready(play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    yield from get_ready(play, tmp_path_factory.mktemp("ready") / "backup")


def chosen() -> list[tuple[str, str]]:
    """Return which entries to try in which mode: those that ENGAGE_KEYWORDS names, all, or a few that see most."""
    asked = os.environ.get("ENGAGE_KEYWORDS", "")
    shared = {name for names in TOGETHER.values() for name in names}
    names = [*TOGETHER, *(name for name in KEYWORDS if name not in shared)] if asked == "all" else asked.split(";")
    if not asked:
        return [*((name, mode) for name in TOGETHER for mode in ("check", "run")), *((name, "run") for name in QUICK)]
    return [(name, mode) for name in names for mode in ("check", "run")]


@pytest.mark.parametrize(("name", "mode"), chosen())
def test_roll_back_prediction_and_summary_stay_true(
    name: str, mode: str, ready: Ready, play: Player, tmp_path: Path
) -> None:
    keyword = KEYWORDS[name] if name in KEYWORDS else together([KEYWORDS[entry] for entry in TOGETHER[name]])
    if keyword.check and mode == "check":
        pytest.skip("it is as --check already")
    story = tell(ready, keyword, play, tmp_path, *["--check"] * (mode == "check"))
    assert list(complaints(story)) == []
