# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password as GAX's own page sends it; sessions are tested over real sockets elsewhere."""

from __future__ import annotations

import random

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import obfuscate
from hypothesis import given
from hypothesis import strategies as st

PASSWORDS = st.text(st.characters(max_codepoint=0x2FFF), max_size=20)
# Captured from a real GAX web page: docs/evidence.md#the-session.
CAPTURED = bytes.fromhex("C2BA4A C38968 C39562 C39B68 C39861 C2BA4B C3A270 C3B7C293").decode()
SHIFTS_OF_CAPTURED = [74, 104, 98, 104, 97, 75, 112, 147]


class Scripted(random.Random):
    """Gives the numbers it was told to give."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__()
        self._numbers = iter(numbers)

    def randint(self, a: int, b: int) -> int:
        return next(self._numbers)


def undone(obfuscated: str) -> str:
    """Decode as a GAX does: subtract the second character of each pair from the first."""
    pairs = zip(obfuscated[::2], obfuscated[1::2])
    return "".join(chr(ord(character) - ord(shift)) for character, shift in pairs)


def test_a_password_is_sent_as_a_real_gax_page_sent_it() -> None:
    assert undone(CAPTURED) == "password"
    assert obfuscate("password", Scripted(SHIFTS_OF_CAPTURED)) == CAPTURED


@given(password=PASSWORDS)
def test_gax_can_read_every_password(password: str) -> None:
    assert undone(obfuscate(password)) == password


@given(password=PASSWORDS, seed=st.integers(0, 1000))
def test_shifts_are_those_that_clients_use(password: str, seed: int) -> None:
    assert all(68 <= ord(shift) <= 122 for shift in obfuscate(password, random.Random(seed))[1::2])


def test_an_empty_password_stays_empty() -> None:
    assert obfuscate("") == ""


@pytest.mark.parametrize("password", ["password", "пароль", "p\U0001f511ss"])
def test_the_password_cannot_be_read_off_and_varies(password: str) -> None:
    sent = {obfuscate(password) for _unused in range(5)}
    assert len(sent) > 1
    assert not any(password in text for text in sent)


def test_no_password_becomes_half_a_surrogate_pair() -> None:
    for _attempt in range(50):
        sent = obfuscate("힣\ud7ff" * 3)
        assert sent.encode("utf-8")
        assert "".join(chr(ord(a) - ord(b)) for a, b in zip(sent[::2], sent[1::2])) == "힣\ud7ff" * 3
