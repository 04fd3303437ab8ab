#!/usr/bin/env python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the options of section [chat] into the role's argument specs: ``python tests/docs/role_options.py``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import PEAK, TUNING, Option

SPECS = Path(__file__).resolve().parents[2] / "roles" / "chat_channel" / "meta" / "argument_specs.yml"
BEGIN, END = "      # Written by tests/docs/role_options.py: begin\n", "      # end\n"
OPTIONS = (*TUNING, PEAK)


def specs() -> str:
    """Return the whole file: with the options in full in its first block, and references to them in the others."""
    found = SPECS.read_text(encoding="utf-8")
    first, *others = re.split(f"{re.escape(BEGIN)}(?s:.*?){re.escape(END)}", found)
    references = "".join(f"      {variable(option)}: *{option.name}\n" for option in OPTIONS)
    full = "".join(line for option in OPTIONS for line in _lines(option))
    return f"{first}{BEGIN}{full}{END}" + f"{BEGIN}{references}{END}".join(others)


def variable(option: Option) -> str:
    return f"chat_channel_{option.name}"


def _lines(option: Option) -> Iterator[str]:
    yield f"      {variable(option)}: &{option.name}\n        description:\n"
    for sentence in (*option.text, *(["Left as it is when not given."] if option.key else [])):
        words = re.sub(r"\bO\((\w+)", r"O(chat_channel_\1", sentence)
        for line in textwrap.wrap(words, 120, initial_indent=" " * 10 + "- ", subsequent_indent=" " * 12):
            yield f"{line}\n"
    yield f"        type: {option.type}\n"


if __name__ == "__main__":
    SPECS.write_text(specs(), encoding="utf-8")
