# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What counts as a secret, and how it is kept out of every text. The rule in words: ``docs/secrets.md``."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from ._text import IN_DATA, is_escaped, visible

MASK = "********"
MASKS = (MASK, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")  # ours, which is Ansible's too, and its other one

# --- by name ---------------------------------------------------------------------------------------------------------

# Anywhere in a name without its separators, in any case.
_PARTS = re.compile(
    r"passw|passphrase|passcode|pwd|secret|token|credential|bearer|(?:api|private|access|encryption|signing|shared)key|"
    r"kennwort|motdepasse|contraseña|пароль"
)
# As a whole word of a name, or at the end of one: dbpass and rootpw, but not bypass.
_WORD = re.compile(r"(?:[a-z]*(?<!\bby)(?<!\bcom))pass|[a-z]*pw|psw|auth|authorization|cookies?")
# The last word of names that tell something about a secret: password-expiration, auth-scheme, token_life_in_minutes.
_ABOUT = re.compile(
    r"age|algorithm|attempts|count|date|days|domain|enabled|encoding|endpoint|expiration|expiry|file|format|history|"
    r"host|hours|interval|lib|library|length|lifetime|location|max|method|min|minutes|mode|name|path|policy|port|realm|"
    r"repeats|required|rules|scheme|seconds|server|service|size|through|timeout|tolerance|transport|ttl|type|uri|url|"
    r"user|username"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")
_HARMLESS = {"", "true", "false", "yes", "no", "on", "off"}  # as values: they protect nothing
_ENDPOINTS = re.compile(r"endpoints:", re.IGNORECASE)
# What the channel itself consists of: an endpoint may be called token, and a queue tiger/tank@zoo.
_CHANNEL = {("chat", "queuekey"), ("chat", "webengagementchatqueue")}


def is_secret(key: str, section: str = "") -> bool:
    """Say whether the whole value of an option must not be shown, by the names of the option and of its section."""
    return not _of_channel(key, section) and (_is_secret_name(key) or _is_secret_name(section, by_word=False))


def _of_channel(key: str, section: str) -> bool:
    return bool(_ENDPOINTS.match(section)) or (section.lower(), key.lower()) in _CHANNEL


@lru_cache(maxsize=10_000)  # an estate has the same names thousands of times
def _is_secret_name(name: str, by_word: bool = True) -> bool:
    words = _SEPARATORS.sub(" ", _CAMEL.sub(" ", name)).lower().split()
    named = _PARTS.search("".join(words)) or (by_word and any(map(_WORD.fullmatch, words)))
    return bool(named) and not _ABOUT.fullmatch(words[-1])


def shown(key: str, value: str, section: str = "") -> str:
    """Return an option's value without secrets: ``MASK`` in place of one, or of the credential that it holds."""
    if _of_channel(key, section) or value.lower() in _HARMLESS:
        return value
    return MASK if is_secret(key, section) else without_credentials(value)


def is_altered(text: str) -> bool:
    """Say whether a text went through something that masks or escapes: then it is not what it was."""
    return any(mask in text for mask in MASKS) or is_escaped(text)


def is_as_shown(given: str, key: str, value: str, section: str) -> bool:
    """Say whether a text that a user gives is what ``application_info`` shows of this value."""
    return given == visible(shown(key, value, section), IN_DATA)


# --- by the shape of a value -----------------------------------------------------------------------------------------

_NAME = r"[A-Za-z_][\w.-]{0,60}"
_QUOTED = r'"(?:[^"\\]|\\.)*"|' + r"'[^']*'|" + r'\\"(?:[^"\\]|\\(?!"))*\\"'
# How names stand before values, and how far those reach then.
_WITH_NAME = [
    (re.compile(before), re.compile(value, re.IGNORECASE))
    for before, value in (
        # In a list with semicolons a value may have blanks.
        (rf"(?:^|;)\s*({_NAME})\s*=(?!>)\s*", rf"{_QUOTED}|\{{[^{{}}]*\}}|[^;\r\n]+"),
        # `name=value`, `name: value`, `name => value`, and `"name": value`, which ends earlier
        (rf"(?<![\w.])({_NAME})\s*(?:=>|[=:])\s*", rf"{_QUOTED}|(?:(?:basic|bearer|token)\s+)?[^\s;]+"),
        (rf"[\"']({_NAME})\\?[\"']\s*(?:=>|[=:])\s*", rf"{_QUOTED}|[^\s;,}}\])]+"),
        (rf"(?<!\S)[-/]{{1,2}}({_NAME})\s+", rf"{_QUOTED}|[^\s;-]\S*"),  # `-password value`
        (r"<([\w.:-]{1,60})(?:\s[^<>]{0,200})?>", r"[^<]+(?=</)"),  # `<password>value</password>`
    )
]

_SCHEMES_OF_PEOPLE = r"(?:sips?|tel|mailto|xmpp|im|acct)"
_WITHOUT_NAME = [
    (re.compile(pattern, flags), mask)
    for pattern, flags, mask in (
        # `scheme://user:password@host`; after a port there is no password, but a path.
        (r"(://[^/\s:@]*:)(?:[^/\s]*|(?!\d+[/?#])[^\s'\"<>]{0,500})@", 0, rf"\1{MASK}@"),
        (
            rf"((?<![^\s'\"(,;=])(?!{_SCHEMES_OF_PEOPLE}:)[^/\s:@'\"(,;=]+:)(?!//|\\)[^/\s]*@",
            re.IGNORECASE,
            rf"\1{MASK}@",
        ),
        # `user/password@database`
        (r"(?<![\w/.@\\-])([A-Za-z][\w$#]*/)(?:\"[^\"]*\"|[^\s/@\"]+(?:@[^\s/@\"]+)*)@(?=[\w/(\[])", 0, rf"\1{MASK}@"),
        (r"\b((?:Bearer|Token)\s+)(?=\S*\d|\S{20})[\w.~+/=-]{8,}", re.IGNORECASE, rf"\1{MASK}"),
        (r"\b([Bb]asic\s+)(?=\S+[\dA-Z=])[A-Za-z0-9+/]{6,}=*", 0, rf"\1{MASK}"),
        (r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*", 0, MASK),  # JSON Web Token
        (r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|$)", re.DOTALL, rf"\1{MASK}"),
    )
]


# Without one of these a value holds no credential: most values end here.
_SUSPECT = re.compile(r"[@=<:\s]|eyJ|-----")


def without_credentials(value: str) -> str:
    """Return a text without the passwords that it holds among other things.

    Of what has no quotes too much is taken rather than too little: a password may hold almost anything.
    """
    if not _SUSPECT.search(value):
        return value
    for pattern, mask in _WITHOUT_NAME:
        value = pattern.sub(mask, value)
    for before, reach in _WITH_NAME:
        value = _mask_named(value, before, reach)
    return value


def _mask_named(text: str, before: re.Pattern[str], reach: re.Pattern[str]) -> str:
    """Mask what stands after a name that is secret, quotes left as they are."""
    kept, end = [], 0
    for name in before.finditer(text):
        value = reach.match(text, name.end()) if name.start() >= end and _is_secret_name(name[1]) else None
        if value:
            bare = value[0].strip("\"'\\")
            secret = bare.lower() not in _HARMLESS
            kept += [text[end : value.start()], value[0].replace(bare, MASK) if secret else value[0]]
            end = value.end()
    return "".join([*kept, text[end:]])


# --- in objects and results ------------------------------------------------------------------------------------------


def secrets_in(value: Any) -> list[str]:
    """Return the values of secret options, and of secret attributes, anywhere in an object.

    Those of fewer than four characters, and booleans, are left out: they would cut holes into every text.
    """
    if isinstance(value, dict):
        section = str(value.get("section", ""))
        named = {str(value["key"]): value.get("value")} if "key" in value else value
        own = [text for key, text in named.items() if isinstance(text, str) and is_secret(str(key), section)]
        own = [text for text in own if len(text) > 3 and text.lower() not in _HARMLESS]
        return own + [secret for inner in value.values() for secret in secrets_in(inner)]
    return [secret for inner in value for secret in secrets_in(inner)] if isinstance(value, list) else []


def shown_parameters(value: Any, key: str = "", section: str = "") -> Any:
    """Return the parameters of a module, however nested, without secrets."""
    if value is None or isinstance(value, bool):
        return value
    if is_secret(key, section):
        return shown(key, value, section) if isinstance(value, str) else MASK
    if isinstance(value, Mapping):
        return {name: shown_parameters(inner, str(name), key) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown_parameters(inner, key, section) for inner in value]
    return shown(key, value, section) if isinstance(value, str) else value


# Keys of results that hold values of options: of changes, findings and rows, and of whole sections.
_VALUES = {"before", "after", "expected", "actual", "wanted", "found", "value"}
_OPTIONS = {"options", "annex"}


def shown_result(result: Mapping[str, Any], password: object) -> dict[str, Any]:
    """Return a result as it leaves us: without the account's password, and with escapes for what cannot be seen.

    The password is masked where it is a value, or stands as a credential in a text. Names of applications and our own
    words may contain it, and stay: what Ansible itself would cut out of them was no secret, but made them wrong.
    """
    again = re.escape(password) if isinstance(password, str) else ""
    # `:password@`, `/password@`, `=password`, and at the end of a line of a diff
    credential = re.compile(rf"(?<=[:/]){again}(?=@)|(?<==){again}(?![\w-])|(?<= = ){again}(?=\n|$)")

    def out(value: Any, is_value: bool) -> Any:
        if isinstance(value, Mapping):
            return {
                visible(name) if isinstance(name, str) else name: out(inner, is_value or holds_values(name, inner))
                for name, inner in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [out(inner, is_value) for inner in value]
        if not isinstance(value, str):
            return value
        if again:
            value = MASK if is_value and value == password else credential.sub(MASK, value)
        return visible(value, IN_DATA if is_value else "\n\t")

    def holds_values(name: str, inner: Any) -> bool:
        return name in _OPTIONS or (name in _VALUES and isinstance(inner, str) and not inner.endswith("\n"))

    shown: dict[str, Any] = out(result, False)
    return shown


# --- in texts of others ----------------------------------------------------------------------------------------------

_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?$)'
# An option or annex triple: an object without objects inside, that may be cut off at the end of the text.
_OBJECT = re.compile(rf"\{{(?:{_STRING}|[^{{}}\"])*(?:\}}|$)")
_KEY, _SECTION = (re.compile(rf'"{name}"\s*:\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE) for name in ("key", "section"))
_VALUE = re.compile(rf'("value"\s*:\s*){_STRING}', re.IGNORECASE)
_ATTRIBUTE = re.compile(rf'("((?:[^"\\]|\\.)*)"\s*:\s*)({_STRING})')


class Redactor:
    """Cuts secrets out of texts: those it was told of, and those that look like one."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._objects: list[Any] = []
        self._lock = threading.RLock()

    def learn_from(self, value: Any) -> None:
        """Remember the secrets in an object; they are searched for when there is a text to clean, which is rare."""
        with self._lock:
            self._objects.append(value)

    def learn(self, *secrets: str | None) -> None:
        """Remember texts that must never be shown, in each form in which they travel."""
        with self._lock:
            for secret in secrets:
                if secret:
                    plain = json.dumps(secret, ensure_ascii=False)[1:-1]
                    forms = {secret, json.dumps(secret)[1:-1], plain, plain.replace("/", "\\/")}
                    forms |= {escape(form) for form in forms}
                    forms |= {quote(form, safe, errors="replace") for form in forms for safe in ("", "/")}
                    self._known |= {*forms, quote_plus(secret, errors="replace")}

    def clean(self, text: str) -> str:
        """Return the text without any secret."""
        with self._lock:
            self.learn(*secrets_in(self._objects))
            self._objects.clear()
        # Names first: a password that is the word "password" would hide them.
        text = _OBJECT.sub(_clean_object, text)
        text = _ATTRIBUTE.sub(_clean_attribute, text)
        text = without_credentials(text)
        with self._lock:
            known = sorted(self._known, key=len, reverse=True)
        for secret in known:
            text = text.replace(secret, MASK)
        return text


def _clean_object(match: re.Match[str]) -> str:
    """Mask the value of a triple whose key is secret, or is not known because the text breaks off."""
    found = match[0]
    key, section = _KEY.search(found), _SECTION.search(found)
    hide = not found.endswith("}") or (key and is_secret(_decoded(key[1]), _decoded(section[1]) if section else ""))
    return _VALUE.sub(rf'\1"{MASK}"', found) if hide else found


def _clean_attribute(match: re.Match[str]) -> str:
    return f'{match[1]}"{MASK}"' if is_secret(_decoded(match[2])) else match[0]


def _decoded(name: str) -> str:
    """Return a name as JSON means it: any letter of it may be written as an escape."""
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:
        return name
