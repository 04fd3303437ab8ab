# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interaction Queues: where they belong and who uses them."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application, Script, Tenant
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.queues import (
    folder_of_queues,
    new_queue,
    users_of,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    FakeGax,
    Raw,
    application,
    raw_application,
    raw_queue,
    raw_tenant,
)

BANK = Tenant(raw_tenant("101", "Bank"))


def folder(dbid: str, owner: str, subtype: str = "CFGScript") -> Raw:
    return {"type": "CfgFolder", "dbid": dbid, "name": "Scripts", "subtype": subtype, "ownerdbid": owner}


def queues(*places: tuple[str, str]) -> list[Script]:
    """Return queues in these pairs of tenant and folder."""
    return [Script({**raw_queue("5", "Q", tenant), "folderid": place}) for tenant, place in places]


def test_a_new_queue_is_an_enabled_interaction_queue_of_its_tenant() -> None:
    queue = Script(new_queue("Chat In", BANK, "145"))
    assert (queue.name, queue.tenant, queue.subtype, queue.enabled) == ("Chat In", "101", "CFGInteractionQueue", True)
    assert queue.raw["folderid"] == "145"


def test_a_queue_belongs_where_most_queues_of_the_tenant_are() -> None:
    there = queues(("101", "7"), ("101", "8"), ("101", "8"), ("1", "9"), ("1", "9"), ("1", "9"))
    assert folder_of_queues(FakeGax(folder("6", "101")), there, BANK) == "8"


def test_the_first_queue_of_a_tenant_belongs_in_its_folder_of_scripts() -> None:
    gax = FakeGax(folder("4", "1"), folder("5", "101", "CFGApplication"), folder("6", "101"))
    assert folder_of_queues(gax, queues(("1", "9")), BANK) == "6"


def test_without_a_folder_the_queue_has_to_be_made_by_hand() -> None:
    with pytest.raises(BadInput, match=r"^tenant: no script folder .* tenant 'Bank' .* create the queue manually\.$"):
        folder_of_queues(FakeGax(folder("4", "1")), [], BANK)


@pytest.mark.parametrize(
    ("options", "used"),
    [
        ({"endpoints:101": {"webme": "Q", "default": "Other"}}, ["Chat_A [endpoints:101] webme"]),
        ({"chat": {"webengagementChatQueue": "Q", "queueKey": "Q:1"}}, ["Chat_A [chat] webengagementChatQueue"]),
        ({"endpoints:1": {"webme": "Q"}, "log": {"queue": "q"}}, []),
        ({"whatever": {"first": "Q"}}, ["Chat_A [whatever] first"]),
    ],
)
def test_a_queue_is_used_where_any_option_names_it_but_endpoints_of_other_tenants(
    options: dict[str, dict[str, str]], used: list[str]
) -> None:
    serving_bank = application(options, tenantdbids={"id": [{"dbid": "1"}, {"dbid": "101"}]})
    assert users_of(Script(raw_queue("5", "Q", "101")), [serving_bank]) == used


def test_a_queue_of_the_same_name_in_another_tenant_is_another_queue() -> None:
    serving_environment = application({"chat": {"webengagementChatQueue": "Q"}})
    assert users_of(Script(raw_queue("5", "Q", "101")), [serving_environment]) == []


def test_an_application_whose_tenants_are_not_known_counts_as_a_user() -> None:
    raw = raw_application("1", "Chat_A", options={"endpoints:101": {"webme": "Q"}})
    del raw["tenantdbids"]
    queue = Script({"type": "CfgScript", "dbid": "5", "name": "Q", "tenantdbid": "101"})
    assert users_of(queue, [Application(raw)]) == ["Chat_A [endpoints:101] webme"]
