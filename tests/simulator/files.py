# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates on disk: one JSON or YAML file, or a directory of JSON files as public dump tools write.

A file holds one list of objects. A file of a directory holds the objects of the class that it is named after.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from .estate import Estate

BUNDLED = Path(__file__).parent / "estates"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _objects(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    try:
        content = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Loader)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise ValueError(f"{path} must hold one list of objects.")
    return content


def load(source: str | Path = "demo") -> Estate:
    """Return the estate in a file or directory; `demo` is the bundled one. Raise ValueError or OSError."""
    path = BUNDLED / "demo.yml" if source == "demo" else Path(source)
    if not path.is_dir():
        return Estate(_objects(path))
    files = sorted(path.glob("*.json"))
    if not files:
        raise ValueError(f"{path} holds no JSON files.")
    return Estate(
        obj if "type" in obj else {"type": file.stem, **obj}  # a key order is kept as it is
        for file in files
        for obj in _objects(file)
    )


def save(estate: Estate, target: str | Path) -> None:
    """Write an estate to one file, as JSON or else as YAML, so that `load` returns the same."""
    path = Path(target)
    objects = list(estate)
    if path.suffix == ".json":
        text = json.dumps(objects, indent=1, ensure_ascii=False)
    else:
        # As exports are written, one option a line: what has changed is easy to see.
        style: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "default_flow_style": None}
        text = yaml.dump(objects, Dumper=_Dumper, width=1_000_000, **style)
    path.write_text(text, encoding="utf-8")
