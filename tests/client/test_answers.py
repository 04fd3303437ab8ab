# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers in every form that a GAX may give, and those that no server should give."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
    interaction_queue,
    web_engagement_chat,
)
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Script, Seen, between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, asked, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj

Start = Callable[..., Simulator]

MAIN, QUEUE = "GWE_Cluster_Main", "Webengagement_Chat"
CHAT_SERVERS = ["ChatServer_1", "ChatServer_2", "ChatServer_3"]
ENDPOINT = {"chat_servers": CHAT_SERVERS, "tenant": "101", "queue": QUEUE}
SET = {"name": "ChatServer_1", "options": {"notes": {"owner": "contact centre"}}}
PAGE = "<html><body>Done</body></html>"


def with_copies(estate: Estate, **copies: dict[str, Any]) -> Estate:
    """Return the estate with more applications: copies of the one that ``of`` names, with other keys."""
    more = estate.copy()
    for dbid, keys in copies.items():
        of = keys.pop("of")
        more.add({**estate.app(of), "dbid": dbid.removeprefix("_"), **keys})
    return more


def queue(name: str, dbid: str = "900") -> Obj:
    """Return an Interaction Queue of tenant Resources."""
    keys = {"tenantdbid": "101", "folderid": "146", "index": "0", "state": "CFGEnabled"}
    return {"type": "CfgScript", "dbid": dbid, "name": name, "subtype": "CFGInteractionQueue", **keys}


def at(method: str, path: str, reply: Callable[[Reply], Reply], handle: bool = True) -> Script:
    """Answer requests to a path as told. With ``handle`` the simulator handles them, whatever is answered."""

    def script(seen: Seen, pass_on: PassOn) -> Reply:
        if seen.method != method or path not in seen.path:
            return pass_on()
        return reply(pass_on() if handle else Reply())

    return script


class TestAnswersToWrites:
    """What counts is what is read back."""

    @pytest.mark.parametrize("position", ["200-json", "200-empty", "201-empty", "204", "302"])
    def test_every_form_of_success_is_one(self, start: Start, position: str) -> None:
        sim = start(put_answer=position)
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]
        assert call(sim, web_engagement_chat, cluster=MAIN, queue=QUEUE)["changed"]
        assert applied(sim) == dict.fromkeys([*CHAT_SERVERS, MAIN], 1)
        assert log_ins(sim) == 2

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(200, "OK"),
            Reply(200, PAGE, {"Content-Type": "text/html"}),
            Reply(200, '{"errorCode": 0}'),
            Reply(200, '{"type": "CfgAppl'),
            Reply(202),
            Reply(303, headers={"Location": "/gax/"}),
            Reply(400, "Bad Request"),
            Reply(401),
            Reply(500, "NullPointerException"),
            Reply(503, "Busy"),
        ],
        ids=lambda answer: f"{answer.status}-{answer.text[:5]}",
    )
    def test_a_write_that_shows_is_a_success_whatever_was_answered(self, sim: Simulator, answer: Reply) -> None:
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: answer)) as server:
            assert call(server.url, application_options, **SET)["changed"]
        assert applied(sim) == {"ChatServer_1": 1}
        assert sim.options("ChatServer_1")["notes"] == {"owner": "contact centre"}

    @pytest.mark.parametrize(
        "answer",
        [Reply(200, "{}"), Reply(200, "OK"), Reply(201), Reply(204)],
        ids=lambda answer: f"{answer.status}-{answer.text}",
    )
    def test_a_write_that_does_not_show_is_a_failure_whatever_was_answered(self, sim: Simulator, answer: Reply) -> None:
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: answer, handle=False)) as server:
            words = ("'ChatServer_1'", "what was read back differs", "[notes] owner")
            refused(server.url, application_options, *words, **SET, gax_timeout=0.2, gax_retries=1)
        assert "notes" not in sim.options("ChatServer_1")

    @pytest.mark.parametrize("position", ["200-json", "201-empty", "201-json", "302", "204"])
    def test_every_form_of_creation_is_one(self, start: Start, position: str) -> None:
        sim = start(post_answer=position)
        for changed in (True, False):
            assert call(sim, interaction_queue, name="Neue_Warteschlange", tenant="Resources")["changed"] is changed
        (made,) = [obj for obj in sim.estate.all("CfgScript") if obj["name"] == "Neue_Warteschlange"]
        assert (made["tenantdbid"], made["subtype"]) == ("101", "CFGInteractionQueue")

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(200, "OK"),
            Reply(201, headers={"Location": "/gax/api/cfg/objects/CfgScript/1"}),
            Reply(302, headers={"Location": "/gax/"}),
            Reply(500, "NullPointerException"),
            Reply(503, "Busy"),
        ],
        ids=lambda answer: f"{answer.status}",
    )
    def test_what_was_created_is_looked_up_whatever_was_answered(self, sim: Simulator, answer: Reply) -> None:
        with between(sim.url, at("POST", "cfg/objects", lambda real: answer)) as server:
            assert call(server.url, interaction_queue, name="New", tenant="Resources")["changed"]
        assert applied(sim) == {"New": 1}

    def test_a_creation_that_did_not_happen_is_a_failure(self, sim: Simulator) -> None:
        with between(sim.url, at("POST", "cfg/objects", lambda real: Reply(201), handle=False)) as server:
            refused(server.url, interaction_queue, "'New'", "cannot be found", name="New", tenant="Resources")

    @pytest.mark.parametrize("position", ["404", "200-null", "204"])
    def test_a_deletion_is_seen_in_each_form_of_a_missing_object(self, start: Start, position: str) -> None:
        sim = start(missing_object=position)
        assert call(sim, interaction_queue, name="Chat_Old", tenant="Resources", state="absent")["changed"]
        assert applied(sim) == {"Chat_Old": 1}

    def test_a_deletion_is_seen_where_a_missing_object_is_an_error(self, start: Start) -> None:
        sim = start(missing_object="500")
        assert call(sim, interaction_queue, name="Chat_Old", tenant="Resources", state="absent")["changed"]

    def test_a_deletion_that_meets_the_end_of_the_session_is_repeated(self, sim: Simulator) -> None:
        ended = iter([True])

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.method == "DELETE" and next(ended, False):
                sim.set(expire_after_requests=1)
                reply = pass_on()
                sim.set(expire_after_requests=0)
                return reply
            return pass_on()

        with between(sim.url, script) as server:
            assert call(server.url, interaction_queue, name="Chat_Old", tenant="Resources", state="absent")["changed"]


class TestNames:
    """A name means exactly that name."""

    NEAR = ("gwe_cluster_main", "GWE_Cluster_Main_Old", "My_GWE_Cluster_Main", "GWE_Cluster_Maın")

    @pytest.fixture
    def near_misses(self, demo: Estate) -> Estate:
        copies = {f"_{900 + number}": {"of": MAIN, "name": name} for number, name in enumerate(self.NEAR)}
        more = with_copies(demo, **copies)
        more.add(queue("webengagement_chat", "910"))
        return more

    @pytest.mark.parametrize("position", ["exact", "substring", "ignore-case", "ignored"])
    def test_near_misses_are_neither_read_nor_written(self, start: Start, near_misses: Estate, position: str) -> None:
        sim = start(near_misses, name_match=position)
        assert [item["name"] for item in call(sim, application_info, names=[MAIN])["applications"]] == [MAIN]
        call(sim, web_engagement_chat, cluster=MAIN, queue=QUEUE)
        assert applied(sim) == {MAIN: 1}
        assert sim.options(MAIN)["chat"]["webengagementChatQueue"] == QUEUE

    @pytest.mark.parametrize("position", ["exact", "substring", "ignore-case", "ignored"])
    def test_another_case_is_another_name(self, start: Start, position: str) -> None:
        sim = start(name_match=position)
        refused(
            sim, web_engagement_chat, f"Did you mean '{MAIN}'?", "case-sensitive", cluster=MAIN.lower(), queue=QUEUE
        )
        refused(sim, web_engagement_chat, f"Did you mean '{QUEUE}'?", cluster=MAIN, queue=QUEUE.upper())
        assert sim.journal == []

    @pytest.mark.parametrize("position", ["honoured", "ignored"])
    def test_filters_change_nothing_but_speed(self, start: Start, position: str) -> None:
        sim, usual = start(filters=position), start()
        for operation, asked_for in [
            (application_info, {"types": ["ChatServer", "DBServer"]}),
            (application_info, {"types": ["CFGApplicationCluster"], "tenant": "Resources"}),
            (chat_channel_info, {"cluster": MAIN, "queue": QUEUE}),
        ]:
            assert call(sim, operation, **asked_for) == call(usual, operation, **asked_for)
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]


class TestContainers:
    """Missing and empty are the same when read, and go back as they came."""

    @pytest.mark.parametrize("position", ["kept", "absent"])
    def test_what_is_missing_reads_as_empty(self, start: Start, position: str) -> None:
        sim = start(empty_containers=position)
        (found,) = call(sim, application_info, names=["ChatServer_Cluster"])["applications"]
        assert (found["options"], found["annex"]) == ({}, {})

    @pytest.mark.parametrize("family", ["options", "annex"])
    @pytest.mark.parametrize("position", ["kept", "absent"])
    def test_an_option_can_be_added_to_nothing_and_taken_away_again(
        self, start: Start, position: str, family: str
    ) -> None:
        sim = start(empty_containers=position)
        for state, left in (("present", {"a": {"b": "c"}}), ("absent", {})):
            options = {"a": {"b": "c"}}
            call(sim, application_options, name="ChatServer_Cluster", options=options, family=family, state=state)
            assert sim.options("ChatServer_Cluster", family) == left
        assert [write["other"] for write in sim.journal] == [[], []]

    @pytest.mark.parametrize("switches", [{}, {"empty_containers": "absent"}, {"empty_key": True}])
    @pytest.mark.parametrize("name", ["ChatServer_3", "GAX", "Workspace_Desktop", "ChatServer_Cluster"])
    def test_an_object_goes_back_as_it_came_but_for_the_option(
        self, start: Start, name: str, switches: dict[str, Any]
    ) -> None:
        sim = start(**switches)
        with between(sim.url) as server:
            call(server.url, application_options, name=name, options={"a": {"b": "c"}})
            (sent,) = (json.loads(seen.body) for seen in server.seen if seen.method == "PUT")
        after = sim.app(name)
        added = {"section": "a", "key": "b", "value": "c"}
        assert sim.journal[0]["other"] == []
        assert [(change["section"], change["key"]) for change in sim.journal[0]["changes"]] == [("a", "b")]
        assert sent["options"]["property"].count(added) == 1
        if not switches:
            assert json.dumps(sent) == json.dumps(after)

    def test_numbers_and_booleans_are_read_as_text(self, sim: Simulator) -> None:
        def as_numbers(real: Reply) -> Reply:
            assert isinstance(real.text, bytes)
            return replace(real, text=re.sub(rb'"([1-9][0-9]*)"', rb"\1", real.text).replace(b'"true"', b"true"))

        with between(sim.url, at("GET", "cfg/objects", as_numbers)) as server:
            found = call(server.url, application_info, names=["ChatServer_1"])
            assert found == call(sim, application_info, names=["ChatServer_1"])
            options = {"log": {"expire": 10}, "settings": {"use-contact-server": True}}
            assert not call(server.url, application_options, name="ChatServer_1", options=options)["changed"]

    def test_the_triple_of_an_empty_section_is_no_option(self, start: Start) -> None:
        sim = start(empty_key=True)
        (found,) = call(sim, application_info, names=["UCS"])["applications"]
        assert "empty-section" not in found["options"]

    def test_a_server_that_drops_duplicates_is_no_conflict(self, start: Start) -> None:
        sim = start(dedupe=True)
        call(sim, application_options, name="ChatServer_2", options={"a": {"b": "c"}})
        assert applied(sim) == {"ChatServer_2": 1}
        assert sim.options("ChatServer_2")["a"] == {"b": "c"}


class TestMissingObject:
    """A connection that leads nowhere."""

    @pytest.fixture
    def dangling(self, demo: Estate) -> Estate:
        nowhere = {"conninfo": [{"appserverdbid": "999", "id": "default"}]}
        return with_copies(demo, _900={"of": "UCS", "name": "Lost", "appservers": nowhere})

    @pytest.mark.parametrize("position", ["404", "200-null", "204"])
    def test_it_is_shown_without_a_name(self, start: Start, dangling: Estate, position: str) -> None:
        sim = start(dangling, missing_object=position)
        (found,) = call(sim, application_info, names=["Lost"])["applications"]
        assert [(item["dbid"], item["name"]) for item in found["connections"]] == [("999", None)]

    def test_an_error_in_its_place_is_told(self, start: Start, dangling: Estate) -> None:
        sim = start(dangling, missing_object="500")
        refused(sim, application_info, "CfgApplication/999 answered 500", "does not exist", names=["Lost"])


class TestText:
    """Text beyond ASCII, and text that means something in an address, arrives and returns unharmed."""

    NAMES = ("Чат_Сервер", "聊天服务器", "Chat & Co = 50% + 1/2 #3?", 'The "best" one', "Zürich 🗨", " spaced ", "a\\b")
    QUEUES = ("Chat_Kundenservice_Zürich", "Очередь", "行列 1", "🗨", 'a"b\\c', "x & y")
    VALUE = 'Grüße, привет, 你好 🗨 "quoted" <tag> \\ tab\tend'

    @pytest.mark.parametrize("name", NAMES)
    def test_an_application_of_any_name_is_found_and_written(self, start: Start, demo: Estate, name: str) -> None:
        sim = start(with_copies(demo, _900={"of": "ChatServer_1", "name": name}))
        sim.edit(name, "notes", "text", self.VALUE)
        before = sim.options(name)
        result = call(sim, chat_server_endpoint, chat_servers=[name], tenant="101", queue=QUEUE)
        assert name in result["msg"]
        assert applied(sim) == {name: 1}
        assert sim.options(name) == {**before, "endpoints:101": {**before["endpoints:101"], "webme": QUEUE}}

    @pytest.mark.parametrize("name", QUEUES)
    def test_a_queue_of_any_name_arrives_and_is_read_back(self, start: Start, demo: Estate, name: str) -> None:
        more = demo.copy()
        if name != "Chat_Kundenservice_Zürich":
            more.add(queue(name))
        sim = start(more)
        call(sim, chat_server_endpoint, **{**ENDPOINT, "queue": name})
        call(sim, web_engagement_chat, cluster=MAIN, queue=name)
        found = call(sim, chat_channel_info, cluster=MAIN, queue=name)
        assert [server["queue"] for server in found["chat_servers"]] == [name] * 3
        assert found["changes"] == []
        assert sim.options(MAIN)["chat"]["webengagementChatQueue"] == name

    @pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=ISO-8859-1", "text/plain"])
    def test_utf_8_is_read_as_such_whatever_the_server_calls_it(self, sim: Simulator, content_type: str) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            return replace(reply, headers={**reply.headers, "Content-Type": content_type})

        sim.edit("ChatServer_1", "notes", "text", self.VALUE)
        with between(sim.url, script) as server:
            (found,) = call(server.url, application_info, names=["ChatServer_1"])["applications"]
            call(server.url, application_options, name="ChatServer_1", options={"a": {"b": "ß"}})
        assert found["options"]["notes"]["text"] == self.VALUE
        assert sim.options("ChatServer_1")["notes"]["text"] == self.VALUE

    def test_an_answer_in_another_encoding_never_spoils_other_options(self, sim: Simulator) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            if seen.method != "GET" or not isinstance(reply.text, bytes):
                return reply
            headers = {"Content-Type": "application/json; charset=ISO-8859-1"}
            return Reply(reply.status, reply.text.decode().encode("latin-1"), headers)

        sim.edit("ChatServer_1", "notes", "text", "Zürich")
        with between(sim.url, script) as server, contextlib.suppress(EngageError):
            call(server.url, application_options, name="ChatServer_1", options={"a": {"b": "c"}})
        assert sim.options("ChatServer_1")["notes"] == {"text": "Zürich"}


class TestErrors:
    """They keep what a person needs to look further, and no secrets."""

    @pytest.mark.parametrize("status", [400, 404, 409, 500, 501])
    def test_method_path_status_and_the_beginning_of_the_answer_are_kept(self, sim: Simulator, status: int) -> None:
        text = "Configuration Server says: " + "x" * 5000
        script = at("GET", "cfg/objects", lambda real: Reply(status, text))
        with between(sim.url, script) as server:
            said = refused(
                server.url,
                application_info,
                f"GET {server.url}/gax/api/cfg/objects answered {status}",
                "Configuration Server says: xxx",
                "check the log of GAX",
                names=["GAX"],
            )
        assert len(said) < 600

    def test_a_refused_write_keeps_them_too(self, start: Start) -> None:
        sim = start(mode="read-only")
        words = (
            "'ChatServer_1'",
            f"PUT {sim.url}/gax/api/cfg/objects/CfgApplication/202 answered 500",
            "read-only mode",
        )
        refused(sim, application_options, *words, **SET)
        assert len(asked(sim, "cfg/objects/CfgApplication/202", "PUT")) == 1

    @pytest.mark.parametrize(
        "password",
        [
            "G4x-l0g1n",
            pytest.param(
                "password",
            ),
        ],
    )
    @pytest.mark.parametrize(
        "text",
        [
            '{"section": "default", "key": "password", "value": "Tr0ub4dor&3"}',
            '{"value": "Tr0ub4dor&3", "key": "db_password", "section": "default"}',
            '{"password": "Tr0ub4dor&3", "name": "UCS_DAP"}',
        ],
    )
    def test_an_answer_with_an_object_in_it_shows_no_password_of_it(
        self, start: Start, text: str, password: str
    ) -> None:
        sim = start(user="ops", password=password)
        with between(sim.url, at("GET", "cfg/objects", lambda real: Reply(500, text))) as server:
            account = {"gax_username": "ops", "gax_password": password}
            said = refused(server.url, application_info, "answered 500", "********", names=["GAX"], **account)
        assert "Tr0ub4dor" not in said

    @pytest.mark.parametrize("text", ['{"objects": []}', "null", '{"errorCode": "X"}'])
    def test_a_list_that_is_none_is_told(self, sim: Simulator, text: str) -> None:
        with between(sim.url, at("GET", "cfg/objects", lambda real: Reply(200, text))) as server:
            refused(server.url, application_info, "list of CfgApplication", "not a list", "gax_url", names=["GAX"])

    @pytest.mark.parametrize("text", ["", "OK", "12", PAGE])
    def test_what_is_no_json_is_told(self, sim: Simulator, text: str) -> None:
        with between(sim.url, at("GET", "cfg/objects", lambda real: Reply(200, text))) as server:
            refused(server.url, application_info, "cfg/objects answered 200", names=["GAX"])

    def test_a_list_with_holes_is_read_all_the_same(self, sim: Simulator) -> None:
        def with_holes(real: Reply) -> Reply:
            return replace(real, text=json.dumps([None, "x", *json.loads(real.text), {}]))

        with between(sim.url, at("GET", "cfg/objects", with_holes)) as server:
            assert [item["name"] for item in call(server.url, application_info, names=["GAX"])["applications"]] == [
                "GAX"
            ]

    @pytest.mark.parametrize("cut", ["on the wire", "by the server"])
    def test_half_an_answer_is_asked_for_again_and_then_told(self, start: Start, cut: str, pauses: list[float]) -> None:
        wire = cut == "on the wire"
        sim = start(faults=[{"kind": "half", "path": "name=GAX"}] if wire else ())

        def half(real: Reply) -> Reply:
            return real if wire else replace(real, text=real.text[: len(real.text) // 2])

        with between(sim.url, at("GET", "cfg/objects", half)) as server:
            words = ("connection was lost",) if wire else ("breaks off in the middle",)
            refused(sim.url if wire else server.url, application_info, *words, names=["GAX"], gax_retries=2)
        assert len(asked(sim, "cfg/objects")) == 3


class TestBusy:
    """Reads are repeated while the fault may pass: politely, and not for ever."""

    @staticmethod
    def gax(sim: Simulator, *answers: Reply) -> Any:
        """Give an address where the first requests for a list get these answers."""
        waiting = iter(answers)

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            return next(waiting, None) or pass_on() if seen.path == "cfg/objects" else pass_on()

        return between(sim.url, script)

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_a_busy_gax_is_asked_again(self, sim: Simulator, status: int, pauses: list[float]) -> None:
        with self.gax(sim, *[Reply(status, "Busy")] * 3) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]
        assert len(pauses) == 3

    @pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "half"}, {"kind": "status", "status": 503}])
    def test_a_fault_that_passes_goes_unnoticed(self, start: Start, fault: dict[str, Any], pauses: list[float]) -> None:
        sim = start(faults=[{**fault, "times": 3, "path": "name="}])
        assert call(sim, application_info, names=["GAX"])["applications"]
        assert len(pauses) == 3

    def test_a_hanging_answer_is_given_up_and_asked_for_again(self, start: Start) -> None:
        sim = start(faults=[{"kind": "hang", "times": 1, "path": "name="}])
        assert call(sim, application_info, names=["GAX"], gax_timeout=0.5)["applications"]

    @pytest.mark.parametrize("retries", [0, 1, 3])
    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_gax_retries_is_the_number_of_repetitions(
        self, start: Start, status: int, retries: int, pauses: list[float]
    ) -> None:
        sim = start(faults=[{"kind": "status", "status": status, "path": "name="}])
        refused(sim, application_info, f"cfg/objects answered {status}", names=["GAX"], gax_retries=retries)
        assert len(asked(sim, "cfg/objects")) == 1 + retries

    @pytest.mark.parametrize("status", [400, 404, 500, 501, 505])
    def test_what_will_not_pass_is_asked_once(self, start: Start, status: int) -> None:
        sim = start(faults=[{"kind": "status", "status": status, "path": "name="}])
        refused(sim, application_info, f"cfg/objects answered {status}", names=["GAX"])
        assert len(asked(sim, "cfg/objects")) == 1

    def test_pauses_grow_and_vary(self, sim: Simulator, pauses: list[float]) -> None:
        taken = set()
        for _unused in range(5):
            pauses.clear()
            with self.gax(sim, *[Reply(503)] * 4) as server:
                call(server.url, application_info, names=["GAX"], gax_retries=4)
            assert pauses == sorted(pauses)
            assert 0.2 < pauses[-1] < 5
            taken.add(pauses[-1])
        assert len(taken) > 1

    @pytest.mark.parametrize(
        ("asked_for", "least", "most"),
        [
            ("7", 5, 9),
            (" 7 ", 5, 9),
            (format_datetime(datetime.now(timezone.utc) + timedelta(days=1), usegmt=True), 20, 40),
            ("86400", 20, 40),
            ("9" * 300, 20, 40),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 1),
            ("0", 0, 1),
            ("-1", 0, 1),
            ("1.5", 0, 1),
            ("soon", 0, 1),
            ("", 0, 1),
            pytest.param(
                "Fri, 31 Dec 10000 23:59:59 GMT",
                0,
                40,
            ),
        ],
        ids=lambda value: str(value)[:16],
    )
    def test_retry_after_is_followed_within_bounds(
        self, sim: Simulator, asked_for: str, least: float, most: float, pauses: list[float]
    ) -> None:
        with self.gax(sim, Reply(429, headers={"Retry-After": asked_for})) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]
        assert least <= pauses[0] <= most

    def test_a_date_in_retry_after_is_waited_for(self, sim: Simulator, pauses: list[float]) -> None:
        date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=12), usegmt=True)
        with self.gax(sim, Reply(503, headers={"Retry-After": date})) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]
        assert 6 < pauses[0] < 15

    def test_a_log_in_that_got_no_answer_is_repeated_once(self, start: Start, pauses: list[float]) -> None:
        sim = start(faults=[{"kind": "drop", "path": "session/login"}])
        refused(sim, application_info, "session/login", "connection was lost", names=["GAX"])
        assert log_ins(sim) == 2


class TestConnections:
    """Connections are kept and used again."""

    def test_one_request_at_a_time_needs_one_connection(self, sim: Simulator) -> None:
        with between(sim.url) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT, gax_concurrency=1)
            assert len(server.seen) > 10
            assert server.connections == 1

    def test_parallel_requests_need_no_more_connections_than_allowed(self, sim: Simulator) -> None:
        with between(sim.url) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT, gax_concurrency=2)
            assert server.connections <= 2

    def test_a_server_that_closes_after_each_answer_is_no_trouble(self, sim: Simulator) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            return replace(reply, headers={**reply.headers, "Connection": "close"})

        with between(sim.url, script) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT)
        assert applied(sim) == dict.fromkeys(CHAT_SERVERS, 1)
