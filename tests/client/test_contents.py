# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the objects of a GAX, in every form: names, empty and missing containers, text beyond ASCII."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
    interaction_queue,
    web_engagement_chat,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import is_unseen
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, at, between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, MAIN, QUEUE
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, load
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj


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
            results = [call(one, operation, **asked_for) for one in (sim, usual)]
            for result in results:
                result.pop("gax", None)  # its address differs
            assert results[0] == results[1]
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]


class TestTypes:
    """A type is that of GAX, with or without its prefix; one that is mistyped must not read like an empty estate."""

    @pytest.mark.parametrize("written", ["ChatServer", "CFGChatServer"])
    @pytest.mark.parametrize("position", ["honoured", "ignored"])
    def test_a_type_is_found_with_and_without_its_prefix(self, start: Start, written: str, position: str) -> None:
        warnings: list[str] = []
        found = call(start(filters=position), application_info, types=[written], warnings=warnings)
        assert {item["type"] for item in found["applications"]} == {"CFGChatServer"}
        assert (len(found["applications"]), warnings) == (8, [])

    @pytest.mark.parametrize("position", ["honoured", "ignored"])
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("ChatServr", "ChatServer"),
            ("chatserver", "ChatServer"),
            ("Chat Server", "ChatServer"),
            ("CfgChatServer", "ChatServer"),
            ("CFGChatServers", "ChatServer"),
            ("Application_Cluster", "ApplicationCluster"),
            ("EMailServer", "EmailServer"),
        ],
    )
    def test_a_mistyped_one_is_refused_beside_good_ones(
        self, start: Start, written: str, meant: str, position: str
    ) -> None:
        said = f"types: there is no type '{written}'. Did you mean '{meant}'?"
        refused(start(filters=position), application_info, said, types=["StatServer", written])

    def test_one_of_which_there_is_none_is_no_mistake(self, sim: Simulator) -> None:
        warnings: list[str] = []
        assert call(sim, application_info, types=["SNMPAgent"], warnings=warnings)["applications"] == []
        assert warnings == []

    def test_one_that_only_gax_knows_is_found_without_a_word(self, start: Start, demo: Estate) -> None:
        # It is written almost like a known one: what GAX has counts.
        sim = start(with_copies(demo, _900={"of": "ChatServer_1", "name": "New", "subtype": "CFGChatServerX"}))
        warnings: list[str] = []
        found = call(sim, application_info, types=["ChatServerX"], warnings=warnings)["applications"]
        assert ([item["name"] for item in found], warnings) == (["New"], [])

    def test_one_that_nobody_knows_is_warned_of_not_guessed(self, sim: Simulator) -> None:
        warnings: list[str] = []
        given = {"names": [MAIN], "types": ["MediaServer"]}
        assert call(sim, application_info, warnings=warnings, **given)["applications"] == []
        (said,) = warnings
        assert said.startswith("types: no application of type 'MediaServer' was found, and this collection does not")


class TestQueuesThatLookAlike:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("webengagement_chat", "Did you mean 'Webengagement_Chat'?"),
            ("Chat\u00a0In", "character 5 is NO-BREAK SPACE (U+00A0) in the name given"),
            ("\u0421hat In", "character 1 is CYRILLIC CAPITAL LETTER ES (U+0421) in the name given"),
        ],
    )
    def test_none_is_created_beside_another(self, sim: Simulator, name: str, said: str) -> None:
        words = ("is not created beside one that looks the same", said)
        refused(sim, interaction_queue, *words, name=name, tenant="Resources")
        refused(sim, chat_channel, *words, cluster=MAIN, queue=name, create_queue=True)
        assert applied(sim) == {}

    def test_what_only_resembles_another_is_created(self, sim: Simulator) -> None:
        for name in ("Webengagement-Chat", "Webengagement_Chat_2", "Chat.In"):
            assert call(sim, interaction_queue, name=name, tenant="Resources")["changed"]


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


def test_what_cannot_be_seen_is_an_escape_in_a_backup_and_restored_as_it_was(start: Start, tmp_path: Path) -> None:
    odd = "\x1b[31m\x9b2J\u202e\u2028\xad\U000e0001 Москва 渠道"
    estate = load("demo")
    estate.edit("ChatServer_1", f"odd{odd[:12]}", "text", odd)
    sim = start(estate)
    before = sim.options("ChatServer_1")
    call(
        sim, application_options, name="ChatServer_1", options={f"odd{odd[:12]}": {"text": "new"}}, backup_dir=tmp_path
    )
    content = "".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.json"))
    assert "Москва 渠道" in content
    assert not [char for char in content if is_unseen(char) and char != "\n"]
    assert call(sim, application_rollback, path=tmp_path)["changed"]
    assert sim.options("ChatServer_1") == before


def test_half_of_a_surrogate_pair_is_read_saved_written_around_and_rolled_back(start: Start, tmp_path: Path) -> None:
    """It is no text and cannot be in a file as UTF-8; JSON can hold it."""
    estate = load("demo")
    estate.edit("ChatServer_1", "odd", "half", "x\ud800y")
    sim = start(estate)
    backup = {"backup_dir": str(tmp_path)}
    assert call(sim, application_options, name="ChatServer_1", options={"a": {"b": "c"}}, **backup)["changed"]
    assert sim.options("ChatServer_1")["odd"] == {"half": "x\ud800y"}
    wanted = {"name": "ChatServer_1", "options": {"odd": {"half": "new"}}}
    assert call(sim, application_options, **wanted, **backup)["changed"]
    assert sim.options("ChatServer_1")["odd"] == {"half": "new"}
    assert any(tmp_path.rglob("*.json"))
