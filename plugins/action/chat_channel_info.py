# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of this name in the process of Ansible."""

from __future__ import annotations

from ..plugin_utils._in_process import InProcess


class ActionModule(InProcess, operation="_module.operations.chat_channel_info"):
    """See the base class."""
