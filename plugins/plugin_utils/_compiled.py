# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Lets Python keep the core in compiled form, as it does with every package that is installed.

Ansible compiles the files of a collection anew in each run: docs/performance.md#where-the-time-goes
Import this before the core. Where the folder cannot be written, or Python is not to write, nothing is kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType

CORE = f"{__name__.partition('.plugin_utils.')[0]}.module_utils."


class _Finder(MetaPathFinder):
    """Finds the files of the core before Ansible does; folders are left to Ansible."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.startswith(CORE):
            for folder in path or ():
                file = os.path.join(folder, f"{fullname.rpartition('.')[2]}.py")
                if os.path.isfile(file):
                    return spec_from_file_location(fullname, file)
        return None


sys.meta_path.insert(0, _Finder())
