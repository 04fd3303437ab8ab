# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From names to objects that were read, with errors that say what was probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from .._errors import BadInput
from .._secrets import is_altered
from .._text import is_unseen, named, visible
from .objects import Application, Tenant


def variable(parameter: str) -> str:
    """Return how messages name an option: that of the modules, and the role's variable."""
    return f"{parameter} (chat_channel_{parameter})"


def check_name(text: str, what: str) -> None:
    """Raise BadInput for a name with a blank at its edge, or with characters that cannot be seen. ``what`` names it.

    Names are taken as they are: such a character is not meant, and would make an object that nobody finds again.
    """
    if is_altered(text):
        raise BadInput(f"{what} '{visible(text)}' was masked or escaped before it got here; give the name itself.")
    for edge, where in ((text[-1:], "ends with"), (text[:1], "begins with")):
        if edge.isspace() and text.strip():
            hint = " A block scalar (|) ends like that; write the name on the line of its key." if edge == "\n" else ""
            raise BadInput(f"{what} {where} {named(edge)}: '{visible(text)}'. Remove it.{hint}")
    for place, character in enumerate(text, 1):
        if is_unseen(character):
            raise BadInput(f"{what} holds {named(character)} as character {place}: '{visible(text)}'. Remove it.")


# Letters and signs that look like one of ASCII: Cyrillic, Greek, dashes and quotes.
_PAIRS = (
    "АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЇI ЈJ ЅS аa еe оo рp сc уy хx іi јj ѕs ԁd ԛq ԝw һh "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ‐- ‑- ‒- –- —- −- \u2019' \u2018' ´' \u201c\" \u201d\""
)
_ALIKE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}


def _look(name: str) -> str:
    """Return what a name looks like: blanks, dashes and letters of several scripts look alike."""
    plain = unicodedata.normalize("NFKC", name).translate(_ALIKE)
    return " ".join("".join(" " if char.isspace() else char for char in plain if not is_unseen(char)).split())


def probably(wanted: str, names: Iterable[str]) -> str:
    """Return a sentence naming the nearest of the names, or an empty text. One that looks the same is nearest.

    Where two look the same, another sentence says which character differs.
    """
    names = list(dict.fromkeys(names))
    same = [name for name in names if name.casefold() == wanted.casefold()]
    alike = [name for name in names if name != wanted and _look(name).casefold() == _look(wanted).casefold()]
    near = same or alike or difflib.get_close_matches(wanted, names, n=3, cutoff=0.7)
    quoted = [f"'{visible(name)}'" for name in near]
    said = f" Did you mean {' or '.join(quoted)}?" if near else ""
    return said if same or not alike else f"{said} {_difference(wanted, alike[0])}"


def look_alike(wanted: str, names: Iterable[str]) -> str:
    """Return a sentence naming what differs from a name in case only or looks the same, or an empty text."""
    look = _look(wanted).casefold()
    return probably(wanted, [name for name in names if name != wanted and _look(name).casefold() == look])


def _difference(wanted: str, there: str) -> str:
    """Say where two names differ that look the same."""
    pairs = zip_longest(wanted, there)
    place, one, other = next(
        (place, one, other)
        for place, (one, other) in enumerate(pairs, 1)
        if one is None or other is None or one.casefold() != other.casefold()
    )
    return (
        f"They look the same, but character {place} is {named(one) if one else 'missing'} in the name given, and "
        f"{named(other) if other else 'missing'} in GAX."
    )


def named_tenant(tenants: Sequence[Tenant], wanted: str, option: str) -> Tenant:
    """Return the tenant of this DBID or name. Raises BadInput."""
    by_dbid = [tenant for tenant in tenants if tenant.dbid == wanted]
    by_name = [tenant for tenant in tenants if tenant.name == wanted]
    if by_dbid or by_name:
        return (by_dbid or by_name)[0]
    known = ", ".join(f"{tenant.name} ({tenant.dbid})" for tenant in tenants)
    hint = probably(wanted, (tenant.name for tenant in tenants))
    raise BadInput(f"{option}: there is no tenant '{wanted}'.{hint}{_octal(tenants, wanted)} GAX shows: {known}.")


def _octal(tenants: Sequence[Tenant], wanted: str) -> str:
    """Return a sentence where YAML made this number of one with a zero in front, or an empty text."""
    is_number = wanted.isascii() and wanted.isdecimal() and not wanted.startswith("0")
    digits = f"{int(wanted):o}" if is_number else ""
    meant = next((tenant for tenant in tenants if digits and digits in (tenant.dbid, tenant.name.lstrip("0"))), None)
    if meant is None:
        return ""
    by_dbid = meant.dbid == digits
    written, right = (f"0{digits}", digits) if by_dbid else (meant.name, f"'{meant.name}', with its quotes,")
    return f" YAML reads {written} as an octal number, which is {wanted}: write {right} for tenant {meant.name}."


def choose_tenant(tenants: Sequence[Tenant], wanted: str | None, application: Application, option: str) -> Tenant:
    """Return the tenant of this name or DBID, or the only one that the application serves. Raises BadInput."""
    served = [tenant for tenant in tenants if tenant.dbid in application.tenants]
    if not wanted:
        if len(served) == 1:
            return served[0]
        names = ", ".join(f"{tenant.name} ({tenant.dbid})" for tenant in served)
        serves = f"serves several tenants: {names}" if served else "serves no tenant that this account can see"
        raise BadInput(f"{option}: application '{application.name}' {serves}. Specify one by name or DBID.")
    chosen = named_tenant(tenants, wanted, option)
    if application.tenants and chosen not in served:
        names = ", ".join(tenant.name for tenant in served) or "none"
        raise BadInput(
            f"{option}: application '{application.name}' does not serve tenant '{chosen.name}' ({chosen.dbid}); it "
            f"serves {names}.{_octal(served, wanted)}"
        )
    return chosen
