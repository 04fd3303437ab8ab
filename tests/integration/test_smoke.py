# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example tasks that open and close chats after each batch, against a stand-in for Mobile Services."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import KEY, MAIN, SERVERS, endpoints
from ansible_collections.genesys_ops.engage.tests.integration.playbook import CONFIGURE, Player, connection, simulator
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

TASKS = COLLECTION / "docs" / "examples" / "open_and_close_chats.yml"
SERVICE = "/genesys/2/chat/customer-support"


class MobileServices:
    """Chat API V2: chats go to the Chat Servers in turn. ``status`` is what opening a chat is answered."""

    def __init__(self, aliases: list[str], status: int = 0) -> None:
        self.aliases, self.status = aliases, status
        self.opened: list[str] = []  # aliases, in order
        self.open: dict[str, dict[str, str]] = {}  # by chatId
        self.calls: list[str] = []

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        if path == SERVICE:
            if self.status:
                return {"statusCode": self.status, "errors": [{"code": 100, "advice": "No Chat Server"}]}
            assert form["nickname"]
            alias = self.aliases[len(self.opened) % len(self.aliases)]
            chat = {"userId": f"u{len(self.opened)}", "secureKey": f"s{len(self.opened)}", "alias": alias}
            self.opened.append(alias)
            self.open[f"c{len(self.opened)}"] = chat
            return {"statusCode": 0, "chatId": f"c{len(self.opened)}", **chat}
        chat_id, action = path.removeprefix(f"{SERVICE}/").split("/")
        self.calls.append(action)
        assert {key: form[key] for key in ("userId", "secureKey", "alias")} == self.open[chat_id]
        if action == "disconnect":
            del self.open[chat_id]
        return {"statusCode": 0, "messages": []}


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[MobileServices, str]]:
    services: MobileServices = request.param

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
            form = {key: values[0] for key, values in parse_qs(body).items()}
            answer = json.dumps(services.answer(self.path, form)).encode("utf-8")
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield services, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def variables(url: str, instances: int, attempts: int = 5) -> dict[str, Any]:
    return {
        "chat_channel_after_batch_tasks": str(TASKS),
        "chat_channel_batch_size": 2,
        "chat_test_url": url,
        "chat_test_service": "customer-support",
        "chat_test_instances": instances,
        "chat_test_attempts": attempts,
    }


@pytest.mark.parametrize("served", [MobileServices(["1", "1", "2", "3"])], indirect=True)
def test_chats_are_opened_until_each_chat_server_has_served_one_and_all_are_closed(
    served: tuple[MobileServices, str], demo: Estate, play: Player
) -> None:
    services, url = served
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **variables(url, 3)})
        run.assert_success()
        assert sim.options("GWE_Cluster_Main")["chat"]["queueKey"] == KEY
    # Two batches, each until the third alias was seen, and no chat beyond that.
    assert services.opened == ["1", "1", "2", "3"] * 2
    assert services.open == {}
    assert services.calls == ["refresh", "disconnect"] * 8


@pytest.mark.parametrize(
    ("served", "words"),
    [
        (MobileServices(["1", "2"]), "2 of 3 Chat Servers have served one of 5 chats. Seen: 1, 2."),
        (MobileServices(["1"], status=2), "Open a chat"),
    ],
    indirect=["served"],
)
def test_a_chat_server_that_serves_none_ends_the_run_which_is_rolled_back(
    served: tuple[MobileServices, str], words: str, demo: Estate, play: Player
) -> None:
    services, url = served
    with simulator(demo) as sim:
        before = sim.options("GWE_Cluster_Main")["chat"]
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **variables(url, 3)})
        assert run.rc == 2
        assert words in run.stdout
        for name in SERVERS["main"]:
            assert "webme" not in endpoints(sim, name)
        assert sim.options("GWE_Cluster_Main")["chat"] == before
    assert services.open == {}
