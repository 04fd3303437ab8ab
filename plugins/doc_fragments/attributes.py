# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of what the modules support."""

from __future__ import annotations


class ModuleDocFragment:
    # Modules that change something.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Predicts exactly what a run would change, without any write.
    support: full
  diff_mode:
    description: Returns what changed, or would change in check mode. Both are the same.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
  action_group:
    description: Use C(group/genesys_ops.engage.gax) in C(module_defaults) to set the connection options.
    support: full
    membership: [genesys_ops.engage.gax]
"""

    # Modules that only read.
    INFO = r"""
attributes:
  check_mode:
    description: Only reads, so check mode makes no difference.
    support: full
  diff_mode:
    description: Changes nothing, so there is no difference to show.
    support: N/A
  idempotent:
    description: Only reads.
    support: full
  action_group:
    description: Use C(group/genesys_ops.engage.gax) in C(module_defaults) to set the connection options.
    support: full
    membership: [genesys_ops.engage.gax]
"""
