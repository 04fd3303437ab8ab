# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane, over HTTP and in Python; logs, hooks, reset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, load
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client

Start = Callable[..., Simulator]


def control(sim: Simulator, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(method, f"{sim.url}/_sim/{path}", timeout=5, **more)


def test_the_log_tells_what_was_asked(sim: Simulator) -> None:
    gax = Client(sim, log_in=False)
    gax.log_in(password="wrong")
    gax.log_in()
    gax.find("CfgScript", name="Chat In")
    answer = gax.get("cfg/objects/CfgApplication/105")
    assert control(sim, "GET", "log").json() == sim.log
    assert control(sim, "GET", "counts").json() == {"log": 4, "journal": 0}
    assert [entry["seq"] for entry in sim.log] == [0, 1, 2, 3]
    assert [entry["status"] for entry in sim.log] == [401, 204, 200, 200]
    assert [entry["user"] for entry in sim.log] == [None, "default", "default", "default"]
    assert sim.log[2]["query"] == {"type": "CfgScript", "name": "Chat In"}
    last = {key: value for key, value in sim.log[3].items() if key != "time"}
    assert last == {
        "seq": 3,
        "method": "GET",
        "path": "/gax/api/cfg/objects/CfgApplication/105",
        "query": {},
        "status": 200,
        "user": "default",
        "type": "CfgApplication",
        "dbid": "105",
        "name": "GAX",
        "bytes": len(answer.content),
    }


def test_nothing_written_down_holds_a_secret(sim: Simulator, gax: Client) -> None:
    gax.log_in(password="hunter2")
    gax.put({**sim.app("GAX"), "workdirectory": "hunter3"})
    cookie = gax.http.cookies["JSESSIONID"]
    assert not {"hunter2", "hunter3", "password", cookie} & set(str([sim.log, sim.journal]).split("'"))


def test_journal_and_violations(sim: Simulator, gax: Client) -> None:
    gax.put(sim.app("GAX"))
    sim.set(forbid_writes=True)
    gax.put(sim.app("GAX"))
    assert control(sim, "GET", "journal").json() == sim.journal != []
    assert control(sim, "GET", "violations").json() == sim.violations
    assert sim.violations == [{"method": "PUT", "path": "/gax/api/cfg/objects/CfgApplication/105"}]


def test_switches(sim: Simulator) -> None:
    changed = control(sim, "PATCH", "switches", json={"put_answer": "204", "faults": [{"kind": "drop"}]}).json()
    assert (changed["put_answer"], changed["faults"][0]["kind"]) == ("204", "drop")
    assert control(sim, "GET", "switches").json() == changed
    assert sim.switches["put_answer"] == "204"
    refused = control(sim, "PATCH", "switches", json={"put_answer": "205"})
    assert (refused.status_code, refused.text) == (
        400,
        "Switch put_answer: '205' is none of 200-json, 200-empty, 201-empty, 202, 204, 302.",
    )
    assert control(sim, "PATCH", "switches", data="{").status_code == 400
    assert control(sim, "PATCH", "switches", json=[]).status_code == 400


def test_edit_and_options(sim: Simulator) -> None:
    edit = {"name": "GAX", "section": "general", "key": "auditing", "value": None}
    assert control(sim, "POST", "edit", json=edit).status_code == 204
    assert control(sim, "POST", "edit", json={**edit, "family": "annex", "value": "1"}).status_code == 204
    assert control(sim, "GET", "options", params={"name": "GAX"}).json() == sim.options("GAX")
    assert "auditing" not in sim.options("GAX")["general"]
    annex = control(sim, "GET", "options", params={"name": "GAX", "family": "annex"}).json()
    assert annex == sim.options("GAX", family="annex") == {"general": {"auditing": "1"}}
    assert sim.journal == []
    sim.edit("GAX", "general", "auditing", "false")
    assert sim.options("GAX")["general"]["auditing"] == "false"


@pytest.mark.parametrize("body", [{"name": "nobody", "section": "a", "key": "b", "value": "c"}, {"name": "GAX"}, []])
def test_a_senseless_edit(sim: Simulator, body: Any) -> None:
    assert control(sim, "POST", "edit", json=body).status_code == 400


def test_options_of_nobody(sim: Simulator) -> None:
    answer = control(sim, "GET", "options", params={"name": "nobody"})
    assert (answer.status_code, answer.text) == (400, "There is no CfgApplication named 'nobody'.")


def test_reset(sim: Simulator, gax: Client, demo: Estate) -> None:
    sim.set(latency=0.001)
    sim.edit("GAX", "general", "auditing", "false")
    gax.put(sim.app("GAX"))
    assert control(sim, "POST", "reset").status_code == 204
    assert list(sim.estate) == list(demo)
    assert (sim.log, sim.journal) == ([], [])
    assert gax.get("user/info").status_code == 200, "sessions stay"
    assert sim.log[0]["seq"] == 0
    assert sim.switches["latency"] == 0.001, "switches stay"


def test_estate_and_save(start: Start, tmp_path: Path, demo: Estate) -> None:
    file = tmp_path / "out.json"
    sim = start(save_to=file)
    assert control(sim, "GET", "estate").json() == list(demo)
    sim.edit("GAX", "new", "key", "value")
    assert control(sim, "POST", "save").status_code == 204
    assert list(load(file)) == list(sim.estate)
    sim.save(tmp_path / "other.yml")
    assert list(load(tmp_path / "other.yml")) == list(sim.estate)


def test_save_needs_a_file(sim: Simulator) -> None:
    answer = control(sim, "POST", "save")
    assert answer.status_code == 400
    assert "--save-to" in answer.text


def test_the_control_plane_is_not_logged(sim: Simulator) -> None:
    control(sim, "GET", "log")
    assert sim.log == []


def test_hooks(sim: Simulator, gax: Client) -> None:
    seen: list[Any] = []
    sim.before_request(lambda entry: seen.append((entry["method"], entry["path"], entry["status"])))

    def meddle(estate: Estate, entry: Any) -> None:
        seen.append(entry["name"])
        estate.edit("GAX", "general", "auditing", "meddled")

    sim.on_write(meddle)
    gax.put(sim.app("GAX"))
    gax.put({**sim.app("GAX"), "name": ""})
    path = "/gax/api/cfg/objects/CfgApplication/105"
    assert seen == [("PUT", path, None), "GAX", ("PUT", path, None)]
    assert sim.options("GAX")["general"]["auditing"] == "meddled"


def test_simulators_do_not_share_anything(start: Start, demo: Estate) -> None:
    one, two = start(), start()
    Client(one).put({**one.app("GAX"), "port": "1"})
    one.edit("GAX", "general", "auditing", "false")
    assert two.app("GAX") == demo.app("GAX")
    assert two.log == []
