# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors, and what caused them."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import (
    BadInput,
    LoginFailed,
    is_refused_log_in,
)


@pytest.mark.parametrize("refused", [True, False])
def test_a_refused_log_in_is_found_behind_other_errors(refused: bool) -> None:
    first, second, third = LoginFailed("no", refused=refused), BadInput("because"), BadInput("therefore")
    third.__cause__, second.__cause__ = second, first
    assert is_refused_log_in(third) is refused
    assert not is_refused_log_in(None)


def test_causes_may_go_in_a_circle() -> None:
    first, second = BadInput("one"), BadInput("another")
    first.__cause__, second.__cause__ = second, first
    assert not is_refused_log_in(first)
    first.__cause__ = first
    assert not is_refused_log_in(first)
