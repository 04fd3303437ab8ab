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
      - What to do with applications that this task has changed when a later one fails.
      - V(rollback) rolls them back, where nobody else has changed the same options since. V(keep) leaves them.
    type: str
    choices: [rollback, keep]
    default: rollback
  backup_dir:
    description:
      - Folder to save the options of every application that will change, before the first write.
      - Each run makes a folder of its own in it. Files are readable by their owner only.
      - M(genesys_ops.engage.application_rollback) takes the changes back.
    type: path
  backup_secrets:
    description: Save secrets as they are, instead of masking them.
    type: bool
    default: false
"""
