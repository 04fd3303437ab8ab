# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.simulator`, or `python` with the path of this folder."""

import importlib
import sys
from pathlib import Path

if not __package__:  # called by its path: then Python knows neither the package nor where it is
    __package__ = "tests.simulator"
    sys.path.insert(0, str(Path(__file__).absolute().parents[2]))

try:
    cli = importlib.import_module(f"{__package__}.cli")
except ModuleNotFoundError as problem:
    missing = (problem.name or "").partition(".")[0]
    if missing not in ("aiohttp", "yaml"):
        raise
    package = {"yaml": "PyYAML"}.get(missing, missing)
    sys.exit(f"The simulator needs the Python library {package}: {sys.executable} -m pip install {package}")

sys.exit(cli.main())
