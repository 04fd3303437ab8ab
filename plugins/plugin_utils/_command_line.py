# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""How a command line names hosts and their connection, for commands that a user can copy."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from ansible import context

from ..module_utils._secrets import without_credentials

_PLAIN = re.compile(r"[\w./:,@+-]+")
_LEADS_THERE = r"gax_(?!in_process\b)|chat_channel_cluster\b"
# Of the channel itself: all but what an audit alone needs.
_ASKS = r"chat_channel_(?!report_|compare_with\b|fail_on\b)"


def arguments_of(variables: Mapping[str, Any]) -> str:
    """Return the arguments that name this host and its connection."""
    sources = variables.get("ansible_inventory_sources") or ()
    host = str(variables.get("inventory_hostname", ""))
    words = [word for source in sources for word in ("-i", str(source))]
    words += ["--limit", f"{host}," if " " in host else host]  # with a comma a blank does not end a pattern
    return shlex.join([*words, *connecting()])


def connecting(asking: bool = False) -> list[str]:
    """Return what else this command line says of the connection, such as files of extra variables and of a vault.

    Of other extra variables only those count that say where GAX and the cluster are, or, with ``asking``, what is asked
    of the channel; and never one with a secret.
    """
    given: Mapping[str, Any] = context.CLIARGS
    needed = re.compile(rf"\b({_LEADS_THERE}|{_ASKS})" if asking else rf"\b({_LEADS_THERE})")
    words = []
    for text in map(str, given.get("extra_vars") or ()):
        if text.startswith("@") or (needed.search(text) and without_credentials(text) == text):
            words += ["-e", _copyable(text)]
    words += ["--ask-vault-pass"] if given.get("ask_vault_pass") else []
    for option, values in (("--vault-id", "vault_ids"), ("--vault-password-file", "vault_password_files")):
        words += [word for value in given.get(values) or () for word in (option, str(value))]
    return words


def _copyable(text: str) -> str:
    """Return JSON as ``name=value`` if that says the same: Ansible puts a backslash before each quotation mark."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    items = found.items() if isinstance(found, dict) else [("", "")]
    # null has no other form: name=None would be a text.
    words = [(name, "" if value is None else str(value)) for name, value in items]
    plain = all(_PLAIN.fullmatch(part) for word in words for part in word)
    return " ".join(map("=".join, words)) if plain else text
