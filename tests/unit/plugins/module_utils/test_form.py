# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application that is not understood, or that has lost something since it was read, is never written."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import Conflict
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Wanted, plan, replan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import Raw, raw_application

ENDPOINT = Wanted({"endpoints:1": {"webme": "Chat In"}})
OPTION = {"section": "log", "key": "verbose", "value": "all"}
CONNECTION = {"appserverdbid": "180", "id": "default"}
MISSING = object()


def raw_of(**containers: Any) -> Raw:
    raw = {**raw_application("201", "Chat_A"), **containers}
    return {key: value for key, value in raw.items() if value is not MISSING}


@pytest.mark.parametrize(
    ("container", "content"),
    [
        *(("options", odd) for odd in ([OPTION], "log.verbose=all", 7, {"log": {"verbose": "all"}})),
        *(("options", {"property": odd}) for odd in (["log"], "log", [[OPTION]], {"log": {"verbose": "all"}}, 7)),
        ("options", {"property": [OPTION, {"section": "log", "value": "all"}]}),
        ("options", {"property": [{"key": "verbose", "value": "all"}]}),
        ("options", {"properties": [OPTION]}),
        ("userproperties", [OPTION]),
        ("userproperties", {"property": [{"name": "a", "value": "b"}]}),
        ("appservers", [CONNECTION]),
        ("appservers", {"conninfo": [{"dbid": "180"}]}),
    ],
)
def test_a_container_in_another_form_is_refused_by_its_name(container: str, content: Any) -> None:
    with pytest.raises(Conflict, match=f"'Chat_A' was not written: GAX returned its container '{container}' in a form"):
        plan(Application(raw_of(**{container: content})), ENDPOINT)


def test_what_needs_no_change_is_not_asked_about() -> None:
    odd = Application(raw_of(options={"property": [OPTION, "odd"]}))
    assert plan(odd, Wanted({"log": {"verbose": "all"}})).changes == ()


EMPTY = (MISSING, None, "", [], {}, {"property": None}, {"property": []}, {"property": ""}, {"mode": "1"})


@pytest.mark.parametrize("before", EMPTY)
@pytest.mark.parametrize("now", EMPTY)
def test_where_containers_are_empty_or_absent_an_option_can_be_added(before: Any, now: Any) -> None:
    todo = plan(Application(raw_of(options=before, userproperties=before, appservers=MISSING)), ENDPOINT)
    fresh = Application(raw_of(options=now, userproperties=now, appservers=MISSING))
    assert [change.after for change in replan(todo, fresh).changes] == ["Chat In"]


@pytest.mark.parametrize(
    ("container", "was"),
    [
        ("options", {"property": [OPTION]}),
        ("options", {"property": OPTION}),
        ("userproperties", {"property": [OPTION]}),
        ("appservers", {"conninfo": [CONNECTION]}),
        ("tenantdbids", {"id": [{"dbid": "1"}]}),
        ("portinfos", {"portinfo": [{"id": "default"}]}),
        ("resources", {"resource": [{"a": "b"}]}),
        ("new-in-9", ["a"]),
    ],
)
@pytest.mark.parametrize("now", [MISSING, None])
def test_a_container_that_vanished_is_refused_by_its_name(container: str, was: Any, now: Any) -> None:
    todo = plan(Application(raw_of(**{container: was})), ENDPOINT)
    with pytest.raises(Conflict, match=f"'Chat_A' was not written: its container '{container}' had content"):
        replan(todo, Application(raw_of(**{container: now})))


@pytest.mark.parametrize("now", [{}, {"property": None}, {"mode": "1"}, ""])
def test_a_container_without_its_list_has_vanished_too(now: Any) -> None:
    todo = plan(Application(raw_of(options={"property": [OPTION]})), ENDPOINT)
    with pytest.raises(Conflict, match="'options' had content"):
        replan(todo, Application(raw_of(options=now)))


def test_a_container_that_somebody_emptied_is_written() -> None:
    todo = plan(Application(raw_of(options={"property": [OPTION]})), ENDPOINT)
    assert replan(todo, Application(raw_of(options={"property": []}))).changes == todo.changes
