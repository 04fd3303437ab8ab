# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates on disk: one JSON or YAML file, or a directory of JSON files as public dump tools write.

A file holds one list of objects. A file of a directory holds the objects of the class that it is named after.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from .estate import Estate

BUNDLED = Path(__file__).parent / "estates"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


_ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf\x27\x1c", b"Rar!")


def _warn(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _content(path: Path) -> Any:
    """Return what a file holds; None where it is empty."""
    with path.open("rb") as file:
        packed = file.read(6).startswith(_ARCHIVES)
    if packed or zipfile.is_zipfile(path) or tarfile.is_tarfile(path):
        raise ValueError(f"{path} is an archive: unpack it, and give the folder.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        if not text.strip():
            return None
        return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not text in UTF-8.") from error
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error


def _objects(path: Path, content: Any) -> list[dict[str, Any]]:
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise ValueError(f"{path} must hold one list of objects.")
    return content


def load(source: str | Path = "demo", warn: Callable[[str], object] = _warn) -> Estate:
    """Return the estate in a file or directory; `demo` is the bundled one. Raise ValueError or OSError.

    `warn` takes a sentence for each file of a directory that holds `null`, or nothing: a class that a dump tool could
    not list.
    """
    path = BUNDLED / "demo.yml" if source == "demo" else Path(source)
    if not path.is_dir():
        return Estate(_objects(path, _content(path)))
    files = sorted(path.glob("*.json"))
    if not files:
        raise ValueError(f"{path} holds no JSON files.")
    contents = {file: _content(file) for file in files}
    for file, content in contents.items():
        if content is None:
            warn(f"{file} holds no list: the estate has no {file.stem}.")
    return Estate(
        obj if "type" in obj else {"type": file.stem, **obj}  # a key order is kept as it is
        for file, content in contents.items()
        for obj in _objects(file, content or [])
    )


def words(error: OSError) -> str:
    """Return what went wrong with which file, as a sentence."""
    return f"{error.filename}: {error.strerror}." if error.filename else str(error)


def check_writable(target: Path) -> None:
    """Raise ValueError, with a sentence, when a file cannot be written: better now than when it is needed."""
    try:
        if target.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(0, "it may not be changed")
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise ValueError(f"{target} cannot be written: {error.strerror}.") from error


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
