# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning and editing options."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import (
    Change,
    Plan,
    Wanted,
    edited,
    plan,
    undo,
    wanted_from,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import (
    CONTAINERS,
    Application,
    inner,
    text,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import MASK, shown
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import IN_DATA, visible
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils import builders
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import Raw, application, place
from hypothesis import assume, given
from hypothesis import strategies as st

FAMILIES = st.sampled_from(["options", "annex"])
WANTED = st.builds(Wanted, builders.wanted_options(), FAMILIES, st.frozensets(builders.SECTIONS))
anything = given(raw=builders.raw_applications(), wanted=WANTED)


def estate_after(raw: Raw, wanted: Wanted) -> Application:
    return Application(edited(raw, wanted.family, plan(Application(raw), wanted).changes))


def asked_for(options: dict[str, Any], present: bool = True, exclusive: bool = False) -> Wanted:
    """Return what a user gave, as modules do."""
    return wanted_from(options, "options of application 'Chat_A'", "options", present, exclusive)


def properties(raw: Raw, family: str) -> list[Raw]:
    return inner(raw, CONTAINERS[family], "property")


def changed_places(planned: Plan) -> set[tuple[str, str]]:
    return {(change.section, change.key) for change in planned.changes}


# --- planning --------------------------------------------------------------------------------------------------------


@anything
def test_a_second_run_changes_nothing(raw: Raw, wanted: Wanted) -> None:
    assert plan(estate_after(raw, wanted), wanted).changes == ()


@anything
def test_every_change_is_needed_and_none_occurs_twice(raw: Raw, wanted: Wanted) -> None:
    changes = plan(Application(raw), wanted).changes
    assert len(changed_places(Plan(Application(raw), wanted, changes))) == len(changes)
    for left_out in changes:
        others = [change for change in changes if change is not left_out]
        assert plan(Application(edited(raw, wanted.family, others)), wanted).changes == (left_out,)


@given(raw=builders.raw_applications(unique=True), wanted=WANTED)
def test_a_change_tells_the_value_that_is_there_and_another_one(raw: Raw, wanted: Wanted) -> None:
    there = Application(raw).options(wanted.family)
    for change in plan(Application(raw), wanted).changes:
        assert change.before == there.get(change.section, {}).get(change.key)
        assert change.after != change.before


@anything
def test_every_option_named_gets_its_value_or_goes(raw: Raw, wanted: Wanted) -> None:
    found = estate_after(raw, wanted).options(wanted.family)
    for section, keys in wanted.options.items():
        for key, value in keys.items():
            assert found.get(section, {}).get(key) == value


@given(raw=builders.raw_applications(), options=builders.user_options(), exclusive=st.booleans())
def test_only_exclusive_removes_what_is_not_named_and_only_in_sections_that_are(
    raw: Raw, options: dict[str, dict[str, str]], exclusive: bool
) -> None:
    before, after = Application(raw).options(), estate_after(raw, asked_for(options, True, exclusive)).options()
    for section in {*before, *options}:
        not_named = set(before.get(section, ())) - set(options.get(section, ()))
        removed = exclusive and section in options
        assert set(after.get(section, ())) - set(options.get(section, ())) == (set() if removed else not_named)


@given(raw=builders.raw_applications(), options=builders.user_options())
def test_absent_removes_the_options_named_or_the_whole_section_and_nothing_else(
    raw: Raw, options: dict[str, dict[str, str]]
) -> None:
    before, after = Application(raw).options(), estate_after(raw, asked_for(options, present=False)).options()
    for section, keys in before.items():
        named = options.get(section)
        stays = set(keys) if named is None else set(keys) - set(named) if named else set()
        assert set(after.get(section, ())) == stays


@given(raw=builders.raw_applications(unique=True), family=FAMILIES, exclusive=st.booleans())
def test_options_fed_back_as_they_are_shown_change_nothing(raw: Raw, family: str, exclusive: bool) -> None:
    nested = Application(raw).options(family)
    fed_back = {
        section: {key: visible(shown(key, value, section), IN_DATA) for key, value in keys.items()}
        for section, keys in nested.items()
    }
    wanted = wanted_from(fed_back, "options", family, True, exclusive)
    assert plan(Application(raw), wanted).changes == ()


MASKED = (
    MASK,
    f"/opt/{MASK}/log",
    f"{MASK}_old_queue",
    "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
    f"{MASK} (before)",
    r"\u{1b}[m",
)


@pytest.mark.parametrize("value", MASKED)
@pytest.mark.parametrize("key", ["webme", "banner", "db-password"])
@pytest.mark.parametrize("there", [{}, {"endpoints:1": {"other": "x"}}])
def test_a_text_that_was_masked_is_refused_for_every_option(value: str, key: str, there: Any) -> None:
    with pytest.raises(BadInput, match=rf"'Chat_A': option '{key}' in section \[endpoints:1\] cannot be set"):
        plan(application(there), Wanted({"endpoints:1": {key: value}}))


@pytest.mark.parametrize("value", MASKED)
@pytest.mark.parametrize("family", [*CONTAINERS, "connections"])
def test_masked_names_are_refused_in_each_family(value: str, family: str) -> None:
    for options in ({value: {"id": "x"}}, {"x": {value: "1"}}, {"x": {"id": value}}):
        with pytest.raises(BadInput, match="'Chat_A'"):
            plan(application({}), Wanted(options, family))


@pytest.mark.parametrize("value", MASKED)
def test_a_masked_name_is_not_said_to_be_removed(value: str) -> None:
    for options in ({value: {"id": None}}, {"x": {value: None}}, {value: None}):
        with pytest.raises(BadInput, match="was masked or escaped"):
            asked_for(options, present=False)


@pytest.mark.parametrize("value", MASKED[1:])
def test_more_than_the_mask_of_a_secret_is_refused_although_there_is_one(value: str) -> None:
    with pytest.raises(BadInput, match="'db-password'"):
        plan(application({"db": {"db-password": "hunter2"}}), Wanted({"db": {"db-password": value}}))


def test_the_mask_of_a_secret_that_is_there_leaves_it_alone() -> None:
    for there in ("hunter2", ""):
        assert plan(application({"db": {"pw": there}}), Wanted({"db": {"pw": MASK}})).changes == ()


def test_what_was_read_from_gax_may_hold_anything() -> None:
    """A roll-back brings back even what somebody wrote with a mask in it."""
    before = application({"log": {"path": f"/opt/{MASK}/log"}})
    done = plan(before, Wanted({"log": {"path": "/opt/log"}}))
    after = Application(edited(before.raw, "options", done.changes))
    assert plan(after, undo(done)).changes == (Change("log", "path", "/opt/log", f"/opt/{MASK}/log"),)


@pytest.mark.parametrize(("given_value", "stored"), [(60, "60"), (True, "true"), (False, "false"), (1.5, "1.5")])
def test_numbers_and_booleans_equal_the_text_that_is_stored(given_value: object, stored: str) -> None:
    wanted = asked_for({"chat": {"option": given_value}})
    assert plan(application({"chat": {"option": stored}}), wanted).changes == ()
    assert plan(application({"chat": {"option": "other"}}), wanted).changes == (
        Change("chat", "option", "other", stored),
    )


@pytest.mark.parametrize("difference", ["Webme", "webme ", " webme"])
def test_case_and_spaces_matter_in_names_and_values(difference: str) -> None:
    there = application({"endpoints:1": {"webme": "webme", difference: "old"}})
    assert plan(there, Wanted({"endpoints:1": {difference: "webme"}})).changes[0].before == "old"
    assert plan(there, Wanted({"endpoints:1": {"webme": difference}})).changes[0].action == "update"


@pytest.mark.parametrize("name", ["webme ", " webme", "webme\n", "we\tb", "we\x1bb"])
def test_a_new_option_has_no_name_that_cannot_be_meant(name: str) -> None:
    for options in ({name: {"webme": "x"}}, {"endpoints:1": {name: "x"}}):
        with pytest.raises(BadInput, match=r"'Chat_A': the name of an option or section (holds|begins|ends)"):
            plan(application({}), Wanted(options))
    there = application({"endpoints:1": {name: "x"}})
    assert plan(there, Wanted({"endpoints:1": {name: None}})).changes[0].action == "remove"


def test_duplicates_that_disagree_are_all_set() -> None:
    there = builders.with_triples(("chat", "queueKey", "1:webme"), ("chat", "x", ""), ("chat", "queueKey", "1:old"))
    wanted = Wanted({"chat": {"queueKey": "1:webme"}})
    values = [triple["value"] for triple in properties(estate_after(there.raw, wanted).raw, "options")]
    assert values == ["1:webme", "", "1:webme"]


def test_duplicates_that_are_all_as_wanted_change_nothing() -> None:
    there = builders.with_triples(("chat", "queueKey", "1:webme"), ("chat", "queueKey", "1:webme"))
    assert plan(there, Wanted({"chat": {"queueKey": "1:webme"}})).changes == ()


# --- editing ---------------------------------------------------------------------------------------------------------


@anything
def test_editing_leaves_the_object_that_was_read_alone(raw: Raw, wanted: Wanted) -> None:
    before = copy.deepcopy(raw)
    estate_after(raw, wanted)
    assert raw == before


@anything
def test_editing_touches_no_other_attribute_and_no_other_container(raw: Raw, wanted: Wanted) -> None:
    container, after = CONTAINERS[wanted.family], estate_after(raw, wanted).raw
    assert {**after, container: None} == {**raw, container: None}
    assert [key for key in after if key != container] == [key for key in raw if key != container]
    if isinstance(raw.get(container), dict):
        assert {**after[container], "property": None} == {**raw[container], "property": None}


@anything
def test_editing_keeps_every_other_triple_and_the_order_of_all(raw: Raw, wanted: Wanted) -> None:
    changed = changed_places(plan(Application(raw), wanted))
    old, new = properties(raw, wanted.family), properties(estate_after(raw, wanted).raw, wanted.family)
    assert [t for t in new if place(t) not in changed] == [t for t in old if place(t) not in changed]
    still_there = {place(t) for t in new}
    were_there = {place(t) for t in old}
    assert [place(t) for t in new if place(t) in were_there] == [place(t) for t in old if place(t) in still_there]


@anything
def test_editing_a_triple_changes_its_value_only(raw: Raw, wanted: Wanted) -> None:
    old, new = properties(raw, wanted.family), properties(estate_after(raw, wanted).raw, wanted.family)
    there = {place(t) for t in new} & {place(t) for t in old}
    for was, now in zip([t for t in old if place(t) in there], [t for t in new if place(t) in there]):
        assert {**was, "value": None} == {**now, "value": None}


def test_an_added_option_joins_its_section_and_a_new_section_comes_last() -> None:
    there = builders.with_triples(("chat", "a", "1"), ("log", "a", "1"), ("chat", "b", "1"), ("log", "b", "1"))
    new = estate_after(there.raw, Wanted({"chat": {"c": "1"}, "new": {"a": "1"}})).triples("options")
    assert [f"{section} {key}" for section, key, _value in new] == [
        "chat a",
        "log a",
        "chat b",
        "chat c",
        "log b",
        "new a",
    ]


@pytest.mark.parametrize("container", [None, "", [], {}, {"property": None}, {"property": []}])
def test_the_first_option_can_be_added_to_an_empty_container(container: Any) -> None:
    raw = {**builders.raw_application("201", "Chat_A"), "options": container}
    wanted = Wanted({"endpoints:1": {"webme": "Chat In"}})
    assert estate_after(raw, wanted).options() == {"endpoints:1": {"webme": "Chat In"}}


@given(raw=builders.raw_applications(), wanted=WANTED)
def test_nothing_to_change_sends_the_same_triples(raw: Raw, wanted: Wanted) -> None:
    settled = estate_after(raw, wanted).raw
    assume(properties(settled, wanted.family))
    assert estate_after(settled, wanted).raw == settled


@given(raw=builders.raw_applications(unique=True), wanted=WANTED)
def test_undoing_a_plan_brings_every_option_back(raw: Raw, wanted: Wanted) -> None:
    before = Application(raw).options(wanted.family)
    done = plan(Application(raw), wanted)
    assert estate_after(estate_after(raw, wanted).raw, undo(done)).options(wanted.family) == before


# --- what a user gives and sees --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"": {"a": 1}}, ["without a name"]),
        ({" ": {"a": 1}}, ["without a name"]),
        ({"chat": {"": 1}}, ["[chat]", "without a name"]),
        ({"chat": None}, ["[chat]", "must hold options"]),
        ({"chat": "text"}, ["[chat]", "must hold options", "not str"]),
        ({"chat": ["queueKey"]}, ["[chat]", "must hold options"]),
        ({"chat": {"queueKey": None}}, ["'queueKey'", "[chat]", "state=absent"]),
        ({"chat": {"queueKey": ["1:webme"]}}, ["'queueKey'", "[chat]", "list"]),
        ({"chat": {"queueKey": {"a": 1}}}, ["'queueKey'", "[chat]", "dict"]),
    ],
)
def test_input_that_cannot_be_options_is_refused_by_name(options: dict[str, Any], named: Sequence[str]) -> None:
    with pytest.raises(BadInput) as problem:
        asked_for(options)
    assert str(problem.value).startswith("options of application 'Chat_A'")
    assert all(word in str(problem.value) for word in named)


@pytest.mark.parametrize("nothing", [None, {}])
def test_a_section_without_options_is_removed_whole(nothing: Any) -> None:
    there = application({"chat": {"a": "1", "b": "2"}, "log": {"a": "1"}})
    wanted = asked_for({"chat": nothing}, present=False)
    assert estate_after(there.raw, wanted).options() == {"log": {"a": "1"}}


def test_an_option_can_be_removed_without_its_value() -> None:
    there = application({"chat": {"a": "1", "b": "2"}})
    assert estate_after(there.raw, asked_for({"chat": {"a": None}}, present=False)).options() == {"chat": {"b": "2"}}


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [(None, "b", "add"), ("a", "b", "update"), ("a", None, "remove"), ("", "b", "update")],
)
def test_a_change_says_what_it_does(before: str | None, after: str | None, action: str) -> None:
    seen = Change("chat", "queueKey", before, after).shown()
    assert seen == {"section": "chat", "key": "queueKey", "before": before, "after": after, "action": action}


@given(before=st.text(min_size=4), after=st.text(min_size=6))
def test_a_changed_secret_is_seen_to_change_but_not_seen(before: str, after: str) -> None:
    seen = Change("db", "Password", before, after).shown()
    assert (seen["before"], seen["after"]) == (f"{MASK} (before)", f"{MASK} (after)")


def test_a_credential_inside_a_value_is_seen_to_change_but_not_seen() -> None:
    seen = Change("db", "target", "http://me:old-secret@db", "http://me:new-secret@db").shown()
    assert (seen["before"], seen["after"]) == (f"http://me:{MASK}@db (before)", f"http://me:{MASK}@db (after)")


def test_a_removed_secret_is_masked_and_its_absence_is_not() -> None:
    seen = Change("db", "password", "hunter2", None).shown()
    assert "hunter2" not in text(seen)
    assert seen["after"] is None
