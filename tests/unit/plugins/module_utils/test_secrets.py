# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stay out of every text."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import (
    MASK,
    Redactor,
    is_altered,
    is_as_shown,
    is_secret,
    shown,
    shown_parameters,
    shown_result,
    without_credentials,
)
from hypothesis import given
from hypothesis import strategies as st

# The mask itself is made of asterisks; the others stand around a secret here.
SECRETS = st.text(st.characters(exclude_characters="*<>", codec="utf-8"), min_size=3, max_size=12)
SECRET = "Tr0ub4dor&3"
SECRET_KEYS = (
    *("password", "Password", "DB_PASSWORD", "passwd", "db-pwd", "clientSecret", "access_token", "credentials"),
    *("apiKey", "api-key", "X-API-Key", "passphrase", "private-key", "privateKey", "pass", "pw", "auth", "token"),
    *("cookie", "proxyPassword", "keyStorePass", "dbpass", "rootpw", "basicAuth", "Authorization", "secret-id"),
    *("Kennwort", "Пароль-БД", "mot_de_passe"),
    *("apple.keystorePassword", "signing_key", "PASSWD", "token-uuid"),
)
# Names that only sound like one, most of them of Genesys: the last word says that the value is about a secret.
READABLE_KEYS = (
    *("queueKey", "webme", "pass-through", "bypass", "compass", "Очередь", "", "certificate-key", "key", "author"),
    *("password-expiration", "password-min-length", "token-ttl", "token_life_in_minutes", "token-authentication-mode"),
    *("auth-scheme", "auth-type", "cookie-name", "cookie-path", "tokenTimeout", "gax_password_transport", "auth-host"),
)


@pytest.mark.parametrize("key", SECRET_KEYS)
@pytest.mark.parametrize("section", ["", "settings", "chat"])
def test_secrets_are_known_by_their_name(key: str, section: str) -> None:
    assert is_secret(key, section)
    assert shown(key, "hunter2", section) == MASK


@pytest.mark.parametrize("section", ["passwords", "Credentials", "db-secrets", "api_keys", "tokens"])
def test_secrets_are_known_by_their_section(section: str) -> None:
    assert shown("scott", "hunter2", section) == MASK


@pytest.mark.parametrize("section", ["password-policy", "security-authentication-rules", "auth", "author", "settings"])
def test_a_section_about_secrets_holds_none(section: str) -> None:
    assert shown("max-attempts", "3", section) == "3"


@pytest.mark.parametrize("key", READABLE_KEYS)
def test_other_options_are_shown(key: str) -> None:
    assert shown(key, "Chat In") == "Chat In"


@pytest.mark.parametrize("value", ["true", "False", "no", ""])
def test_what_protects_nothing_is_shown(value: str) -> None:
    assert shown("must-change-password", value) == value


@pytest.mark.parametrize("key", ["token", "password", "scott/tiger@db", "webme"])
@pytest.mark.parametrize("value", ["Chat In", "scott/tiger@db", "password=x", "Secrets"])
def test_an_endpoint_is_never_secret(key: str, value: str) -> None:
    assert shown(key, value, "endpoints:101") == value
    assert shown("queueKey", f"101:{key}", "chat") == f"101:{key}"
    assert shown("webengagementChatQueue", value, "chat") == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("http://me:<>@proxy.example.com:3128", "http://me:********@proxy.example.com:3128"),
        ("redis://:<>@host/0", "redis://:********@host/0"),
        ("http://me:a/<>@host:80/x", "http://me:********@host:80/x"),
        ("me:<>@proxy.example.com:3128", "me:********@proxy.example.com:3128"),
        ("jdbc:x://db;user=me;password=<>;a=b", "jdbc:x://db;user=me;password=********;a=b"),
        ("Server=x;Pwd=my <> word;Db=y", "Server=x;Pwd=********;Db=y"),
        ("Uid=a; Password = {a;<>}; x=y", "Uid=a; Password = ********; x=y"),
        ('{"password": "<>", "a": "b"}', '{"password": "********", "a": "b"}'),
        ('{\\"apiKey\\": \\"<>\\"}', '{\\"apiKey\\": \\"********\\"}'),
        ("<db><password>a <></password></db>", "<db><password>********</password></db>"),
        ("x password=a,<>)x y", "x password=******** y"),
        (
            '{"isPasswordEncrypted":true,"password":7,"a":"b"}',
            '{"isPasswordEncrypted":true,"password":********,"a":"b"}',
        ),
        ("connect Password = <>", "connect Password = ********"),
        ("-secure -db-password <> -x", "-secure -db-password ******** -x"),
        ("--token=<> -v", "--token=******** -v"),
        ("-pw '<> <>' -v", "-pw '********' -v"),
        ("user=password=<>", "user=password=********"),
        ("https://host/x?apikey=<>", "https://host/x?apikey=********"),
        ("Authorization: Bearer <>", "Authorization: ********"),
        ("Authorization: Basic c2NvdHQ6dGlnZXI=", "Authorization: ********"),
        ("with Basic c2NvdHQ6dGlnZXI=", "with Basic ********"),
        ("Bearer AbCd1234.efgh", "Bearer ********"),
        ("scott/<>@db", "scott/********@db"),
        ('sqlplus scott/"<>/x"@//host:1521/db', "sqlplus scott/********@//host:1521/db"),
        ("jdbc:oracle:thin:scott/<>@10.0.0.1:1521:x", "jdbc:oracle:thin:scott/********@10.0.0.1:1521:x"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", MASK),
        (
            "-----BEGIN RSA PRIVATE KEY-----\n<>\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----********-----END RSA PRIVATE KEY-----",
        ),
    ],
)
def test_a_credential_inside_a_value_is_masked_and_the_rest_stays(value: str, kept: str) -> None:
    assert without_credentials(value.replace("<>", SECRET)) == kept


@pytest.mark.parametrize(
    "value",
    [
        *("101:webme", "Chat In", "http://host1.example:8080/chat.scxml?a=b", "mailto:me@example.com", "a@example.com"),
        *("-host a -port 1", "sip:7001@10.0.0.1", "/opt/genesys/log", "http://host:8080/mail?to=a@example.com"),
        *("password-min-length=8", "Basic authentication", "the password is wrong", "12:30", "a, b; c=d", "x --pass-x"),
        *("https://gax.example.com:8443/gax", "<a>b</a>", "token=true", "key: value", "D:\\Genesys\\Chat@1"),
    ],
)
def test_other_values_stay(value: str) -> None:
    assert without_credentials(value) == value


@pytest.mark.parametrize("part", ["-a", "passw", "\\", "://", "a:", "a/b@", "@", '"a":', "<a ", "eyJ", '\\"', "a@"])
def test_a_long_value_takes_no_long_time(part: str) -> None:
    without_credentials(part * 100_000)  # seconds suffice for hours where time is squared


@given(before=st.text("ab =;:/'\"-", max_size=8), after=st.text("ab =;", max_size=8))
def test_a_password_of_an_address_is_masked_wherever_it_stands(before: str, after: str) -> None:
    assert "hunter2" not in shown("target", f"{before} http://me:hunter2@host {after}")


def test_what_was_altered_is_known() -> None:
    assert is_altered(f"/opt/{MASK}/log")
    assert is_altered("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    assert is_altered(r"a\u{1b}[31m")
    assert not is_altered("*******")
    assert not is_altered(r"\u0041 {1b}")


@pytest.mark.parametrize(
    ("key", "value"), [("password", SECRET), ("target", f"http://a:{SECRET}@b"), ("title", "a\x1b[1m"), ("log", "all")]
)
def test_what_was_shown_is_known_again(key: str, value: str) -> None:
    seen = shown_result({"options": {"a": {key: shown(key, value, "a")}}}, None)["options"]["a"][key]
    assert is_as_shown(seen, key, value, "a")
    assert not is_as_shown(f"{seen}x", key, value, "a")


def test_parameters_are_shown_without_secrets_however_nested() -> None:
    given = {
        "gax_password": SECRET,
        "gax_password_transport": "obfuscated",
        "gax_proxy": f"http://me:{SECRET}@proxy",
        "options": {"passwords": {"a": SECRET, "b": 7}, "db": {"api-key": SECRET, "x": [f"password={SECRET}"]}},
        "applications": [{"name": "A", "options": {"endpoints:1": {"token": "Chat In"}, "x": {"pin": 1, "pw": 12}}}],
        "backup_secrets": False,
    }
    assert shown_parameters(given) == {
        "gax_password": MASK,
        "gax_password_transport": "obfuscated",
        "gax_proxy": f"http://me:{MASK}@proxy",
        "options": {"passwords": MASK, "db": {"api-key": MASK, "x": [f"password={MASK}"]}},
        "applications": [{"name": "A", "options": {"endpoints:1": {"token": "Chat In"}, "x": {"pin": 1, "pw": MASK}}}],
        "backup_secrets": False,
    }


class TestResult:
    """What leaves a module, when the account's password is a word that names and sentences hold, too."""

    def out(self, **result: Any) -> dict[str, Any]:
        return shown_result(result, "genesys")

    def test_names_and_our_own_words_stay(self) -> None:
        result = {
            "msg": "1 of 2 Chat Servers changed: genesys_Chat",
            "applications": [{"name": "genesys", "changes": [{"before": "genesys_old", "after": "/opt/genesys/log"}]}],
            "invocation": {"module_args": {"gax_username": "genesys"}},
            "genesys": "genesys",
        }
        assert self.out(**result) == result

    def test_the_password_as_a_value_is_masked(self) -> None:
        changes = [{"section": "genesys", "key": "genesys", "before": None, "after": "genesys"}]
        result = {"changes": changes, "options": {"genesys": {"genesys": "genesys", "n": "1"}}, "expected": "genesys"}
        assert self.out(**result) == {
            "changes": [{**changes[0], "after": MASK}],
            "options": {"genesys": {"genesys": MASK, "n": "1"}},
            "expected": MASK,
        }

    def test_the_password_as_a_credential_is_masked_in_any_text(self) -> None:
        text = "of genesys: me:genesys@host, me/genesys@db, ?x=genesys&y=genesys-y"
        assert self.out(msg=text)["msg"] == f"of genesys: me:{MASK}@host, me/{MASK}@db, ?x={MASK}&y=genesys-y"

    def test_the_password_in_a_diff_is_masked_as_a_value_only(self) -> None:
        diff = {"before": "[genesys] genesys = genesys\n", "after": "[a] b = genesys_new\n[a] c = genesys\n"}
        assert self.out(diff=[diff])["diff"] == [
            {"before": f"[genesys] genesys = {MASK}\n", "after": f"[a] b = genesys_new\n[a] c = {MASK}\n"}
        ]

    @pytest.mark.parametrize("password", [None, "", 7])
    def test_without_a_password_nothing_is_masked(self, password: object) -> None:
        assert shown_result({"msg": "7 = 7", "options": {"a": {"b": ""}}}, password) == {
            "msg": "7 = 7",
            "options": {"a": {"b": ""}},
        }

    @given(text=st.text())
    def test_nothing_that_a_terminal_obeys_gets_out(self, text: str) -> None:
        out = self.out(**{f"a{text}": text, "msg": f"say {text}", "list": [text], "changed": True, "n": None})
        seen = json.dumps([*out, out["msg"], out["list"]], ensure_ascii=False)
        assert not any(0x7F <= ord(char) <= 0x9F or ord(char) in range(0x202A, 0x202F) for char in seen)
        assert not set(out["msg"]) & {"\x1b", "\r", "\b", "\u2066"}

    def test_values_keep_their_line_ends_and_messages_show_escapes(self) -> None:
        out = self.out(options={"a": {"b": "1\r\n\t2\x1b[0m"}}, msg="X\x1b[2J\x9b\u202e\rY\n")
        assert out == {"options": {"a": {"b": "1\r\n\t2\\u{1b}[0m"}}, "msg": "X\\u{1b}[2J\\u{9b}\\u{202e}\\rY\n"}


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


def test_secrets_in_objects_are_cut_out_of_whatever_is_cleaned_later() -> None:
    redactor = Redactor()
    for number in (1, 2):
        triple = {"section": "db", "key": "password", "value": f"hunter{number}"}
        redactor.learn_from({"options": {"property": [triple]}})
    for _again in range(2):
        assert redactor.clean("hunter1 or hunter2") == f"{MASK} or {MASK}"


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
        '{"key":"pass\\u0077ord","value":"hunter2"}, {"pass\\u0077ord": "hunter2"}',
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
