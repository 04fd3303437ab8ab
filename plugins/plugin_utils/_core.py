# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Loads the core, which is everything in module_utils, so that Python keeps it compiled.

Ansible compiles each file of a collection anew in each run. So the core is imported by another name, as any package of
Python is, and is then known by both: whoever imports it, in either way, gets the same modules.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

OF_ANSIBLE = f"{__name__.rpartition('.plugin_utils.')[0]}.module_utils"
OF_PYTHON = "_genesys_ops_engage"


def load(name: str) -> ModuleType:
    """Return a module of the core, such as ``_module.restore``."""
    # One package, so that its modules are attributes of it by both names. It stays: ansible-test imports anew.
    sys.modules.setdefault(OF_PYTHON, import_module(OF_ANSIBLE))
    _share(OF_ANSIBLE, OF_PYTHON)
    found = import_module(f"{OF_PYTHON}.{name}")
    _share(OF_PYTHON, OF_ANSIBLE)
    return found


def _share(package: str, other: str) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{package}."):
            sys.modules.setdefault(other + name[len(package) :], module)


# What every plugin needs. Whoever imports this file first finds the rest of its imports done.
load("_module.context")
load("_module.specs")
load("_module.texts")
