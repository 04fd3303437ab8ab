# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Find out how a GAX behaves, by asking: reads only, each question once, never a second try after a refusal."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .._errors import GaxError, LoginFailed, Unreachable
from .._model.objects import APPLICATION, CONTAINERS, Application, Raw, inner, text
from .answer import Answer
from .client import Gax, version_in
from .http_client import Http
from .session import NothingShared, Session

MOST_LOOKED_AT = 6  # objects that are read one by one, to see whether lists are complete
MOST_AT_A_TIME = 16  # requests
FAR = 1_000_003  # beyond the highest DBID seen
LISTS = ("options", "userproperties", "appservers", "portinfos", "resources", "tenantdbids")
ME = "user/info"
# Cookies of load balancers: what follows is the name of a pool or a number, which belongs to the estate.
_BALANCERS = re.compile(r"(BIGipServer|NSC_|AWSALB|incap_ses|visid_incap|TS(?=[0-9a-f]{6}))", re.IGNORECASE)


class Probe:
    """Asks a GAX that is logged in. ``times`` are those of small answers, in seconds."""

    def __init__(self, gax: Gax) -> None:
        self._gax = gax
        self._http = gax.session.http
        self.times: list[float] = []

    def ask(self, path: str, **query: str) -> Answer:
        began = time.monotonic()
        answer = self._gax.session.read(path, query or None)
        self.times.append(time.monotonic() - began)
        return answer

    def list_of(self, kind: str, **query: str) -> list[Raw]:
        """Return a list, and nothing where GAX answers otherwise: that is an answer, too."""
        answer = self.ask("cfg/objects", type=kind, brief="false", **query)
        found = answer.data if answer.status == 200 and isinstance(answer.data, list) else []
        return [raw for raw in found if isinstance(raw, dict)]

    @property
    def round_trip_ms(self) -> int:
        return round(statistics.median(self.times) * 1000) if self.times else 0

    # --- what single answers show ------------------------------------------------------------------------------------

    def me(self) -> dict[str, Any]:
        answer = self.ask(ME)
        return answer.data if isinstance(answer.data, dict) else {}

    def version(self) -> str:
        """Return GAX's version, or an empty text."""
        return version_in(self.ask("version/"))

    def session_cookies(self) -> list[str]:
        return sorted({anonymous(name) for name in self._http.cookie_names})

    def missing_object(self, applications: Collection[Application]) -> str:
        dbid = max((int(item.dbid) for item in applications if item.dbid.isdecimal()), default=0) + FAR
        answer = self.ask(f"cfg/objects/{APPLICATION}/{dbid}")
        holds_nothing = not answer.data if answer.is_json else not answer.text.strip()
        return "empty" if answer.status == 200 and holds_nothing else str(answer.status)

    def name_query(self, applications: Sequence[Application]) -> str | None:
        """Ask for a part, and for another case, of a name that was seen."""
        names = {item.name for item in applications}
        usable = [name for name in names if len(name) > 3 and not {name[1:-1], name.swapcase()} & names]
        usable = [name for name in usable if name.swapcase() != name and name.isascii()]
        if not usable:
            return None
        name = max(sorted(usable), key=len)
        part = name[1:-1]
        found = [text(raw.get("name")) for raw in self.list_of(APPLICATION, name=part)]
        if any(part.casefold() not in other.casefold() for other in found):
            return "ignored"
        if name in found:
            return "substring"
        other_case = [text(raw.get("name")) for raw in self.list_of(APPLICATION, name=name.swapcase())]
        return "ignores_case" if name in other_case else "exact"

    def filters(self, applications: Sequence[Application]) -> str | None:
        """Ask for two types of which it is known who has them."""
        types: dict[str, set[str]] = {}
        for item in applications:
            types.setdefault(item.subtype, set()).add(item.dbid)
        rare = sorted(types, key=lambda name: (len(types[name]), name))[:2]
        if len(types) < 3:
            return None  # whoever ignores the filter could not be told from whoever honours it
        query = " OR ".join(f"subtype={name}" for name in rare)
        found = self.list_of(APPLICATION, filters=query)
        if any(text(raw.get("subtype")) not in rare for raw in found):
            return "ignored"
        expected = set().union(*(types[name] for name in rare))
        return "honoured" if expected <= {text(raw.get("dbid")) for raw in found} else "wrong"

    def list_complete(self, applications: Sequence[Application]) -> bool:
        """Read what is connected to and not listed: an object that is there is missing in the list."""
        targets = (dbid for item in applications for dbid in (*item.connected_to, item.backup or ""))
        listed = {"", *(item.dbid for item in applications)}
        wanted = dict.fromkeys(dbid for dbid in targets if dbid not in listed)
        answers = (self.ask(f"cfg/objects/{APPLICATION}/{dbid}") for dbid in list(wanted)[:MOST_LOOKED_AT])
        return not any(answer.status == 200 and isinstance(answer.data, dict) and answer.data for answer in answers)

    # --- several at a time -------------------------------------------------------------------------------------------

    def parallel_requests(self, most: int) -> int:
        """Return how many requests at the same time went well. What goes wrong once may have had another cause."""
        number, doubted = most, False
        while number > 1:
            good = self._good_of(number)
            if good == number:
                break
            if doubted:
                number, doubted = max(1, good), False
            else:
                doubted = True
        return number

    def _good_of(self, number: int) -> int:
        with ThreadPoolExecutor(number) as pool:
            return sum(pool.map(lambda _unused: self._is_me(self._http), range(number)))

    def _is_me(self, http: Http) -> bool:
        try:
            answer = http.send("GET", ME)
        except GaxError:
            return False
        return answer.status == 200 and isinstance(answer.data, dict) and "username" in answer.data

    # --- sessions ----------------------------------------------------------------------------------------------------

    def sessions(self, second: bool) -> dict[str, Any]:
        """Find out what a second log-in and a log-out do. The session of this probe may have ended afterwards."""
        first, http = self._http, self._http
        found: dict[str, Any] = {"concurrent_sessions": None}
        if second:
            other = first.twin({})
            session = Session(other, self._gax.account, NothingShared())  # nobody else need know of a refusal
            try:
                session.open()
                http = other
                found["concurrent_sessions"] = _retried(lambda: self._is_me(first))
            except LoginFailed:
                found["concurrent_sessions"] = "refused"
            except GaxError:
                pass  # not found out
        try:
            return {**found, **self._log_out(http)}
        finally:
            if http is not first:
                http.close()

    def _log_out(self, http: Http) -> dict[str, Any]:
        """Log a session out, and ask with its cookie, or with an invented one if the session goes on."""
        old = http.twin(None)
        try:
            answer = http.send("POST", "session/logout", repeat=1)
            known = answer.status < 400
        except Unreachable:
            known = False
        http.forget_cookies()
        alive = _retried(lambda: self._is_me(old))
        word = "ends_session" if not alive else "without_effect" if known else "not_known"
        stranger = old.twin(dict.fromkeys(old.cookie_names, "0" * 32)) if alive else old
        try:
            return {"log_out": word, "expired_session": _form(stranger.read(ME))}
        finally:
            for one in (old, stranger):
                one.close()


def _retried(ask: Callable[[], bool]) -> bool:
    """A lost connection must not look like a session that has ended."""
    return ask() or ask()


def _form(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return "redirect"
    return "page" if answer.status == 200 and answer.is_html else str(answer.status)


def anonymous(cookie: str) -> str:
    """Return the name of a cookie without what belongs to the estate, such as the name of a pool."""
    balancer = _BALANCERS.match(cookie)
    if balancer:
        return balancer[0].rstrip("_")
    plain = re.match(r"[A-Za-z]+(?:_[A-Za-z]+)*", cookie)
    return plain[0] if plain else "cookie"


def environment_listed(tenants: Sequence[Raw]) -> bool:
    return any(text(raw.get("dbid")) == "1" for raw in tenants)


def empty_containers(applications: Sequence[Application]) -> str:
    """Say whether lists that are empty are there, or left out."""
    empty = missing = False
    for item in applications:
        for key in LISTS:
            outer = item.raw.get(key)
            missing |= key not in item.raw
            empty |= key in item.raw and not (outer and any(outer.values()) if isinstance(outer, dict) else outer)
    return "mixed" if empty and missing else "absent" if missing else "present"


def empty_keys(applications: Sequence[Application]) -> bool:
    return any(
        triple.get("key") == ""
        for item in applications
        for container in CONTAINERS.values()
        for triple in inner(item.raw, container, "property")
    )
