# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stay out of every text."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import MASK, Redactor, is_secret, shown
from hypothesis import given
from hypothesis import strategies as st

# The mask itself is made of asterisks; the others stand around a secret here.
SECRETS = st.text(st.characters(exclude_characters="*<>", codec="utf-8"), min_size=3, max_size=12)
SECRET_KEYS = ("password", "Password", "DB_PASSWORD", "passwd", "db-pwd", "clientSecret", "access_token", "credentials")
HARMLESS_KEYS = ("queueKey", "webme", "pass-through", "bypass", "Очередь", "")


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_secrets_are_known_by_their_name(key: str) -> None:
    assert is_secret(key)
    assert shown(key, "hunter2") == MASK


@pytest.mark.parametrize("key", HARMLESS_KEYS)
def test_other_options_are_shown(key: str) -> None:
    assert shown(key, "Chat In") == "Chat In"


@given(secret=SECRETS)
def test_a_learned_secret_is_cut_out_whole_in_each_form_in_which_it_travels(secret: str) -> None:
    redactor = Redactor()
    redactor.learn(secret)
    for form in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")):
        assert redactor.clean(f"<{form}> <{form}>") == f"<{MASK}> <{MASK}>"


def test_a_secret_that_contains_another_is_cut_out_whole() -> None:
    redactor = Redactor()
    redactor.learn("hunter", "hunter2-extended")
    assert redactor.clean("is hunter2-extended and hunter") == f"is {MASK} and {MASK}"


def test_nothing_to_learn_cuts_nothing() -> None:
    redactor = Redactor()
    redactor.learn(None, "")
    assert redactor.clean("GAX answered 500") == "GAX answered 500"


@pytest.mark.parametrize("key", SECRET_KEYS)
@pytest.mark.parametrize(
    "order", [("section", "key", "value"), ("section", "value", "key"), ("key", "value", "section")]
)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\n", " : ")])
def test_a_password_triple_is_cut_out_of_json(key: str, order: tuple[str, ...], separators: tuple[str, str]) -> None:
    triple = {"section": "default", "key": key, "value": 'Ω"\\Ω\n'}
    body = [{name: triple[name] for name in order}, {"section": "a", "key": "b", "value": "seen"}]
    cleaned = Redactor().clean(json.dumps(body, ensure_ascii=False, separators=separators))
    assert json.loads(cleaned) == [{**triple, "value": MASK}, body[1]]


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_an_attribute_that_is_a_secret_is_cut_out_of_json(key: str) -> None:
    cleaned = Redactor().clean(json.dumps({"name": "DAP", key: 'hunter"2', "port": "1"}))
    assert json.loads(cleaned) == {"name": "DAP", key: MASK, "port": "1"}


@given(value=st.text("Ωβ ", min_size=1).map(lambda text: f"Ω{text}"), length=st.integers(0, 200))
def test_json_that_breaks_off_anywhere_leaks_nothing_of_a_password(value: str, length: int) -> None:
    whole = {"property": [{"section": "default", "key": "password", "value": value}], "password": value}
    broken_off = json.dumps(whole, ensure_ascii=False)[:length]
    assert not set("Ωβ") & set(Redactor().clean(broken_off))


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
@pytest.mark.parametrize("user", ["", "user", "user.name"])
def test_credentials_are_cut_out_of_addresses(scheme: str, user: str) -> None:
    cleaned = Redactor().clean(f"via {scheme}://{user}:hunter2@proxy.example.com:3128/ for GAX")
    assert cleaned == f"via {scheme}://{user}:{MASK}@proxy.example.com:3128/ for GAX"


@pytest.mark.parametrize(
    "text",
    [
        "GET https://gax.example.com:8443/gax/api/cfg/objects answered 500",
        '{"section": "chat", "key": "queueKey", "value": "1:webme"}',
        '{"value": "1:webme", "key": "queueKey"}, {"key": "password", "section": "empty"}',
        "mail chat@example.com about https://gax.example.com/gax",
        "the password is wrong",
        "",
    ],
)
def test_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert Redactor().clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"key":"password","section":"default","value":"hunter2"}',
        '{"value":"hunter2","section":"default","key":"password"}',
        '{"key":"password","value":"hunter2}{"}',
        '[{"key":"a","value":"b"},{"key":"password","value":"hunter2\\',
        '{"value":"hunter2","key":"passw',
    ],
)
def test_a_triple_hides_its_secret_in_any_order_and_where_the_text_breaks_off(text: str) -> None:
    assert "hunter2" not in Redactor().clean(text)


def test_a_learned_secret_is_found_where_json_is_not_escaped_to_ascii() -> None:
    redactor = Redactor()
    redactor.learn('pä"/s s')
    for form in ('pä\\"/s s', 'pä\\"\\/s s', "p%C3%A4%22%2Fs+s"):
        assert redactor.clean(form) == MASK
