# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Objects of GAX as a file: one list, in an order that keeps differences small, without secrets."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._files import why, write
from .._model.objects import Raw, inner, text
from .._secrets import is_secret, shown
from .._text import as_json, visible, with_escapes

try:
    import yaml
except ImportError:  # beside ansible-core there is always one; where a shipped module runs there may be none
    yaml = None  # type: ignore[assignment]  # None instead of the module says that it is missing

SUFFIXES = (".yml", ".yaml", ".json")
# Each list of an object: its container, its key there, and what the simulator needs in every item.
LISTS = (
    ("options", "property", ("section", "key", "value")),
    ("userproperties", "property", ("section", "key", "value")),
    ("tenantdbids", "id", ("dbid",)),
    ("appservers", "conninfo", ("appserverdbid",)),
    ("portinfos", "portinfo", ()),
    ("resources", "resource", ()),
)
LINE_END = "\n"
NAMES = ("type", "dbid", "name", "section", "key")  # never a secret, and never to be altered


def check_path(path: str, option: str) -> None:
    """Raise BadInput for a path that cannot become such a file."""
    if Path(path).suffix not in SUFFIXES:
        raise BadInput(f"{option}: the name of '{path}' must end in {', '.join(SUFFIXES)}.")
    if Path(path).suffix != ".json" and yaml is None:
        raise BadInput(
            f"{option}: writing YAML requires PyYAML, which the Python that runs this module lacks; use a "
            "name ending in .json, install PyYAML there, or use a local connection."
        )


def read(path: str, option: str) -> str | None:
    """Return what the file holds now, or None when it is not there. Raises BadInput when it cannot be read."""
    try:
        return Path(path).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise BadInput(f"{option}: cannot read {path}: {why(problem)}.") from problem


def save(path: str, content: str, option: str) -> None:
    """Write the file at once, and its folder where it is missing. Raises BadInput.

    A new file is for its owner only: names are not the only thing in an estate that is nobody else's business.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        write(target, content, mode)
    except OSError as problem:
        raise BadInput(f"{option}: cannot write {path}: {why(problem)}.") from problem


def written(path: str, raws: Iterable[Raw], clusters: Sequence[str]) -> str:
    """Return the objects as text, by class and then DBID, one option a line."""
    objects = ordered(raws)
    if Path(path).suffix == ".json":
        return as_json(objects, indent=1) + "\n"
    head = "# Written by genesys_ops.engage.export; values of secret options are masked. Web Engagement Clusters:\n"
    names = "".join(f"#   {as_json(name)}\n" for name in clusters)
    # The C one is ten times faster.
    dumper: Any = type("Dumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {})
    dumper.add_representer(str, _scalar)
    # Without a flow style given, what holds nothing but scalars takes one line, however long.
    body = yaml.dump(
        objects, Dumper=dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=1_000_000
    )
    return f"{head}{names}---\n{with_escapes(body, _escape, keep=LINE_END)}"


def _scalar(dumper: Any, value: str) -> Any:
    """Return the node of a text. Only between double quotes can YAML hold escapes for what cannot be seen."""
    style = None if visible(value, LINE_END) == value else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"


def ordered(raws: Iterable[Raw]) -> list[Raw]:
    """Return the objects as the simulator takes them, by class and then DBID."""
    return sorted(map(loadable, raws), key=_place)


def _place(raw: Raw) -> tuple[str, int, str]:
    dbid = raw["dbid"]
    return raw["type"], int(dbid) if dbid.isdecimal() else 0, dbid


def loadable(raw: Raw) -> Raw:
    """Return an object as the simulator takes it: text in full lists, nothing that is null, nothing secret.

    What is left out or filled in reads the same to this collection.
    """
    tidy = dict(raw)
    for container, key, needed in LISTS:
        if not isinstance(raw.get(container), dict):
            tidy.pop(container, None)
        elif key in raw[container]:
            items = inner(raw, container, key)
            full = [{**item, **{name: "" for name in needed if item.get(name) is None}} for item in items]
            tidy[container] = {**raw[container], key: full}
    result: Raw = _clean(tidy)
    return result


def _clean(value: Any, key: str = "", section: str = "") -> Any:
    """Return text for every scalar, without secrets. ``key`` and ``section`` say what it is, in words of options."""
    if isinstance(value, dict):
        above = section if is_secret("", section) else key  # all that lies below a secret name is secret
        of_option = (text(value["key"]), text(value.get("section"))) if "key" in value else ("value", above)
        return {
            text(name): _clean(item, *(of_option if name == "value" else (text(name), above)))
            for name, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [_clean(item, key, section) for item in value if item is not None]
    plain = text(value).encode("utf-8", "replace").decode()  # half of a surrogate pair is valid JSON, but no text
    return plain if key in NAMES else shown(key, plain, section)
