# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Version of the collection, for the files that it writes. A shipped module has no other place to learn it from."""

from __future__ import annotations

VERSION = "1.1.0"
