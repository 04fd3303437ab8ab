# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.simulator`."""

import sys

try:
    from .cli import main
except ModuleNotFoundError as problem:
    if problem.name != "aiohttp":
        raise
    sys.exit("The simulator needs the Python library aiohttp: pip install aiohttp")

sys.exit(main())
