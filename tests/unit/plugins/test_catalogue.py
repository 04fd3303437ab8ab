# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An option of the catalogue is everywhere where users, modules and the role need it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.plugins.doc_fragments.channel import ModuleDocFragment
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import (
    CATALOGUE,
    CHANNEL,
    TUNING,
    Option,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import MODULES
from ansible_collections.genesys_ops.engage.tests.docs.role_options import SPECS, specs, variable

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles" / "chat_channel"
# Modules that take all of the catalogue, and what else takes the options of the channel.
COMPLETE = sorted({"chat_channel", "chat_channel_info"} & set(MODULES))


def entry_point(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SPECS.read_text(encoding="utf-8"))["argument_specs"][name]["options"]
    return loaded


def test_the_specs_of_the_role_are_what_the_catalogue_says() -> None:
    assert SPECS.read_text(encoding="utf-8") == specs(), "run: python tests/docs/role_options.py"


@pytest.mark.parametrize("option", CATALOGUE, ids=lambda option: option.name)
def test_every_module_takes_and_documents_it(option: Option) -> None:
    fragment = "DOCUMENTATION" if option in CHANNEL else "RUN"
    documented = yaml.safe_load(getattr(ModuleDocFragment, fragment))["options"][option.name]
    for module in COMPLETE + (["web_engagement_chat"] if option in CHANNEL else []):
        spec = MODULES[module].arguments[option.name]
        assert {key: documented.get(key) for key in ("type", "default", "choices", "required")} == {
            key: spec.get(key) for key in ("type", "default", "choices", "required")
        }
        text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
        assert f"  - genesys_ops.engage.channel{'' if option in CHANNEL else '.run'}\n" in text


@pytest.mark.parametrize("entry", ["main", "audit"])
@pytest.mark.parametrize("option", CATALOGUE, ids=lambda option: option.name)
def test_the_role_knows_it(option: Option, entry: str) -> None:
    spec = entry_point(entry)[variable(option)]
    assert (spec["type"], tuple(spec.get("choices", ()))) == (option.type, option.choices)
    assert bool(spec.get("required")) == option.required


@pytest.mark.parametrize("option", CATALOGUE, ids=lambda option: option.name)
def test_the_readme_has_a_row_with_its_type_and_range(option: Option) -> None:
    [row] = re.findall(rf"^\| `{variable(option)}` \|(.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    kind = row.split("|")[0].strip()
    if option.key:
        assert kind == f"int {_range(option)}{f', {option.unit}' if option.unit else ''}"
    elif option.choices:
        assert kind == ", ".join(f"`{choice}`" for choice in option.choices)
    else:
        assert kind == option.type


def _range(option: Option) -> str:
    return f"{option.least}-{option.most}" if option.most else f">= {option.least}"


def test_names_are_the_same_in_two_spellings() -> None:
    for option in TUNING:
        assert re.sub(r"_(\w)", lambda found: found[1].upper(), option.name) == option.key
