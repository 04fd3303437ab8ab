#!/usr/bin/env python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the options of section [chat] into what the role takes.

Run ``python tests/docs/role_options.py`` after a change of the catalogue.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import PEAK, TUNING, Option

ROLE = Path(__file__).resolve().parents[2] / "roles" / "chat_channel"
SPECS = ROLE / "meta" / "argument_specs.yml"
BEGIN, END = "      # Written by tests/docs/role_options.py: begin\n", "      # end\n"
OPTIONS = (*TUNING, PEAK)


def specs() -> str:
    """Return the argument specs: with the options in full in the first block, and references to them in the others."""
    first, *others = _around(SPECS)
    references = "".join(f"      {variable(option)}: *{option.name}\n" for option in OPTIONS)
    full = "".join(line for option in OPTIONS for line in _lines(option))
    return f"{first}{BEGIN}{full}{END}" + f"{BEGIN}{references}{END}".join(others)


def _around(path: Path) -> list[str]:
    """Return what stands before, between and after the blocks of a file."""
    return re.split(f"{re.escape(BEGIN)}(?s:.*?){re.escape(END)}", path.read_text(encoding="utf-8"))


def variable(option: Option) -> str:
    return f"chat_channel_{option.name}"


def _lines(option: Option) -> Iterator[str]:
    yield f"      {variable(option)}: &{option.name}\n        description:\n"
    for sentence in (*option.text, *(["Left unchanged if not given."] if option.key else [])):
        words = re.sub(r"\bO\((\w+)", r"O(chat_channel_\1", sentence)
        for line in textwrap.wrap(words, 120, initial_indent=" " * 10 + "- ", subsequent_indent=" " * 12):
            yield f"{line}\n"
    yield f"        type: {option.type}\n"


if __name__ == "__main__":
    SPECS.write_text(specs(), encoding="utf-8")
