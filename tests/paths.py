# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the collection is, and the folder in which Ansible finds it."""

from __future__ import annotations

from pathlib import Path

COLLECTION = Path(__file__).resolve().parent.parent
# Not resolved: a link in .venv makes the working tree look like an installed collection.
COLLECTIONS = str(Path(__file__).parents[4])
