# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading raw objects."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application, Script, inner, text
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils import builders
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import Raw
from hypothesis import given
from hypothesis import strategies as st

EMPTY = [{}, {"options": None}, {"options": ""}, {"options": []}, {"options": {}}]
EMPTY += [{"options": {"property": nothing}} for nothing in (None, "", [], [None, "x"])]


@pytest.mark.parametrize("raw", EMPTY)
def test_a_container_that_is_missing_and_one_that_is_empty_read_the_same(raw: Raw) -> None:
    assert inner(raw, "options", "property") == []
    assert Application(raw).options() == {}


def test_a_single_item_without_its_list_is_read_as_a_list_of_one() -> None:
    triple = {"section": "chat", "key": "a", "value": "1"}
    assert Application({"options": {"property": triple}}).options() == {"chat": {"a": "1"}}


@pytest.mark.parametrize(
    ("value", "stored"),
    [(None, ""), ("", ""), ("ключ", "ключ"), (60, "60"), (0, "0"), (True, "true"), (False, "false"), ("True", "True")],
)
def test_values_are_text_as_configuration_server_stores_them(value: Any, stored: str) -> None:
    assert text(value) == stored


@given(raw=builders.raw_applications(unique=True), family=st.sampled_from(["options", "annex"]))
def test_options_are_the_triples_that_have_a_key(raw: Raw, family: str) -> None:
    listed = inner(raw, {"options": "options", "annex": "userproperties"}[family], "property")
    nested = Application(raw).options(family)
    flat = {(section, key): value for section, keys in nested.items() for key, value in keys.items()}
    assert flat == {(t["section"], t["key"]): t["value"] or "" for t in listed if t["key"]}


def test_of_duplicates_the_first_counts_and_all_are_listed() -> None:
    found = builders.with_triples(("chat", "a", "first"), ("chat", "b", ""), ("chat", "a", "second"))
    assert found.options() == {"chat": {"a": "first", "b": ""}}
    assert found.values("options") == {("chat", "a"): ["first", "second"], ("chat", "b"): [""]}


def test_options_and_annex_are_kept_apart() -> None:
    raw = builders.with_triples(("chat", "a", "option")).raw
    both = Application({**raw, "userproperties": {"property": builders.triples({"chat": {"a": "annex"}})}})
    assert both.options("options") == {"chat": {"a": "option"}}
    assert both.options("annex") == {"chat": {"a": "annex"}}


@pytest.mark.parametrize("dbid", ["201", 201])
def test_dbids_are_text_whatever_gax_sends(dbid: Any) -> None:
    raw = {"dbid": dbid, "backupserverdbid": dbid, "tenantdbids": {"id": [{"dbid": dbid}]}}
    found = Application({**raw, "appservers": {"conninfo": [{"appserverdbid": dbid}]}})
    assert (found.dbid, found.backup, found.tenants, found.connected_to) == ("201", "201", ["201"], ["201"])


@pytest.mark.parametrize(
    "nothing", [{}, {"backupserverdbid": None}, {"backupserverdbid": ""}, {"backupserverdbid": "0"}]
)
def test_dbid_zero_means_no_backup(nothing: Raw) -> None:
    assert Application(nothing).backup is None


@pytest.mark.parametrize(
    ("raw", "enabled"), [({}, True), ({"state": "CFGEnabled"}, True), ({"state": "CFGDisabled"}, False)]
)
def test_only_a_state_other_than_enabled_disables(raw: Raw, enabled: bool) -> None:
    assert Application(raw).enabled is enabled


def test_several_connections_to_one_application_count_once_in_their_order() -> None:
    found = Application(builders.raw_application("1", "A", connections=["30", "20", "30"]))
    assert found.connected_to == ["30", "20"]
    assert len(found.connections) == 3


@pytest.mark.parametrize("raw", [{}, {"tenantdbids": {"mode": "1"}}, {"tenantdbids": {"id": []}}])
def test_an_application_without_tenants_serves_none(raw: Raw) -> None:
    assert Application(raw).tenants == []


def test_a_script_belongs_to_a_tenant() -> None:
    assert Script(builders.raw_queue("7", "Chat In", tenant="101")).tenant == "101"


def test_a_printed_object_shows_no_options() -> None:
    assert "hunter2" not in repr(builders.application({"db": {"password": "hunter2"}}))


@pytest.mark.parametrize(("raw", "ports"), [({}, []), ({"portinfos": {"portinfo": [{"id": "ESP"}, {}]}}, ["ESP", ""])])
def test_listening_ports_are_known_by_their_ids(raw: Raw, ports: list[str]) -> None:
    assert Application(raw).ports == ports


def test_connections_read_as_options_of_the_server_that_they_lead_to() -> None:
    raw = {"appservers": {"conninfo": [{"appserverdbid": "30", "id": "webapi", "timoutlocal": 10}]}}
    assert Application(raw).options("connections") == {
        "30": {"connprotocol": "", "timoutlocal": "10", "timoutremote": "0", "id": "webapi"}
    }
