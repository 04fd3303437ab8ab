# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""GAX: log in, read, write, log out. Every quirk of GAX lives here.

The API has no public reference. Facts and their evidence: ``docs/evidence.md``.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

from .._errors import GaxError, LoginFailed, PermissionDenied, Unreachable, WriteFailed
from .._model.objects import TENANT, Raw
from .._secrets import Redactor, secrets_in
from .http import WORTH_A_RETRY, Answer, Http, HttpSettings, in_clear

MOST_RENEWALS = 3  # of the session, for one read: sessions that end faster than that are of no use
ENVIRONMENT = {"type": TENANT, "dbid": "1", "name": "Environment"}

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class Account:
    """Who logs in. ``transport`` is ``obfuscated`` or ``plain``."""

    username: str
    password: str
    transport: str = "obfuscated"


def obfuscate(password: str, rng: random.Random | None = None) -> str:
    """Return the password as GAX's own log-in page sends it (docs/evidence.md#the-session). It protects nothing."""
    rng = rng or random.Random()
    return "".join(_shifted(character, rng.randint(68, 122)) for character in password)


def _shifted(character: str, shift: int) -> str:
    while 0xD800 <= ord(character) + shift <= 0xDFFF:  # half of a surrogate pair is no text
        shift += 1
    return chr(ord(character) + shift) + chr(shift)


class Gax:
    """One session with GAX; a context manager. ``warn`` takes sentences for the user."""

    def __init__(
        self, settings: HttpSettings, account: Account, warn: Callable[[str], None] = lambda text: None
    ) -> None:
        self._account = account
        self._redactor = Redactor()
        self._redactor.learn(account.password)
        self._http = Http(settings, self._redactor)
        self._lock = threading.Lock()
        self._log_ins = 0
        self._gone: LoginFailed | None = None
        self._greeting: Answer
        self._pool = ThreadPoolExecutor(settings.concurrency)
        for url in in_clear(settings.urls):
            warn(f"gax_url {url} is plain http: the password crosses the network readable. Use https.")

    @property
    def url(self) -> str:
        """Address of the GAX that answered."""
        return self._http.url

    @property
    def settings(self) -> HttpSettings:
        return self._http.settings

    def __enter__(self) -> Gax:
        try:
            self._choose_address()
            self._log_in()
        except BaseException:
            self._log_out()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._log_out()

    def _log_out(self) -> None:
        """No public source shows a log-out: this is a courtesy, whatever comes of it."""
        try:
            if self._http.cookies:
                self._http.send("POST", "session/logout", timeout=min(5.0, self.settings.timeout))
        except GaxError:
            pass
        finally:
            self._http.close()

    def each(self, work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
        """Do the work for every item, at most ``gax_concurrency`` at a time; return the results in order."""
        items = list(items)
        if len(items) < 2 or self.settings.concurrency == 1:
            return [work(item) for item in items]
        return list(self._pool.map(work, items))

    # --- objects -----------------------------------------------------------------------------------------------------

    def objects(self, kind: str, **query: str) -> list[Raw]:
        """Return the objects of a class that match the query, as GAX gives them. It may give more than asked for."""
        found = self._read("cfg/objects", {"type": kind, "brief": "false", **query})
        if not isinstance(found, list):
            raise GaxError(f"GAX answered the list of {kind} with something that is not a list; check gax_url.")
        return [raw for raw in found if isinstance(raw, dict)]

    def object(self, kind: str, dbid: str) -> Raw | None:
        """Return one object, or None when there is none with this DBID."""
        found = self._read(self._path(kind, dbid), missing_is_none=True)
        if isinstance(found, list):
            found = found[0] if len(found) == 1 else None
        return found if isinstance(found, dict) and str(found.get("dbid")) == dbid else None

    def find_by_name(self, kind: str, name: str) -> list[Raw]:
        """Return the objects of exactly this name. Whether ``name=`` is exact in GAX is not known: filter again."""
        return [raw for raw in self.objects(kind, name=name) if raw.get("name") == name]

    def tenants(self) -> list[Raw]:
        """Return all tenants; Environment too, which GAX's list leaves out (docs/evidence.md#reading)."""
        found = self.objects(TENANT)
        return found if any(str(raw.get("dbid")) == "1" for raw in found) else [ENVIRONMENT, *found]

    def update(self, raw: Raw) -> None:
        """Write a whole object back. Raises WriteFailed; then look before anything else."""
        kind, dbid = raw["type"], str(raw["dbid"])
        self._write("PUT", self._path(kind, dbid), raw)

    def create(self, raw: Raw) -> str:
        """Create an object; return its DBID, or an empty text where GAX does not tell. Raises WriteFailed.

        Both forms have been seen: the object in the answer, and an empty answer (docs/evidence.md#writing).
        """
        answer = self._write("POST", "cfg/objects", raw)
        if isinstance(answer.data, dict) and answer.data.get("dbid"):
            return str(answer.data["dbid"])
        found = re.search(r"/cfg/objects/[^/]+/([0-9]+)", answer.location)
        return found[1] if found else ""

    def delete(self, kind: str, dbid: str) -> None:
        """Delete an object. Raises WriteFailed."""
        self._write("DELETE", self._path(kind, dbid), None)

    # --- answers -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _path(kind: str, dbid: str) -> str:
        return f"cfg/objects/{kind}/{quote(dbid, safe='')}"

    def _read(self, path: str, params: Mapping[str, str] | None = None, missing_is_none: bool = False) -> Any:
        for _attempt in range(MOST_RENEWALS + 1):
            log_ins = self._log_ins
            answer = self._http.read(path, params)
            if not (self._may_be_logged_out(answer) and self._renew(log_ins)):
                break
        if answer.status == 200 and answer.is_json:
            return answer.data
        if missing_is_none and (answer.status in (204, 404) or (answer.status == 200 and not answer.text.strip())):
            return None
        raise self._error_for(answer)

    def _write(self, method: str, path: str, body: Raw | None) -> Answer:
        log_ins = self._log_ins
        self._redactor.learn(*secrets_in(body))
        try:
            answer = self._http.send(method, path, body)
        except Unreachable as problem:
            raise WriteFailed(str(problem), transient=True, may_land=problem.sent) from problem
        if answer.status in (200, 201, 204) and not answer.is_html:
            return answer
        if "/cfg/objects/" in answer.location:
            return answer
        if self._may_be_logged_out(answer) and self._renew(log_ins):
            raise WriteFailed(f"{self._http.what(method, path)}: the session had expired.", True, renewed=True)
        if answer.location:
            return answer
        busy = answer.status in WORTH_A_RETRY
        raise WriteFailed(str(self._error_for(answer)), transient=busy, may_land=busy)

    @staticmethod
    def _may_be_logged_out(answer: Answer) -> bool:
        """No public source shows how GAX answers without a session: each plausible form counts."""
        return answer.status in (401, 403) or 300 <= answer.status < 400 or (answer.status == 200 and answer.is_html)

    def _error_for(self, answer: Answer) -> GaxError:
        """Turn an answer that is no success into an error: method, path, status, its beginning, what to check."""
        what, excerpt = self._http.what(answer.method, answer.path), self._http.excerpt(answer)
        said = f"{what} answered {answer.status}" + (f" ({excerpt})" if excerpt else "")
        if answer.status in (401, 403):
            return PermissionDenied(
                f"{said}: user '{self._account.username}' is logged in but may not do this; "
                "check the role privileges in GAX and the permissions of the object in Configuration Server."
            )
        if answer.is_html and answer.status < 400:
            return GaxError(f"{said}: a web page where data was expected; check gax_url and the state of GAX.")
        return GaxError(f"{said}; check the log of GAX and the state of Configuration Server.")

    # --- session -----------------------------------------------------------------------------------------------------

    def _choose_address(self) -> None:
        """Take the first address where a GAX answers. Asks what GAX answers without a session."""
        problems = []
        for url in self.settings.urls:
            self._http.url = url
            try:
                answer = self._http.read("cfg/schema")
            except Unreachable as problem:
                problems.append(str(problem))
                continue
            if answer.status in WORTH_A_RETRY:
                problems.append(str(self._error_for(answer)))
                continue
            if isinstance(answer.data, dict) and str(answer.data.get("isEnabled", True)).lower() != "true":
                problems.append(
                    f"The GAX at {url} says that it is not enabled (cfg/schema): it is starting or not set up. "
                    "Wait until it is ready, then run again."
                )
                continue
            self._greeting = answer
            return
        raise Unreachable(f"No GAX can be reached. {' '.join(problems)}", sent=False)

    def _log_in(self) -> None:
        account = self._account
        encrypted = account.transport == "obfuscated"
        password = obfuscate(account.password) if encrypted else account.password
        self._redactor.learn(password)
        self._http.forget_cookies()
        body = {"username": account.username, "password": password, "isPasswordEncrypted": encrypted}
        # Repeated once when nothing was answered, never after a refusal: that could lock the account.
        answer = self._http.send("POST", "session/login", body, repeat=min(1, self.settings.retries))
        self._redactor.learn(*self._http.cookies)
        if answer.status >= 300 or not self._is_me():
            raise self._not_logged_in(answer)
        self._log_ins += 1

    def _not_logged_in(self, answer: Answer) -> LoginFailed:
        """Say why there is no session: no GAX at all, one that is not set up, or a refused account."""
        pages = [page.text for page in (self._greeting, answer) if page.is_html]
        said = f"POST session/login answered {answer.status}"
        if any(map(_is_set_up_page, pages)):
            return LoginFailed(
                f"The GAX at {self.url} shows its first-time set-up page: it is not connected to a Configuration "
                "Server. Finish its set-up, or correct gax_url."
            )
        if answer.status in (404, 405) or len(pages) == 2:
            return LoginFailed(
                f"{self.url} answers, but not like a GAX ({said}); check host, port and path in gax_url."
            )
        who = f"user '{self._account.username}' at {self.url}"
        if answer.status < 300 and not answer.is_html:
            return LoginFailed(
                f"GAX accepted {who} but user/info does not confirm it; check that the account may use GAX, "
                "and that the session cookie is not bound to https or to another host than gax_url names."
            )
        excerpt = self._http.excerpt(answer)
        return LoginFailed(
            f"GAX did not accept {who} ({said}{': ' + excerpt if excerpt else ''}); check gax_username, "
            f"gax_password and gax_password_transport (now {self._account.transport})."
        )

    def _is_me(self) -> bool:
        """Ask GAX who is logged in (docs/evidence.md#the-session)."""
        answer = self._http.read("user/info")
        name = answer.data.get("username") if answer.status == 200 and isinstance(answer.data, dict) else None
        return str(name).casefold() == self._account.username.casefold()

    def _renew(self, log_ins: int) -> bool:
        """Log in again if the session has ended. Return false when it is alive: then the answer means something else.

        ``log_ins`` is how many log-ins there had been when the request was sent: several threads may find out at once.
        """
        with self._lock:
            if self._gone:
                raise self._gone  # a further log-in could lock the account
            if self._log_ins == log_ins:
                if self._is_me():
                    return False
                try:
                    self._log_in()
                except LoginFailed as refused:
                    self._gone = refused
                    raise
            return True


def _is_set_up_page(page: str) -> bool:
    """Recognise the page of a GAX in set-up mode. Its wording is not known; these words fit no log-in page."""
    text = page.lower()
    return any(word in text for word in ("set-up", "setup", "initial configuration"))
