# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Words of messages: characters that cannot be seen, as escapes or by name, and numbers with their nouns."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

# Control and format characters, halves of surrogate pairs, and Unicode's own line ends: a terminal may obey them.
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
JOINERS = "\u200c\u200d"  # parts of words in some scripts, and of pictures
MOST_NAMES = 8  # in one line
IN_DATA = "\n\r\t"  # what a value may hold: where values are data, Ansible escapes it itself
_NAMES = {"\n": "a line break", "\r": "a carriage return", "\t": "a tab", " ": "a space", "\x1b": "an escape character"}
_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# What is not among the characters that most texts consist of, and that can all be seen.
_RARE = re.compile(r"[^ -~\u00a1-\u00ac\u00ae-\u024f\u0400-\u052f]")
_ESCAPED = re.compile(r"\\u\{[0-9a-f]+\}")


def is_unseen(character: str) -> bool:
    """Say whether a character cannot be seen, and is no blank."""
    return unicodedata.category(character) in UNSEEN and character not in JOINERS


def visible(text: str, keep: str = "") -> str:
    r"""Return a text with escapes, such as ``\u{1b}``, in place of what cannot be seen. ``keep`` stays as it is."""
    return with_escapes(text, _escape, keep)


def with_escapes(text: str, escape: Callable[[str], str], keep: str = "") -> str:
    """Return a text with an escape, as ``escape`` writes it, for each character that cannot be seen."""
    if text.isascii() and text.isprintable():  # nearly all are, and each result has a thousand of them
        return text
    return _RARE.sub(lambda found: escape(found[0]) if found[0] not in keep and is_unseen(found[0]) else found[0], text)


def as_json(value: Any, indent: int | None = None) -> str:
    """Return JSON for programs and people: letters of every script as they are, escapes for what cannot be seen.

    Read again, it is the same value. Halves of surrogate pairs are escaped, too: it can be encoded.
    """
    plain = json.dumps(value, indent=indent, ensure_ascii=False)
    return with_escapes(plain, lambda character: json.dumps(character)[1:-1], keep="\n")


def _escape(character: str) -> str:
    return _ESCAPES.get(character) or f"\\u{{{ord(character):x}}}"


def is_escaped(text: str) -> bool:
    """Say whether a text holds an escape that ``visible`` has made: no option of GAX is written like that."""
    return bool(_ESCAPED.search(text))


def named(character: str) -> str:
    """Return what people call a character, with its code point: ``NO-BREAK SPACE (U+00A0)``."""
    name = _NAMES.get(character) or unicodedata.name(character, "a control character")
    return f"{name} (U+{ord(character):04X})"


def listed(names: Iterable[str]) -> str:
    """Return names in one line; of many only the first."""
    every = list(dict.fromkeys(names))
    more = len(every) - MOST_NAMES
    return ", ".join(every[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def counted(number: float, noun: str) -> str:
    """Return a number with its noun: ``1 error``, ``2 errors``, ``0.5 seconds``."""
    shown = number if isinstance(number, int) else f"{number:g}"
    return f"{shown} {noun}{'' if number == 1 else 's'}"
