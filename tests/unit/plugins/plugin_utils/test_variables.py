# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A misspelt variable of an inventory is pointed at; what is known, or is somebody else's, is not."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION
from ansible_collections.genesys_ops.engage.plugins.plugin_utils._variables import (
    SPECS,
    known_variables,
    unknown_variables,
)

OF_THE_ROLE = {"chat_channel_cluster", "chat_channel_queue", "chat_channel_report_dir", "chat_channel_restore_from"}
PUBLISHED = {"chat_channel_result", "chat_channel_restart_required", "chat_channel_batch", "chat_channel_hosts"}
OF_A_HOST = {"gax_dbid", "gax_type", "gax_version", "gax_state", "gax_tenants", "gax_options", "gax_chat_servers"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("chat_channel_queu", "chat_channel_queue"),
        ("chat_channel_Queue", "chat_channel_queue"),
        ("chat_channel_end_point", "chat_channel_endpoint"),
        ("chat_channel_conection_timeout", "chat_channel_connection_timeout"),
        ("chat_channel_tennant", "chat_channel_tenant"),
        ("gax_user", "gax_username"),
        ("gax_pasword", "gax_password"),
        ("gax_validate_cert", "gax_validate_certs"),
    ],
)
def test_a_slip_names_what_was_probably_meant(name: str, meant: str) -> None:
    (said,) = unknown_variables([name, "ansible_host"])
    assert said == f"Variable {name} is unknown. Did you mean {meant}? It has no effect."


def test_all_that_belongs_to_the_role_must_be_known_to_it() -> None:
    said = unknown_variables(["chat_channel_maintenance_window"])
    assert said == ["Variable chat_channel_maintenance_window is unknown to the role chat_channel. It has no effect."]


@pytest.mark.parametrize(
    "name",
    ["gax_password_production", "gax_test_url", "gax_applications", "gaxurl", "chat_channel", "__chat_channel_queu"],
)
def test_names_of_other_people_are_theirs(name: str) -> None:
    assert unknown_variables([name]) == []


def test_every_variable_of_the_collection_is_known() -> None:
    assert unknown_variables(OF_THE_ROLE | PUBLISHED | OF_A_HOST | set(CONNECTION)) == []
    assert len(known_variables()) > 50


def test_every_argument_of_the_role_is_known() -> None:
    specs = yaml.safe_load(SPECS.read_text(encoding="utf-8"))["argument_specs"]
    of_role = {name for spec in specs.values() for name in spec["options"]}
    assert len(of_role) > 20
    assert {name for name in known_variables() if name.startswith("chat_channel_")} - PUBLISHED - {
        "chat_channel_serial"
    } == {name for name in of_role if name.startswith("chat_channel_")}
