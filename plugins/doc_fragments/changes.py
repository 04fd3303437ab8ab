# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of everything that changes applications."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_failure:
    description:
      - What to do with applications that this task has changed if a later one fails.
      - V(rollback) rolls them back, unless somebody else has changed the same options since. V(keep) leaves them
        changed.
    type: str
    choices: [rollback, keep]
    default: rollback
  backup_dir:
    description:
      - Folder where the options of every application that will change are saved before the first write.
      - Each run creates its own folder there. Files are readable by their owner only.
      - M(genesys_ops.engage.application_rollback) undoes the changes.
    type: path
  backup_secrets:
    description: Save secrets as they are, instead of masking them.
    type: bool
    default: false
"""
