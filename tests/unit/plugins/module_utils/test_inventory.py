# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an estate to inventory hosts: which applications count, what they are told, what they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import (
    CONTACT_SERVER,
    GENERIC_SERVER,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.hosts import Host, hosts
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    FakeGax,
    Raw,
    raw_application,
    raw_cluster,
    raw_tenant,
)

PAIR = ("https://gax-1.example.com:8443/gax", "https://gax-2.example.com:8443/gax")
ENGAGEMENT = {"engagement": {"visitExpirationTime": "86400"}}
SEVERAL = {"id": [{"dbid": "1"}, {"dbid": "101"}]}

ESTATE = (
    raw_tenant("1", "Environment"),
    raw_tenant("101", "Resources"),
    raw_cluster("1", "WE_Main", ["10", "22"], options=ENGAGEMENT),
    raw_cluster("2", "WE_Old", ["20"], options={"chat": {"webengagementChatQueue": "Chat In"}}, tenantdbids=SEVERAL),
    raw_cluster("10", "Chat_Servers", ["20", "21"], version=""),
    raw_application("20", "Chat_A", options={"db": {"password": "Geheim-1"}, "settings": {"a": "1"}}),
    raw_application("21", "Chat_B", backupserverdbid="23", state="CFGDisabled"),
    raw_application("22", "UCS", CONTACT_SERVER),
    raw_application("23", "Chat_B_Backup"),
    raw_application("24", "Chat_Alone"),
    raw_application("30", "WE_Node", GENERIC_SERVER, options=ENGAGEMENT),
)


class Gax(FakeGax):
    settings = HttpSettings(urls=PAIR)
    url = PAIR[0]


def made(
    kind: str = "clusters",
    patterns: Sequence[str] = (),
    estate: Sequence[Raw] = ESTATE,
    warnings: list[str] | None = None,
) -> dict[str, Host]:
    fake: Any = Gax(*estate)
    warn = ([] if warnings is None else warnings).append
    return {host["name"]: host for host in hosts(fake, kind, patterns, warn)}


class TestWhichClusters:
    def test_application_clusters_count_that_have_what_only_web_engagement_has(self) -> None:
        assert list(made()) == ["WE_Main", "WE_Old"]

    def test_a_name_chooses_whatever_it_is(self) -> None:
        assert list(made(patterns=["WE_Node", "Chat_Servers"])) == ["Chat_Servers", "WE_Node"]

    def test_a_pattern_chooses_application_clusters_only(self) -> None:
        assert list(made(patterns=["WE_*"])) == ["WE_Main", "WE_Old"]
        assert list(made(patterns=["*"])) == ["Chat_Servers", "WE_Main", "WE_Old"]
        assert list(made(patterns=["WE_?ld"])) == ["WE_Old"]

    def test_names_and_patterns_together_choose_each_once(self) -> None:
        assert list(made(patterns=["WE_Main", "WE_*", "WE_Main"])) == ["WE_Main", "WE_Old"]

    def test_a_pattern_that_matches_nothing_is_told_with_what_is_there(self) -> None:
        warnings: list[str] = []
        assert made(patterns=["Bank_*"], warnings=warnings) == {}
        (said,) = warnings
        assert f"no Application Cluster at {PAIR[0]} matches Bank_*" in said
        assert said.endswith("GAX shows Chat_Servers, WE_Main, WE_Old.")

    def test_a_pattern_that_matches_nothing_is_told_beside_one_that_does(self) -> None:
        warnings: list[str] = []
        assert list(made(patterns=["WE_Main", "Bank_*", "WE_[Main]*", "WE_O*"], warnings=warnings)) == [
            "WE_Main",
            "WE_Old",
        ]
        (said,) = warnings
        assert f"no Application Cluster at {PAIR[0]} matches Bank_* or WE_[Main]*." in said

    def test_an_estate_without_application_clusters_is_told(self) -> None:
        for kind in ("clusters", "chat_servers"):
            warnings: list[str] = []
            made(kind, estate=[], warnings=warnings)
            assert "looks like a Web Engagement Cluster" in warnings[0]
            assert warnings[0].endswith("GAX shows none; check the account's read permissions.")

    def test_where_there_are_some_nothing_is_told(self) -> None:
        warnings: list[str] = []
        made(warnings=warnings)
        assert warnings == []

    def test_case_matters(self) -> None:
        assert made(patterns=["we_*"]) == {}

    def test_brackets_and_stars_in_names_stand_for_themselves(self) -> None:
        odd = [raw_cluster("3", "WE [eu] *"), raw_cluster("4", "WE e *"), raw_cluster("5", "WE [eu] 1")]
        assert list(made(patterns=["WE [eu] *"], estate=odd)) == ["WE [eu] *"]
        assert list(made(patterns=["WE [eu] ?"], estate=odd)) == ["WE [eu] *", "WE [eu] 1"]

    def test_a_name_that_is_not_there_is_told_with_the_nearest(self) -> None:
        with pytest.raises(BadInput, match=r"clusters: there is no application 'WE_Mian'\. Did you mean 'WE_Main'\?"):
            made(patterns=["WE_Mian"])

    def test_a_chat_server_is_told_to_be_none(self) -> None:
        with pytest.raises(BadInput, match=r"clusters: application 'Chat_A' is of type Chat Server; name the Web"):
            made(patterns=["Chat_A"])

    def test_an_empty_estate_makes_no_hosts(self) -> None:
        assert made(estate=[]) == made("chat_servers", estate=[]) == {}


class TestClusters:
    def test_a_cluster_knows_what_the_role_needs(self) -> None:
        assert made()["WE_Main"]["variables"] == {
            "gax_url": ",".join(PAIR),
            "gax_dbid": "1",
            "gax_type": "CFGApplicationCluster",
            "gax_version": "8.5.3",
            "gax_state": "CFGEnabled",
            "gax_tenants": ["Environment"],
            "gax_options": ENGAGEMENT,
            "gax_chat_servers": ["Chat_A", "Chat_B", "Chat_B_Backup"],
            "chat_channel_cluster": "WE_Main",
            "chat_channel_tenant": "1",
        }

    def test_where_several_tenants_are_served_the_user_has_to_choose(self) -> None:
        assert "chat_channel_tenant" not in made()["WE_Old"]["variables"]
        assert made()["WE_Old"]["variables"]["gax_tenants"] == ["Environment", "Resources"]

    def test_a_cluster_belongs_to_its_tenants_type_and_version(self) -> None:
        assert made()["WE_Old"]["groups"] == {
            "tenant": ["Environment", "Resources"],
            "type": ["CFGApplicationCluster"],
            "version": ["8.5.3"],
        }

    def test_no_version_makes_no_group(self) -> None:
        assert made(patterns=["Chat_Servers"])["Chat_Servers"]["groups"]["version"] == []


class TestChatServers:
    def test_every_chat_server_is_a_host_reached_or_not(self) -> None:
        assert list(made("chat_servers")) == ["Chat_A", "Chat_Alone", "Chat_B", "Chat_B_Backup"]

    def test_they_belong_to_every_cluster_that_reaches_them(self) -> None:
        found = {name: host["groups"]["cluster"] for name, host in made("chat_servers").items()}
        assert found == {
            "Chat_A": ["WE_Main", "WE_Old"],
            "Chat_Alone": [],
            "Chat_B": ["WE_Main"],
            "Chat_B_Backup": ["WE_Main"],
        }

    def test_clusters_that_are_not_chosen_do_not_count(self) -> None:
        found = made("chat_servers", ["WE_Old"])
        assert found["Chat_A"]["variables"]["gax_clusters"] == ["WE_Old"]
        assert found["Chat_B"]["variables"]["gax_clusters"] == []

    def test_secrets_are_masked_and_the_rest_is_there(self) -> None:
        options = made("chat_servers")["Chat_A"]["variables"]["gax_options"]
        assert options == {"db": {"password": "********"}, "settings": {"a": "1"}}

    def test_the_role_needs_no_variables_of_a_chat_server(self) -> None:
        names = {name for host in made("chat_servers").values() for name in host["variables"]}
        assert not {name for name in names if name.startswith("chat_channel_")}
