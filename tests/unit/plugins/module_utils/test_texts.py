# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names are taken as they were written, or refused in words that name the character."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.names import check_name, probably
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import MODULES
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.texts import check_texts, check_types
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import is_escaped, visible
from hypothesis import given
from hypothesis import strategies as st


def types(module: str, variables: dict[str, Any] | None = None, **options: Any) -> None:
    check_types(MODULES[module].all_arguments, options, variables or {})


@pytest.mark.parametrize(
    ("value", "word"),
    [(True, "boolean"), (False, "boolean"), (7, "number"), (1e3, "number")],
)
def test_what_yaml_made_of_a_name_is_refused(value: Any, word: str) -> None:
    with pytest.raises(BadInput, match=rf"^endpoint \(chat_channel_endpoint\) is a {word}, not text\..* quotes"):
        types("chat_server_endpoint", endpoint=value)
    with pytest.raises(BadInput, match=f"^chat_servers is a {word}"):
        types("chat_server_endpoint", chat_servers=["A", value])
    with pytest.raises(BadInput, match=rf"^clusters.queue is a {word}"):
        types("estate_export", clusters=[{"cluster": "A", "queue": value}])
    with pytest.raises(BadInput, match=f"^applications.name is a {word}"):
        types("application_options", applications=[{"name": value}])


@pytest.mark.parametrize("value", [["webme"], [], {"name": "webme"}])
def test_a_list_is_refused_where_one_name_is_wanted(value: Any) -> None:
    with pytest.raises(BadInput, match=r"^endpoint \(chat_channel_endpoint\) is a list or a dictionary, not text"):
        types("chat_channel", endpoint=value)
    with pytest.raises(BadInput, match=r"^contact_server \(chat_channel_contact_server\) is a list"):
        types("chat_channel", {"chat_channel_contact_server": value}, contact_server=str(value))


@pytest.mark.parametrize("value", [b"webme", {"webme"}, type("Tagged", (bytes,), {})(b"webme")])
def test_bytes_and_sets_are_refused_wherever_they_are(value: Any) -> None:
    with pytest.raises(
        BadInput, match=r"^endpoint \(chat_channel_endpoint\) holds what YAML makes of !!binary or !!set"
    ):
        types("chat_channel", endpoint=value)
    with pytest.raises(BadInput, match=r"^applications holds what YAML makes of"):
        types("application_options", applications=[{"name": "A", "options": {"log": {"level": value}}}])


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_refused_where_a_number_is_wanted(value: bool) -> None:
    with pytest.raises(
        BadInput, match=r"^refresh_pool_size \(chat_channel_refresh_pool_size\) is a boolean, not a num"
    ):
        types("chat_channel", refresh_pool_size=value)
    with pytest.raises(BadInput, match=r"^gax_timeout is a boolean, not a number"):
        types("application_info", gax_timeout=value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, "Infinity"])
def test_a_whole_number_has_an_end(value: Any) -> None:
    with pytest.raises(BadInput, match=r"^gax_retries is infinite; give a whole number\.$"):
        types("application_info", gax_retries=value)
    types("application_info", gax_retries=10**400, gax_timeout=value)  # their ranges are checked where they are used


def test_a_date_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^name is a date"):
        types("interaction_queue", name=date(2026, 1, 1))


def test_an_option_of_restore_is_named_as_the_variable_too() -> None:
    with pytest.raises(BadInput, match=r"^restore_run \(chat_channel_restore_run\) is a number, not text"):
        types("application_rollback", restore_run=5)


def test_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(BadInput, match=r"^gax_password is a number") as problem:
        types("application_info", gax_password=20011231)
    assert "20011231" not in str(problem.value)


def test_a_database_id_and_values_of_options_may_be_numbers() -> None:
    types("chat_server_endpoint", tenant=101, endpoint="007", queue="on")
    types("chat_server_endpoint", tenant=type("Tagged", (int,), {})(101))  # as core 2.19 and later hand it over
    with pytest.raises(BadInput, match="is a number, not text"):
        types("chat_server_endpoint", tenant=101.0)
    types("application_options", name="A", options={"log": {"level": 7, "on": True}}, state="present")
    types("application_connection", local_timeout=7)


def test_a_variable_of_the_role_is_seen_behind_a_filter() -> None:
    with pytest.raises(BadInput, match=r"^contact_server \(chat_channel_contact_server\) is a number"):
        types("chat_channel_info", {"chat_channel_contact_server": 7}, contact_server="7")
    types("chat_channel_info", {"chat_channel_batch_size": 7, "chat_channel_tenant": 101}, tenant="101")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("webme\n", "ends with a line break (U+000A): 'webme\\n'"),
        ("webme ", "ends with a space (U+0020): 'webme '"),
        ("\twebme", "begins with a tab (U+0009): '\\twebme'"),
        ("webme\r", "ends with a carriage return (U+000D)"),
        ("\u00a0webme", "begins with NO-BREAK SPACE (U+00A0)"),
        ("webme\u3000", "ends with IDEOGRAPHIC SPACE (U+3000)"),
        ("we\tb", "holds a tab (U+0009) as character 3"),
        ("we\x00b", "holds a control character (U+0000) as character 3: 'we\\u{0}b'"),
        ("\x1b[31m", "holds an escape character (U+001B) as character 1"),
        ("we\u200bb", "holds ZERO WIDTH SPACE (U+200B)"),
        ("\ufeffwebme", "holds ZERO WIDTH NO-BREAK SPACE (U+FEFF) as character 1"),
        ("web\u202eem", "holds RIGHT-TO-LEFT OVERRIDE (U+202E)"),
        ("we\u2028b", "holds LINE SEPARATOR (U+2028)"),
        ("we\ud800b", "holds a control character (U+D800)"),
        ("********", "'********' was masked"),
        ("a\\u{1b}", "'a\\u{1b}' was masked or escaped"),
    ],
)
def test_a_character_that_is_not_meant_is_named(name: str, said: str) -> None:
    with pytest.raises(BadInput) as problem:
        check_name(name, "endpoint")
    assert str(problem.value).startswith(f"endpoint {said}")
    with pytest.raises(BadInput, match=r"^queue \(chat_channel_queue\) "):
        check_texts(MODULES["chat_channel_info"].all_arguments, {"cluster": "A", "queue": name})


@pytest.mark.parametrize(
    "name", ["Chat In", "Очередь чата", "کاربر\u200cان", "a\u00a0b", "", " ", "'\"{{ x }}", "ＡＢ"]
)
def test_other_names_are_taken_as_they_are(name: str) -> None:
    check_name(name, "queue")


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("backup_dir", "/opt/********/backup"),
        ("gax_ca_path", "/etc/VALUE_SPECIFIED_IN_NO_LOG_PARAMETER.pem"),
        ("gax_url", "https://********.example.com"),
        ("gax_username", "********"),
        ("gax_password", "********"),
        ("gax_proxy", "http://********:8080"),
    ],
)
def test_a_path_or_an_account_that_was_masked_is_refused_before_any_log_in(option: str, text: str) -> None:
    said = rf"^{option}( \(chat_channel_{option}\))?( '.*')? was masked or escaped on its way here: give what is meant"
    with pytest.raises(BadInput, match=said):
        check_texts(MODULES["application_options"].all_arguments, {"name": "A", option: text})


def test_a_password_may_hold_asterisks() -> None:
    check_texts(MODULES["application_options"].all_arguments, {"name": "A", "gax_password": "a********b"})


def test_values_and_addresses_are_not_names() -> None:
    check_texts(
        MODULES["application_options"].all_arguments,
        {"name": "A", "options": {"a ": {"b\n": "c\n"}}, "gax_url": " https://a , https://b ", "gax_password": "a\n"},
    )


@pytest.mark.parametrize(
    ("wanted", "there", "said"),
    [
        ("X\u00a0Y", "X Y", "character 2 is NO-BREAK SPACE (U+00A0) in the name given, and a space (U+0020) in GAX"),
        ("X Y", "X\u00a0Y", "character 2 is a space (U+0020) in the name given, and NO-BREAK SPACE (U+00A0) in GAX"),
        ("\u0410pp", "App", "character 1 is CYRILLIC CAPITAL LETTER A (U+0410) in the name given, and LATIN CAPITAL"),
        (
            "App",
            "\u0391pp",
            "character 1 is LATIN CAPITAL LETTER A (U+0041) in the name given, and GREEK CAPITAL LETTER ALPHA",
        ),
        ("a-b", "a\u2013b", "character 2 is HYPHEN-MINUS (U+002D) in the name given, and EN DASH (U+2013) in GAX"),
        ("ＡＢ", "AB", "character 1 is FULLWIDTH LATIN CAPITAL LETTER A (U+FF21)"),
        ("a\u200bb", "ab", "character 2 is ZERO WIDTH SPACE (U+200B) in the name given"),
        ("ab", "ab\u200b", "character 3 is missing in the name given, and ZERO WIDTH SPACE (U+200B) in GAX"),
        ("a  b", "a b", "character 3 is a space (U+0020) in the name given, and LATIN SMALL LETTER B (U+0062) in GAX"),
        ("cafe\u0301", "caf\u00e9", "character 4 is LATIN SMALL LETTER E (U+0065)"),
    ],
)
def test_names_that_look_the_same_are_told_apart(wanted: str, there: str, said: str) -> None:
    sentence = probably(wanted, ["Other", there])
    assert sentence.startswith(" Did you mean '")
    assert f"They look the same, but {said}" in sentence


def test_another_case_needs_no_lesson_on_characters() -> None:
    assert probably("app", ["App"]) == " Did you mean 'App'?"


@given(names=st.lists(st.text()), wanted=st.text())
def test_any_names_can_be_compared(names: list[str], wanted: str) -> None:
    assert probably(wanted, names) == visible(probably(wanted, names))


@given(text=st.text())
def test_what_is_visible_once_stays_so_and_is_known_as_escaped(text: str) -> None:
    seen = visible(text)
    assert visible(seen) == seen
    hidden = any(char not in "\n\r\t" and visible(char) != char for char in text)
    assert is_escaped(seen) or not hidden
