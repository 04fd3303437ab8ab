# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other administrators, and GAX itself, may do to an object while a run is under way."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import Conflict
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import (
    Change,
    Wanted,
    differences,
    edited,
    plan,
    replan,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import CONTAINERS, Application, inner
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils import builders
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import Raw, application, place
from hypothesis import assume, given
from hypothesis import strategies as st

OURS = st.builds(Wanted, builders.wanted_options(), st.just("options"), st.frozensets(builders.SECTIONS))
THEIRS = builders.wanted_options()
QUEUE_KEY = Wanted({"chat": {"queueKey": "1:webme"}})


def after(raw: Raw, wanted: Wanted) -> Raw:
    return edited(raw, wanted.family, plan(Application(raw), wanted).changes)


def objects_to(wanted: Wanted, section: str, key: str, value: str | None) -> bool:
    """Say whether an option of this value is not what is wanted."""
    keys = wanted.options.get(section)
    if keys is None:
        return False
    if key in keys:
        return keys[key] != value
    return section in wanted.exclusive and value is not None


# --- replan ----------------------------------------------------------------------------------------------------------


@given(raw=builders.raw_applications(unique=True), ours=OURS, theirs=THEIRS)
def test_a_conflict_is_an_option_of_ours_that_others_changed_to_something_unwanted(
    raw: Raw, ours: Wanted, theirs: dict[str, dict[str, str | None]]
) -> None:
    fresh = Application(after(raw, Wanted(theirs)))
    was, now = Application(raw).options(), fresh.options()
    changed_by_others = {
        (section, key, now.get(section, {}).get(key))
        for section, keys in theirs.items()
        for key in keys
        if was.get(section, {}).get(key) != now.get(section, {}).get(key)
    }
    old = plan(Application(raw), ours)
    if any(objects_to(ours, *changed) for changed in changed_by_others):
        with pytest.raises(Conflict):
            replan(old, fresh)
    else:
        replan(old, fresh)


@given(raw=builders.raw_applications(), ours=OURS)
def test_an_object_that_nobody_changed_gets_the_same_plan_again(raw: Raw, ours: Wanted) -> None:
    old = plan(Application(raw), ours)
    assert replan(old, Application(copy.deepcopy(raw))) == old


@given(raw=builders.raw_applications(unique=True), ours=OURS, theirs=THEIRS)
def test_what_others_changed_beside_ours_is_kept(
    raw: Raw, ours: Wanted, theirs: dict[str, dict[str, str | None]]
) -> None:
    beside = Wanted({section: keys for section, keys in theirs.items() if section not in ours.options})
    fresh = after(raw, beside)
    new = replan(plan(Application(raw), ours), Application(fresh))
    result = Application(edited(fresh, "options", new.changes)).options()
    for section in beside.options:
        assert result.get(section) == Application(fresh).options().get(section)


def test_a_change_that_others_made_for_us_is_not_made_again() -> None:
    old = plan(application({"chat": {"queueKey": "1:old"}}), QUEUE_KEY)
    assert replan(old, application({"chat": {"queueKey": "1:webme"}})).changes == ()


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (
            "1:old",
            "1:theirs",
            "changed option 'queueKey' in section [chat] from '1:old' to '1:theirs' during this",
        ),
        ("1:old", None, "removed option 'queueKey' in section [chat], which was '1:old', during this run."),
        (None, "1:theirs", "added option 'queueKey' in section [chat] with value '1:theirs' during this run."),
        ("1:webme", "1:theirs", "changed option 'queueKey' in section [chat] from '1:webme' to '1:theirs' during"),
    ],
)
def test_a_conflict_names_application_option_and_both_values(before: str | None, now: str | None, told: str) -> None:
    old, fresh = (application({"chat": {} if value is None else {"queueKey": value}}) for value in (before, now))
    with pytest.raises(Conflict) as problem:
        replan(plan(old, QUEUE_KEY), fresh)
    assert f"Application 'Chat_A': another administrator {told}" in str(problem.value)
    assert "run again" not in str(problem.value)  # what comes next is the last line of a report


def test_a_conflict_names_the_first_of_several_options_and_the_beginning_of_a_long_value() -> None:
    old = plan(application({"s": {"a": "1", "b": "1"}}), Wanted({"s": {"a": "2", "b": "2"}}))
    with pytest.raises(Conflict) as problem:
        replan(old, application({"s": {"a": "x" * 1000, "b": "3"}}))
    begin = "another administrator changed option 'a' in section [s] from '1' to 'xxx"
    assert begin in str(problem.value)
    assert "xxx...', and changed 1 more option, during this run. Agree on the value." in str(problem.value)
    assert len(str(problem.value)) < 300


def test_a_conflict_about_a_secret_shows_neither_value() -> None:
    old, fresh = (application({"db": {"password": value}}) for value in ("hunter1", "hunter2"))
    with pytest.raises(Conflict, match="'password'") as problem:
        replan(plan(old, Wanted({"db": {"password": "new"}})), fresh)
    assert "hunter" not in str(problem.value)


# --- differences -----------------------------------------------------------------------------------------------------


@given(raw=builders.raw_applications(), ours=OURS)
def test_an_object_that_comes_back_as_it_was_sent_has_no_differences(raw: Raw, ours: Wanted) -> None:
    changes = plan(Application(raw), ours).changes
    sent = edited(raw, ours.family, changes)
    assert differences(sent, copy.deepcopy(sent), changes, ours.family) == []


@given(
    sent=builders.raw_applications(unique=True), theirs=builders.user_options(), family=st.sampled_from([*CONTAINERS])
)
def test_options_that_others_added_are_no_differences(
    sent: Raw, theirs: dict[str, dict[str, str]], family: str
) -> None:
    there = Application(sent).options(family)
    added = [
        Change(section, key, None, value)
        for section, keys in theirs.items()
        for key, value in keys.items()
        if key not in there.get(section, {})
    ]
    assert differences(sent, edited(sent, family, added), (), "options") == []


@given(sent=builders.raw_applications(unique=True), family=st.sampled_from([*CONTAINERS]), data=st.data())
def test_every_option_that_is_lost_or_altered_is_found(sent: Raw, family: str, data: st.DataObject) -> None:
    there = Application(sent).triples(family)
    assume(there)
    section, key, value = data.draw(st.sampled_from(there))
    for found in (None, f"{value}!"):
        came_back = edited(sent, family, [Change(section, key, value, found)])
        assert differences(sent, came_back, (), "options") == [Change(section, key, value, found)]


@given(raw=builders.raw_applications(unique=True), ours=OURS)
def test_a_write_that_had_no_effect_shows_every_change_as_a_difference(raw: Raw, ours: Wanted) -> None:
    changes = plan(Application(raw), ours).changes
    missing = differences(edited(raw, "options", changes), raw, changes, "options")
    assert {(change.section, change.key) for change in missing} == {(change.section, change.key) for change in changes}


def test_a_removed_option_that_is_still_found_is_a_difference_with_its_value() -> None:
    raw = application({"chat": {"x": "1"}}).raw
    removed = [Change("chat", "x", "1", None)]
    assert differences(edited(raw, "options", removed), raw, removed, "options") == [Change("chat", "x", None, "1")]


def test_a_removed_option_of_the_same_name_in_the_other_family_may_stay() -> None:
    raw = {
        **application({"chat": {"x": "1"}}).raw,
        "userproperties": {"property": builders.triples({"chat": {"x": "1"}})},
    }
    removed = [Change("chat", "x", "1", None)]
    sent = edited(raw, "options", removed)
    assert differences(sent, sent, removed, "options") == []


def test_one_of_two_equal_duplicates_may_vanish_but_not_one_of_two_that_disagree() -> None:
    equal = builders.with_triples(("chat", "a", "1"), ("chat", "a", "1"))
    disagree = builders.with_triples(("chat", "a", "1"), ("chat", "a", "2"))
    one = builders.with_triples(("chat", "a", "1"))
    assert differences(equal.raw, one.raw, (), "options") == []
    assert [place(change.shown()) for change in differences(disagree.raw, one.raw, (), "options")] == [("chat", "a")]


def test_the_annex_is_edited_and_compared_like_the_options() -> None:
    raw = builders.with_triples(("chat", "a", "1"), family="annex").raw
    sent = after(raw, Wanted({"chat": {"a": "2"}}, "annex"))
    assert [triple["value"] for triple in inner(sent, "userproperties", "property")] == ["2"]
    assert differences(sent, raw, (), "annex") == [Change("chat", "a", "2", "1")]
