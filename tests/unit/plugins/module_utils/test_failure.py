# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user reads when a change failed: the state first, each cause once, on one screen."""

from __future__ import annotations

import string

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.failure import (
    CHANGED,
    OVERWRITTEN,
    ROLLED_BACK,
    STATES,
    UNKNOWN,
    UNTOUCHED,
    ChangeFailed,
    Fate,
    merged,
    state_lines,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text(string.ascii_letters, min_size=1, max_size=4)
FATES = st.lists(st.builds(Fate, NAMES, st.sampled_from(STATES), st.sampled_from(["", "GAX cannot be reached."])))


def fates(state: str, *names: str) -> list[Fate]:
    return [Fate(name, state) for name in names]


@pytest.mark.parametrize(
    ("found", "first"),
    [
        ([], "Nothing is changed."),
        (fates(UNTOUCHED, "A", "B"), "Nothing is changed."),
        (fates(ROLLED_BACK, "A"), "Nothing is changed: A is rolled back."),
        (fates(ROLLED_BACK, "A", "B"), "Nothing is changed: both applications are rolled back."),
        (fates(ROLLED_BACK, *"ABCDEFG"), "Nothing is changed: all 7 applications are rolled back."),
        (fates(CHANGED, "A"), "1 application is changed."),
        (
            [*fates(CHANGED, *"ABCDE"), *fates(ROLLED_BACK, "F"), *fates(UNTOUCHED, "G"), *fates(UNKNOWN, "Chat_A_04")],
            "5 applications are changed, 1 is rolled back, 1 is unchanged, 1 is unknown: Chat_A_04.",
        ),
        ([*fates(UNKNOWN, "A", "B"), *fates(UNTOUCHED, "C")], "1 application is unchanged, 2 are unknown: A, B."),
        (fates(UNKNOWN, "A"), "1 application is unknown: A."),
        (
            [*fates(OVERWRITTEN, "A"), *fates(ROLLED_BACK, "B", "C"), *fates(UNTOUCHED, "D")],
            "1 application is overwritten, 2 are rolled back, 1 is unchanged.",
        ),
        ([*fates(CHANGED, "A"), *fates(OVERWRITTEN, "B", "C")], "1 application is changed, 2 are overwritten."),
        ([*fates(OVERWRITTEN, "A"), *fates(UNKNOWN, "B")], "1 application is overwritten, 1 is unknown: B."),
    ],
)
def test_the_first_line_is_the_state_of_the_estate(found: list[Fate], first: str) -> None:
    assert state_lines(found)[0] == first


@pytest.mark.parametrize(
    ("found", "first"),
    [
        ([], "No application is changed; Interaction Queue 'Q' is there now."),
        (
            fates(ROLLED_BACK, "A", "B"),
            "No application is changed: both applications are rolled back; Interaction Queue 'Q' is there now.",
        ),
        (fates(CHANGED, "A"), "1 application is changed; Interaction Queue 'Q' is there now."),
        (fates(OVERWRITTEN, "A"), "1 application is overwritten; Interaction Queue 'Q' is there now."),
    ],
)
def test_a_queue_that_a_run_has_created_and_that_stays_is_in_the_first_line(found: list[Fate], first: str) -> None:
    failed = ChangeFailed(found, {"": "GAX does not answer."}, queue="Interaction Queue 'Q' is there now")
    assert str(failed).splitlines()[0] == first
    assert failed.details["changed"] is True


def test_equal_causes_are_one_line_with_all_who_have_it() -> None:
    url = "PUT https://gax/api/cfg/objects/CfgApplication"
    causes = {f"Chat_{number}": f"{url}/{number} answered 503." for number in range(12)}
    told = str(ChangeFailed([], causes)).splitlines()
    assert told == [
        "Nothing is changed.",
        "Cause, each of 12 applications (Chat_0, Chat_1, Chat_2, Chat_3, Chat_4, Chat_5, Chat_6, Chat_7 and 4 more), "
        f"such as Chat_0: {url}/0 answered 503.",
    ]


def test_what_names_each_application_is_said_of_the_first_one() -> None:
    why = "it is left unchanged: queueKey of 'GWE' would point at Chat Server '%s', which would lack that endpoint."
    assert str(ChangeFailed([], {name: why % name for name in ("Chat_A", "Chat_B")})).splitlines() == [
        "Nothing is changed.",
        f"Cause, each of 2 applications (Chat_A, Chat_B), such as Chat_A: {why % 'Chat_A'}",
    ]


def test_a_cause_names_its_application_once() -> None:
    conflict = "Application 'Chat_A': another administrator changed option 'webme'."
    told = str(ChangeFailed([], {"Chat_A": conflict, "": "GAX does not answer."}, ["Next: run again."])).splitlines()
    assert told == [
        "Nothing is changed.",
        "Cause, application 'Chat_A': another administrator changed option 'webme'.",
        "Cause: GAX does not answer.",
        "Next: run again.",
    ]


def test_a_single_application_keeps_its_address_and_what_is_a_cause_is_no_reason_too() -> None:
    why = "GET https://gax/api/cfg/objects/CfgApplication/7 answered 503."
    other = "GET https://gax/api/cfg/objects/CfgApplication/8 answered 503."
    found = [Fate("A", UNKNOWN, why), Fate("B", CHANGED, other), Fate("C", CHANGED, "it is gone.")]
    assert str(ChangeFailed(found, {"A": why})).splitlines() == [
        "2 applications are changed, 1 is unknown: A.",
        "Changed: B, C.",
        "Not rolled back, 2 applications (A, B): the cause is the same.",
        "Not rolled back, application 'C': it is gone.",
        f"Cause, application 'A': {why}",
    ]


def test_what_was_overwritten_is_named_and_said_once() -> None:
    conflict = "Application 'A': another administrator changed option 'x'."
    found = [Fate("A", OVERWRITTEN, conflict), Fate("B", CHANGED)]
    assert str(ChangeFailed(found, {"C": "no permission."})).splitlines() == [
        "1 application is changed, 1 is overwritten.",
        "Changed: B. Overwritten: A.",
        "Not rolled back, application 'A': another administrator changed option 'x'.",
        "Cause, application 'C': no permission.",
    ]
    cause = "what was read back differs in [s] x."
    assert str(ChangeFailed(found[:1], {"A": cause})).splitlines() == [
        "1 application is overwritten.",
        "Overwritten: A.",
        f"Cause, application 'A': {cause}",
    ]


def test_one_reason_of_several_stands_once_whomever_it_names() -> None:
    held = "Chat Server 'A' is held by process 1."
    assert str(ChangeFailed([Fate("A", CHANGED, held)], {"Cluster": held})).splitlines()[2:] == [
        "Not rolled back, application 'A': the cause is the same.",
        f"Cause, application 'Cluster': {held}",
    ]
    assert str(ChangeFailed([], {"A": held, "B": held})).splitlines()[1:] == [
        f"Cause, 2 applications (A, B): {held}",
    ]
    lost = "GET https://gax/cfg/objects/CfgApplication/%s: no connection."
    # Who comes after the first failure has its very words.
    assert str(ChangeFailed([], {"A": lost % 1, "B": lost % 2, "C": lost % 2})).splitlines()[1:] == [
        f"Cause, each of 3 applications (A, B, C), such as A: {lost % 1}",
    ]


def test_the_reason_of_several_is_in_the_plural() -> None:
    why = "it depends on Cluster, which could not be rolled back."
    assert state_lines([Fate("A", CHANGED, why), Fate("B", CHANGED, why)])[2] == (
        "Not rolled back, 2 applications (A, B): they depend on Cluster, which could not be rolled back."
    )


def test_an_application_that_a_cause_is_about_is_named_once() -> None:
    told = str(ChangeFailed([], {"Chat_A": "Application 'Chat_A' is held by process 1."})).splitlines()
    assert told[1] == "Cause, application 'Chat_A': it is held by process 1."


def test_an_application_in_two_parts_is_as_its_worse_part() -> None:
    found = [Fate("A", ROLLED_BACK), Fate("B", UNTOUCHED), Fate("A", CHANGED, "why"), Fate("B", ROLLED_BACK)]
    assert merged(found) == [Fate("A", CHANGED, "why"), Fate("B", ROLLED_BACK)]


@given(FATES, st.dictionaries(NAMES, st.sampled_from(["One.", "Two.", "Three.", "Four."])))
def test_it_fits_one_screen_and_no_line_stands_twice(found: list[Fate], causes: dict[str, str]) -> None:
    error = ChangeFailed(found, causes)
    lines = str(error).splitlines()
    assert len(lines) <= 9
    assert len(set(lines)) == len(lines)
    every = [*error.details["rolled_back"], *error.details["left"], *error.details["untouched"]]
    assert sorted(every) == sorted({fate.name for fate in found})
    assert {*error.details["unknown"]} <= {*error.details["left"]}
