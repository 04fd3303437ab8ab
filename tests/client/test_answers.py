# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to writes in every form that a GAX may give, and answers that no server should give."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
    chat_server_endpoint,
    interaction_queue,
    web_engagement_chat,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import one_application
from ansible_collections.genesys_ops.engage.tests.client.between import (
    PassOn,
    Reply,
    Script,
    Seen,
    at,
    between,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, asked, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import CHAT_SERVERS, ENDPOINT, MAIN, QUEUE
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.objects import items, with_items

SET = {"name": "ChatServer_1", "options": {"notes": {"owner": "contact centre"}}}
PAGE = "<html><body>Done</body></html>"


class TestAnswersToWrites:
    """What counts is what is read back."""

    @pytest.mark.parametrize("position", ["200-json", "200-empty", "201-empty", "204", "302"])
    def test_every_form_of_success_is_one(self, start: Start, position: str) -> None:
        sim = start(put_answer=position)
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]
        assert call(sim, web_engagement_chat, cluster=MAIN, queue=QUEUE)["changed"]
        assert applied(sim) == dict.fromkeys([*CHAT_SERVERS[MAIN], MAIN], 1)
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
    def test_a_write_that_does_not_show_is_a_failure_whatever_was_answered(
        self, sim: Simulator, answer: Reply, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.2)
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: answer, handle=False)) as server:
            words = ("'ChatServer_1'", "what was read back differs", "[notes] owner")
            refused(server.url, application_options, *words, **SET, gax_retries=1)
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


class TestWritesThatLandLater:
    """GAX may only promise a write (202), or apply it after it has answered."""

    @pytest.mark.parametrize("seconds", [0.0, 0.3, 1.5])
    @pytest.mark.parametrize("position", ["202", "204"])
    def test_they_are_waited_for_and_verified(self, start: Start, position: str, seconds: float) -> None:
        sim = start(put_answer=position, write_delay=seconds)
        assert call(sim, chat_server_endpoint, **ENDPOINT, gax_timeout=5.0)["changed"]
        assert applied(sim) == dict.fromkeys(CHAT_SERVERS[MAIN], 1)
        assert not call(sim, chat_server_endpoint, **ENDPOINT)["changed"]

    def test_a_promise_is_waited_for_longer_than_a_short_time_out(self, start: Start) -> None:
        sim = start(put_answer="202", write_delay=1.5)
        assert call(sim, application_options, **SET, gax_timeout=1.0, gax_retries=0)["changed"]

    def test_a_promise_that_is_not_kept_is_told(self, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.3)
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: Reply(202), handle=False)) as server:
            refused(
                server.url, application_options, "what was read back differs", **SET, gax_timeout=1.0, gax_retries=0
            )

    @pytest.mark.parametrize("on_failure", ["rollback", "keep"])
    def test_an_option_with_duplicates_that_stayed_is_not_said_to_be_changed(
        self, sim: Simulator, monkeypatch: pytest.MonkeyPatch, on_failure: str
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.3)
        server = sim.app("ChatServer_1")
        owners = [{"section": "notes", "key": "owner", "value": value} for value in ("sales", "contact centre")]
        sim.estate.put(with_items(server, "options", [*items(server, "options"), *owners]))
        sim.set(lost_writes=2)
        said = refused(sim, application_options, "read back differs", **SET, on_failure=on_failure, gax_retries=1)
        assert said.splitlines()[0] == "Nothing is changed."

    @pytest.mark.parametrize("status", [301, 307, 308])
    def test_a_write_that_is_sent_elsewhere_is_told_and_not_followed(self, start: Start, status: int) -> None:
        sim, elsewhere = start(), start()
        moved = Reply(status, headers={"Location": f"{elsewhere.url}/gax/api/cfg/objects/CfgApplication/202"})
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: moved, handle=False)) as server:
            said = refused(server.url, application_options, f"answered {status}", elsewhere.url, "gax_url", **SET)
        assert "success" not in said
        assert applied(sim) == {}
        assert elsewhere.log == []

    @pytest.mark.parametrize(
        "text", ['{"error": "ConfServer says no"}', '{"errorCode": 9, "message": "ConfServer says no"}']
    )
    def test_an_error_with_a_status_of_success_is_told_in_the_words_of_gax(
        self, sim: Simulator, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(one_application, "SETTLE", 0.3)
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: Reply(200, text), handle=False)) as server:
            refused(server.url, application_options, "ConfServer says no", **SET)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"errorCode": "Refused", "message": "No permission."}', "(Refused: No permission.)"),
            ('{"error": {"code": 17, "message": "No permission."}}', "(17: No permission.)"),
            ('{"errors": [{"detail": "No permission."}, {"detail": "Ask."}]}', "(No permission.; Ask.)"),
            ('{"error": true, "Message": "No permission."}', "(No permission.)"),
            ('{"status": 403, "fault": {"reason": "No permission."}}', "(No permission.)"),
            ('{"message": "pwd=Secr3t.99 is wrong"}', "(pwd=********)"),
            ("No permission.", "(No permission.)"),
            ('{"odd": 1}', '({"odd": 1})'),
        ],
    )
    def test_an_error_in_json_is_told_as_a_sentence(self, sim: Simulator, text: str, said: str) -> None:
        with between(sim.url, at("PUT", "CfgApplication/", lambda real: Reply(403, text), handle=False)) as server:
            refused(server.url, application_options, f"answered 403 {said}", **SET)


ODD = [
    Reply(204),
    Reply(200, ""),
    Reply(200, " \n"),
    Reply(200, "null"),
    Reply(200, "{}"),
    Reply(200, "[]"),
    Reply(200, "OK"),
    Reply(200, '{"error": "busy"}'),
    Reply(200, '{"errorCode": 17, "message": "busy"}'),
    Reply(200, PAGE, {"Content-Type": "text/html"}),
]


class TestOddAnswers:
    """What GAX, or what stands before it, says once need not be true: nothing is concluded from one look."""

    @staticmethod
    def odd(path: str, *answers: Reply) -> Script:
        """Answer the first requests for a path in an odd way."""
        left = list(answers)

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            return left.pop() if left and seen.method == "GET" and path in seen.path else pass_on()

        return script

    @pytest.mark.parametrize(
        "path", ["user/info", "cfg/objects", "CfgApplication/202", "CfgApplication/203", "CfgApplication/204"]
    )
    @pytest.mark.parametrize(
        "answer", [*ODD, Reply(404, "Not Found")], ids=lambda answer: f"{answer.status}-{answer.text}"
    )
    def test_one_of_them_goes_unnoticed(self, sim: Simulator, path: str, answer: Reply, pauses: list[float]) -> None:
        if path == "cfg/objects" and answer.status == 404:
            pytest.skip("a path that is not there is told at once")
        with between(sim.url, self.odd(path, answer)) as server:
            assert call(server.url, chat_server_endpoint, **ENDPOINT)["changed"]
        assert applied(sim) == dict.fromkeys(CHAT_SERVERS[MAIN], 1)

    @pytest.mark.parametrize("answer", ODD[6:9], ids=lambda answer: answer.text)
    def test_an_error_is_never_told_as_a_deletion(self, sim: Simulator, answer: Reply, pauses: list[float]) -> None:
        with between(sim.url, self.odd("CfgApplication/202", *[answer] * 99)) as server:
            said = refused(server.url, application_options, "'ChatServer_1'", **SET)
        assert ("busy" if "busy" in answer.text else answer.text) in said
        assert "deleted" not in said

    @pytest.mark.parametrize("answer", [Reply(204), Reply(404), Reply(200, "null")], ids=lambda answer: answer.status)
    def test_a_deletion_is_told_after_two_looks(self, sim: Simulator, answer: Reply, pauses: list[float]) -> None:
        with between(sim.url, self.odd("CfgApplication/202", *[answer] * 99)) as server:
            refused(server.url, application_options, "was deleted", **SET)
            assert len([seen for seen in server.seen if seen.path.endswith("CfgApplication/202")]) >= 2


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
        def with_holes(seen: Seen, pass_on: PassOn) -> Reply:
            real = pass_on()
            holes = seen.path == "cfg/objects"
            return replace(real, text=json.dumps([None, "x", *json.loads(real.text), {}])) if holes else real

        with between(sim.url, with_holes) as server:
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
            url = sim.url if wire else server.url
            refused(url, application_info, "the response was cut off", names=["GAX"], gax_retries=2)
        assert len(asked(sim, "cfg/objects")) == 3
