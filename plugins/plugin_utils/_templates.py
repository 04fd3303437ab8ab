# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What may be said of a template that fails: Ansible quotes the template, and the lines around it."""

from __future__ import annotations

import re


def template_problem(name: str, problem: Exception) -> str:
    """Return a sentence about the template of an option; of a password nothing that Ansible says, for it quotes."""
    said = without_excerpt(problem)
    if name == "gax_password":
        undefined = re.search(r"'[\w.]+' is undefined", said)
        said = (
            undefined[0] if undefined else "the error is not shown. A password with two braces requires the tag !unsafe"
        )
    return f"{name} is a template that failed: {said.rstrip('.')}."


def without_excerpt(problem: Exception) -> str:
    """Return what went wrong, without the lines of a file that Ansible quotes: one of them may hold the password."""
    said = str(problem).split("\n\nThe error appears", 1)[0].split("\nOrigin: ", 1)[0].strip()
    said = ". ".join(dict.fromkeys(sentence.rstrip(".") for sentence in said.split(". ")))  # core 2.16 repeats itself
    advice = getattr(problem, "_help_text", None)
    return f"{said}. {advice}" if advice else said
