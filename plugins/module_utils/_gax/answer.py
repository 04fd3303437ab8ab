# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""An HTTP answer: from what was read of it to JSON, and to words for people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from .._errors import GaxError, Unreachable

EXCERPT = 200  # characters of an answer shown in an error
# Where an error in JSON has its message and its code: no such form of GAX is known, these are common ones.
_MESSAGES = ("message", "errormessage", "error_description", "description", "detail", "reason", "msg", "error")
_CODES = ("errorcode", "code", "error")
_NESTED = frozenset({dict, list})  # exactly: JSON has no other, and large estates have a million values to look at
DEEPEST = 100  # levels of nested JSON; an application of GAX has five


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read to its end. Of JSON, ``text`` holds the beginning only."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    text: str = ""
    data: Any = field(default=None, repr=False)
    is_json: bool = False

    @property
    def is_html(self) -> bool:
        return self.text.lstrip()[:1] == "<" or "text/html" in self.headers.get("Content-Type", "")

    @property
    def is_error(self) -> bool:
        """Whether it is JSON that tells of an error, whatever the status. No such form of GAX is known."""
        data = self.data if isinstance(self.data, dict) and "dbid" not in self.data else {}
        return any(value and re.search("error|exception", str(key), re.IGNORECASE) for key, value in data.items())

    @property
    def location(self) -> str:
        return self.headers.get("Location", "") if 300 <= self.status < 400 else ""

    @property
    def moved_elsewhere(self) -> bool:
        """Whether it says that the request belongs to another address; 302 and 303 may also mean that it was done."""
        return bool(self.location) and self.status in (301, 307, 308)


def understood(request: str, answer: Answer, content: bytes) -> Answer:
    """Return an answer with what its content says. ``request`` names it, as ``GET https://...``.

    Raises Unreachable for JSON that is cut off or broken, GaxError for what cannot be read safely.
    """
    text = _decoded(request, answer.headers, content)
    begin = text.lstrip()[:1]
    data, is_json = None, False
    too_deep = GaxError(f"{request}: the response is nested more than {DEEPEST} levels deep.")
    if begin in ("{", "[", "n"):
        try:
            data, is_json = json.loads(text), True
        except RecursionError as problem:
            raise too_deep from problem
        except ValueError as problem:
            if begin != "n":
                whole = text.rstrip().endswith("}" if begin == "{" else "]")
                what = f"is not valid JSON ({problem})" if whole else "was cut off"
                raise Unreachable(f"{request}: the response {what}.", True) from problem
    if _is_deep(data):
        raise too_deep
    return replace(answer, text=text[: 10 * EXCERPT] if is_json else text, data=data, is_json=is_json)


def _decoded(request: str, headers: Mapping[str, str], content: bytes) -> str:
    """UTF-8, or else what the answer declares. Never guess: what is read wrongly would be written back wrongly."""
    declared = re.search(r"charset=([\w-]+)", headers.get("Content-Type", ""))
    for charset in ("utf-8-sig", declared[1] if declared else "utf-8"):
        with suppress(UnicodeDecodeError, LookupError):
            return str(content, charset)
    raise GaxError(
        f"{request}: the response is not UTF-8, so nothing can be written back safely; check the encoding of the "
        "Configuration Database."
    )


def words_of(answer: Answer, clean: Callable[[str], str]) -> str:
    """Return the words of an error, or else the beginning of an answer, on one line. ``clean`` takes secrets out."""
    text = " ".join(clean((_words(answer.data) or answer.text)[: 10 * EXCERPT]).split())
    return text[:EXCERPT] + ("..." if len(text) > EXCERPT else "")


def _words(data: Any) -> str:
    """Return what an error in JSON says to people, such as ``code: message``; an empty text for anything else."""
    if isinstance(data, list):
        return "; ".join(filter(None, map(_words, data)))
    if not isinstance(data, dict) or "dbid" in data:  # an object of GAX
        return ""
    values = {str(key).lower(): value for key, value in data.items()}
    texts = [values[key] for key in _MESSAGES if isinstance(values.get(key), str) and values[key].strip()]
    message = texts[0] if texts else next(filter(None, map(_words, values.values())), "")
    code = next((values[key] for key in _CODES if type(values.get(key)) in (str, int)), "")
    return f"{code}: {message}" if message and code not in ("", message) else message


def _is_deep(value: Any) -> bool:
    """Say whether JSON is nested deeper than anything of GAX: what is made of it would end in a stack overflow."""
    level = [value] if type(value) in _NESTED else []
    for _depth in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if type(inner) in _NESTED
        ]
        if not level:
            return False
    return True
