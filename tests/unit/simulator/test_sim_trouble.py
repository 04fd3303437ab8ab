# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on real sockets, rivals, late writes, delays."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj, with_triple

Start = Callable[..., Simulator]
SHORT = 0.15


def with_webme(sim: Simulator) -> Obj:
    return with_triple(sim.app("ChatServer_1"), "options", "endpoints:101", "webme", "Webengagement_Chat")


def has_webme(sim: Simulator) -> bool:
    return "webme" in sim.options("ChatServer_1")["endpoints:101"]


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_status(start: Start) -> None:
    sim = start(faults=[{"kind": "status", "status": 429, "retry_after": 2, "at": 2, "times": 1}])
    gax = Client(sim)
    answers = [gax.get("user/info") for _unused in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["Retry-After"] == "2"
    assert [entry["status"] for entry in sim.log] == [204, 200, 429, 200]


def test_status_without_retry_after(sim: Simulator, gax: Client) -> None:
    sim.set(faults=[{"kind": "status"}])
    answer = gax.get("user/info")
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers


def test_a_rule_without_times_holds_from_then_on(start: Start) -> None:
    gax = Client(start(faults=[{"kind": "status", "at": 3}]))
    assert [gax.get("user/info").status_code for _unused in range(5)] == [200, 200, 503, 503, 503]


def test_methods_path_and_times(sim: Simulator, gax: Client) -> None:
    sim.set(faults=[{"kind": "status", "methods": ["GET"], "path": "type=Cfg(Host|Folder)", "times": 2}])
    assert gax.get("user/info").status_code == 200
    assert gax.get("cfg/objects", type="CfgHost").status_code == 503
    assert gax.get("cfg/objects", type="CfgFolder").status_code == 503
    assert gax.get("cfg/objects", type="CfgHost").status_code == 200


def test_share_is_the_same_every_time(sim: Simulator, gax: Client) -> None:
    def statuses() -> list[int]:
        sim.reset()
        return [gax.get("user/info").status_code for _unused in range(30)]

    sim.set(faults=[{"kind": "status", "share": 0.5}])
    first = statuses()
    assert set(first) == {200, 503}
    assert statuses() == first


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["drop", "hang", "status"])
def test_a_write_that_gets_no_good_answer(sim: Simulator, gax: Client, kind: str, after: bool) -> None:
    sim.set(faults=[{"kind": kind, "methods": ["PUT"], "after": after}])
    if kind == "status":
        assert gax.put(with_webme(sim)).status_code == 503
    else:
        with pytest.raises(requests.ConnectionError if kind == "drop" else requests.ReadTimeout):
            gax.put(with_webme(sim), timeout=SHORT)
    assert has_webme(sim) is after
    assert sim.log[-1]["status"] == (503 if kind == "status" else None)
    assert gax.get("user/info").status_code == 200


def test_half(sim: Simulator, gax: Client) -> None:
    sim.set(faults=[{"kind": "half", "times": 2}])
    answer = gax.call("GET", "cfg/objects?type=CfgApplication", stream=True)
    assert answer.status_code == 200
    announced = int(answer.headers["Content-Length"])
    with pytest.raises(requests.RequestException):
        _unused = answer.content
    assert sim.log[-1]["bytes"] == announced // 2 > 0
    with pytest.raises(requests.ConnectionError):
        gax.log_in()  # 204 has no body to cut


def test_a_hung_request_does_not_delay_the_end(start: Start) -> None:
    with Simulator(faults=[{"kind": "hang"}]) as sim:
        with pytest.raises(requests.ReadTimeout):
            requests.get(sim.url + "/gax/api/cfg/schema", timeout=SHORT)
        begin = time.monotonic()
    assert time.monotonic() - begin < 2


def test_rival_after_reads(start: Start) -> None:
    rival = {
        "object": "GAX",
        "after_reads": 2,
        "section": "general",
        "key": "auditing",
        "value": "edit {n}",
        "times": 2,
    }
    sim = start(rivals=[rival])
    gax = Client(sim)

    def auditing() -> str:
        values = {item["key"]: item["value"] for item in gax.find(name="GAX")[0]["options"]["property"]}
        return values["auditing"]

    gax.find(brief="true")
    gax.find("CfgScript")
    assert auditing() == "true"
    assert auditing() == "true"
    assert auditing() == "edit 1"
    gax.get("cfg/objects/CfgApplication/105")
    assert [auditing(), auditing()] == ["edit 2", "edit 2"]
    assert sim.journal == []


def test_rival_before_put(start: Start) -> None:
    rival: dict[str, Any] = {"object": "ChatServer_1", "before_put": True, "section": "settings"}
    sim = start(rivals=[{**rival, "key": "new", "value": "1"}, {**rival, "family": "annex", "key": "a", "value": "b"}])
    gax = Client(sim)
    gax.put(with_webme(sim))
    keys = {change["key"]: change["after"] for change in sim.journal[0]["changes"]}
    assert keys == {"webme": "Webengagement_Chat", "new": None, "a": None}, "our PUT deletes what the rivals did"
    gax.put(with_webme(sim))
    assert sim.journal[1]["changes"] == []


def test_rival_who_removes(start: Start) -> None:
    sim = start(rivals=[{"object": "GAX", "after_reads": 1, "section": "general", "key": "auditing", "value": None}])
    Client(sim).find()
    assert "auditing" not in sim.options("GAX")["general"]


@pytest.mark.parametrize("answer", ["503", "drop", "hang"])
def test_late_writes(sim: Simulator, gax: Client, answer: str) -> None:
    sim.set(late_writes={"seconds": 0.2, "answer": answer})
    if answer == "503":
        assert gax.put(with_webme(sim)).status_code == 503
    else:
        with pytest.raises(requests.RequestException):
            gax.put(with_webme(sim), timeout=SHORT)
    assert not has_webme(sim)
    assert sim.journal == []
    gax.call("POST", "session/logout")  # the end of the session does not stop the write
    assert wait_for(lambda: has_webme(sim) and sim.journal)
    assert sim.journal[0]["applied"]


def test_a_reset_makes_late_writes_void(sim: Simulator, gax: Client) -> None:
    sim.set(late_writes={"seconds": 0.1})
    gax.put(with_webme(sim))
    sim.reset()
    time.sleep(0.15)
    assert not has_webme(sim)
    assert sim.journal == []


def test_late_writes_leave_log_in_and_refusals_alone(sim: Simulator, gax: Client) -> None:
    sim.set(late_writes={"seconds": 0})
    assert gax.log_in().status_code == 204
    assert Client(sim, log_in=False).put(with_webme(sim)).status_code == 401


def test_latency_and_jitter(sim: Simulator, gax: Client) -> None:
    sim.set(latency=0.1, jitter=0.05)
    begin = time.monotonic()
    gax.get("user/info")
    assert 0.1 <= time.monotonic() - begin < 1


@pytest.mark.parametrize(
    ("status", "text", "is_json"), [(204, "", False), (200, "", False), (200, '{"error": "x"}', True), (200, "[", True)]
)
def test_an_odd_answer_once(sim: Simulator, gax: Client, status: int, text: str, is_json: bool) -> None:
    sim.set(faults=[{"kind": "status", "status": status, "text": text, "times": 1, "path": "CfgApplication/105"}])
    odd, good = (gax.get("cfg/objects/CfgApplication/105") for _unused in range(2))
    assert (odd.status_code, odd.text) == (status, text)
    assert ("json" in odd.headers.get("Content-Type", "")) is is_json
    assert good.json()["name"] == "GAX"


@pytest.mark.parametrize("path", ["cfg/objects/CfgApplication/105", "session/logout"])
def test_an_answer_that_drips_never_ends_and_keeps_the_connection_busy(start: Start, path: str) -> None:
    sim = start()
    gax = Client(sim)
    sim.set(faults=[{"kind": "drip", "path": path}])
    with gax.call("GET", path, stream=True, timeout=2) as answer:
        began, body = time.monotonic(), answer.iter_content(1)
        next(body), next(body)
        assert 0.4 < time.monotonic() - began < 3
    sim.stop()  # does not wait for its end


def test_requests_beyond_the_limit_are_refused(start: Start) -> None:
    sim = start(parallel_limit=3, latency=0.4)
    clients = [Client(sim) for _unused in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda gax: gax.get("user/info").status_code, clients))
    assert sorted(statuses) == [200, 200, 200, 503, 503, 503]
    assert clients[0].get("user/info").status_code == 200


class TestAWriteThatShowsLate:
    """Answered as success; until it shows, reads find what was there before."""

    @pytest.fixture(params=["write_delay", "stale_reads"])
    def late(self, start: Start, request: pytest.FixtureRequest) -> Simulator:
        return start(**{request.param: 0.8}, put_answer="202")

    def test_a_put(self, late: Simulator) -> None:
        gax, wanted = Client(late), with_webme(late)
        before = late.app("ChatServer_1")
        assert gax.put(wanted).status_code == 202
        assert gax.find(name="ChatServer_1") == [before]
        assert wait_for(lambda: gax.find(name="ChatServer_1") == [wanted])
        assert [write["applied"] for write in late.journal] == [True]

    def test_an_object_that_is_created_and_deleted(self, late: Simulator) -> None:
        gax = Client(late)
        queue = {**late.estate.named("Chat_Old", "CfgScript"), "name": "New"}
        del queue["dbid"]
        dbid = gax.post(queue).json()["dbid"]
        path = f"cfg/objects/CfgScript/{dbid}"
        assert gax.get(path).status_code == 404
        assert gax.find("CfgScript", name="New") == []
        assert wait_for(lambda: gax.get(path).status_code == 200)
        assert gax.delete("CfgScript", dbid).status_code == 204
        assert gax.get(path).status_code == 200
        assert len(gax.find("CfgScript", name="New")) == 1
        assert wait_for(lambda: gax.get(path).status_code == 404)
        assert gax.find("CfgScript", name="New") == []

    def test_a_reset_ends_it(self, late: Simulator) -> None:
        gax, before = Client(late), late.app("ChatServer_1")
        gax.put(with_webme(late))
        late.reset()
        time.sleep(1)
        assert late.app("ChatServer_1") == before
        assert gax.find(name="ChatServer_1") == [before]
