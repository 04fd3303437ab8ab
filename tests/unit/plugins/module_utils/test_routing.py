# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interaction Queues and the ways from them to a strategy."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.lookup import read_scripts, require_queue
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Script, Tenant
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.routing import (
    Association,
    associations,
    queue_problem,
    views_of,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    FakeGax,
    Raw,
    raw_queue,
    raw_tenant,
    triples,
)

TENANTS = [Tenant(raw_tenant("1", "Environment")), Tenant(raw_tenant("101", "Bank"))]
QUEUES = [
    raw_queue("11", "Chat In", "1"),
    raw_queue("12", "Chat In", "101"),
    raw_queue("13", "Only_Bank", "101"),
    raw_queue("14", "Routing", "1", "CFGEnhancedRouting"),
    raw_queue("15", "Webengagement_Chat", "1"),
]
Annex = dict[str, dict[str, str]]


def script(name: str, kind: str, annex: Annex | None = None, tenant: str = "1", state: str = "CFGEnabled") -> Script:
    annexed = {"userproperties": {"property": triples(annex or {})}}
    return Script({**raw_queue("0", name, tenant, f"CFG{kind}"), **annexed, "state": state})


def queue(annex: Annex | None = None) -> Script:
    return script("Q", "InteractionQueue", annex)


STRATEGY = script("Route", "EnhancedRouting", {"application": {"url": "http://ors.example.com/route.scxml"}})


# --- queues ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "tenant"), [("Chat In", 0), ("Chat In", 1), ("Only_Bank", 1)])
def test_a_queue_in_its_own_tenant_is_no_problem(name: str, tenant: int) -> None:
    assert queue_problem([Script(raw) for raw in QUEUES], name, TENANTS[tenant], TENANTS) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("webengagement_chat", ["tenant 'Environment' (1)", "Did you mean 'Webengagement_Chat'?"]),
        ("Only_Bank", ["One with that name exists in Bank", "must be in the tenant of the chat"]),
        (
            "Routing",
            ["script 'Routing' in tenant 'Environment' (1) is a CFGEnhancedRouting, not an Interaction Queue."],
        ),
        ("Nothing", ["no Interaction Queue 'Nothing'", "case-sensitive"]),
    ],
)
def test_a_queue_that_is_not_there_is_explained(name: str, words: list[str]) -> None:
    problem = queue_problem([Script(raw) for raw in QUEUES], name, TENANTS[0], TENANTS)
    assert [word for word in words if word not in problem] == []


def test_queues_of_other_tenants_and_other_scripts_are_not_offered() -> None:
    scripts = [Script(raw) for raw in QUEUES]
    for near_miss in ("Only_Bnk", "Routng"):
        assert "Did you mean" not in queue_problem(scripts, near_miss, TENANTS[0], TENANTS)


def test_the_scripts_are_those_that_gax_gives() -> None:
    assert [found.dbid for found in read_scripts(FakeGax(*QUEUES, raw_tenant("1", "Environment")))] == [
        raw["dbid"] for raw in QUEUES
    ]


def test_a_queue_that_is_required_is_looked_for_everywhere_before_it_is_refused() -> None:
    gax = FakeGax(*QUEUES)
    require_queue(gax, "Chat In", TENANTS[1], TENANTS, "queue")
    with pytest.raises(BadInput, match=r"^queue: there is no Interaction Queue 'chat in' .*Did you mean 'Chat In'\?"):
        require_queue(gax, "chat in", TENANTS[1], TENANTS, "queue")


# --- associations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["Orchestration", "orchestration", "ORCHESTRATION"])
@pytest.mark.parametrize("key", ["application", "application@ORS_1"])
@pytest.mark.parametrize("value", ["http://ors.example.com/a.scxml", "file:/a.scxml", "script:Route", "script: Route"])
def test_a_queue_names_its_strategy_in_its_annex(section: str, key: str, value: str) -> None:
    assert associations([STRATEGY], queue({section: {key: value}})) == [Association(value.replace(": ", ":"))]


@pytest.mark.parametrize(
    "annex", [{}, {"orchestration": {"application": "", "applications": "x"}}, {"Queue": {"application": "http://x"}}]
)
def test_an_annex_without_a_strategy_is_no_association(annex: Annex) -> None:
    assert associations([STRATEGY], queue(annex)) == []


@pytest.mark.parametrize(
    ("strategy", "problem"),
    [
        (script("Other", "EnhancedRouting", STRATEGY.options("annex")), "'Route' does not exist in the tenant"),
        (script("Route", "EnhancedRouting", STRATEGY.options("annex"), tenant="101"), "does not exist in the tenant"),
        (script("Route", "SimpleRouting", STRATEGY.options("annex")), "does not exist in the tenant"),
        (script("Route", "EnhancedRouting", STRATEGY.options("annex"), state="CFGDisabled"), "'Route' is disabled"),
        (script("Route", "EnhancedRouting"), "'Route' has no url"),
        (script("Route", "EnhancedRouting", {"Application": {"url": ""}}), "'Route' has no url"),
    ],
)
def test_a_strategy_that_cannot_work_is_explained(strategy: Script, problem: str) -> None:
    (found,) = associations([strategy], queue({"orchestration": {"application": "script:Route"}}))
    assert problem in found.problem


@pytest.mark.parametrize(
    ("scripts", "found"),
    [
        ([script("S", "InteractionSubmitter", {"x": {"y": "Q"}})], ["submitter 'S'"]),
        (
            [
                script("S", "InteractionSubmitter", {"x": {"y": "Q/View"}}),
                script("Q/View", "InteractionQueueView", {"x": {"Queue": "Q"}}),
            ],
            ["submitter 'S'"],
        ),
        ([script("S", "InteractionSubmitter", {"x": {"y": "Q2"}})], []),
        ([script("S", "InteractionSubmitter", {"x": {"y": "Q"}}, tenant="101")], []),
        ([script("S", "InteractionSubmitter", {"x": {"y": "Q"}}, state="CFGDisabled")], []),
        ([script("V", "InteractionQueueView", {"x": {"y": "Q"}})], []),
    ],
)
def test_a_queue_leads_to_submitters_that_name_it_or_one_of_its_views(scripts: list[Script], found: list[str]) -> None:
    assert [item.what for item in associations(scripts, queue())] == found


def test_several_ways_from_a_queue_are_all_told() -> None:
    ways: Raw = {"application": "script:Route", "application@B": "http://b"}
    submitter = script("S", "InteractionSubmitter", {"x": {"y": "Q"}})
    found = associations([STRATEGY, submitter], queue({"orchestration": ways}))
    assert [item.what for item in found] == ["script:Route", "http://b"]  # the submitter may start one of them


ROUTE, OTHER = STRATEGY, script("Other", "EnhancedRouting", STRATEGY.options("annex"))


@pytest.mark.parametrize(
    ("views", "submitters", "direct", "found"),
    [
        # The queue and its view name the same strategy.
        ([{"Queue": "Q", "Strategy": "script:Route"}], [], "script:Route", [("script:Route", True)]),
        ([{"Queue": "Q"}], [{"View": "View 1", "Strategy": "Route"}], "script: Route", [("script:Route", True)]),
        # It names one of several.
        (
            [{"Queue": "Q"}, {"Queue": "Q"}],
            [{"View": "View 1", "s": "Route"}, {"View": "View 2", "s": "script:Other"}],
            "script:Route",
            [("script:Route", True), ("script:Other", True)],
        ),
        # Several views, each with a workflow of its own.
        (
            [{"Queue": "Q"}, {"Queue": "Q"}],
            [{"View": "View 1", "s": "Route"}, {"View": "View 2", "s": "script:Other"}],
            None,
            [("script:Route", True), ("script:Other", True)],
        ),
        ([{"Queue": "Q"}, {"Queue": "Q"}], [{"View": "View 1", "s": "Route"}], None, [("script:Route", True)]),
    ],
)
def test_a_strategy_that_views_name_is_counted_once(
    views: list[dict[str, str]],
    submitters: list[dict[str, str]],
    direct: str | None,
    found: list[tuple[str, bool]],
) -> None:
    scripts = [
        ROUTE,
        OTHER,
        *(script(f"View {n}", "InteractionQueueView", {"View": annex}) for n, annex in enumerate(views, 1)),
        *(script(f"Submitter {n}", "InteractionSubmitter", {"x": annex}) for n, annex in enumerate(submitters, 1)),
    ]
    annex: Annex = {"orchestration": {"application": direct}} if direct else {}
    assert [(item.what, item.through_view) for item in associations(scripts, queue(annex))] == found


def test_a_view_that_is_disabled_leads_nowhere() -> None:
    view = script("View", "InteractionQueueView", {"View": {"Queue": "Q", "s": "Route"}}, state="CFGDisabled")
    assert associations([ROUTE, view], queue()) == []
    assert views_of([ROUTE, view], queue()) == [view]
