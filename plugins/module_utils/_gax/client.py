# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""GAX: read and write its objects. Every quirk of GAX lives here and in the session.

The API has no public reference. Facts and their evidence: ``docs/evidence.md``.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from urllib.parse import quote

from .._errors import EngageError, GaxError, PermissionDenied, Unreachable, WriteFailed
from .._model.objects import APPLICATION, CHAT_SERVER, TENANT, Application, Raw
from .._secrets import Redactor
from .answer import Answer
from .http_client import WORTH_A_RETRY, Http, HttpSettings
from .reader import In, Out
from .session import CHECK_SESSIONS, Account, Logins, NothingShared, Session
from .urls import in_clear

ODD_PAUSE = 0.3  # seconds before an odd answer is asked for again
ENVIRONMENT = {"type": TENANT, "dbid": "1", "name": "Environment"}


class Gax:
    """GAX with one session; a context manager. ``warn`` takes sentences for the user."""

    def __init__(
        self,
        settings: HttpSettings,
        account: Account,
        warn: Callable[[str], None] = lambda text: None,
        logins: Logins | None = None,
    ) -> None:
        self._warn = warn
        self._warned: set[str] = set()
        self._account = account
        self._redactor = Redactor()
        self._redactor.learn(account.password)
        self._http = Http(settings, self._redactor)
        self._logins = logins or NothingShared()
        self._session = Session(self._http, account, self._logins)
        self._pool = ThreadPoolExecutor(settings.concurrency)
        self._opening = threading.Lock()
        self._is_open = False
        self._is_done = False
        self._refused: EngageError | None = None
        for url in in_clear(settings.urls):
            warn(f"gax_url {url} uses http; the password is sent over the network in clear text. Use https.")

    def warn(self, text: str) -> None:
        """Tell the user, once: many threads may find out the same."""
        if text not in self._warned:
            self._warned.add(text)
            self._warn(text)

    @property
    def may_change(self) -> bool:
        """Changes may be planned on what GAX itself says."""
        return True

    @property
    def url(self) -> str:
        """Address of the GAX that answered."""
        return self._http.url

    @property
    def session(self) -> Session:
        """The session itself, for who looks at answers as they are."""
        return self._session

    @property
    def account(self) -> Account:
        return self._account

    @property
    def is_only_session(self) -> bool:
        """Whether the other hosts of the run wait until this session ends."""
        return self._logins.has_turn

    @property
    def settings(self) -> HttpSettings:
        return self._http.settings

    @property
    def is_open(self) -> bool:
        """Whether there is a session."""
        return self._is_open

    def open(self) -> None:
        """Log in, unless that was done. Raises LoginFailed and Unreachable, the same for all threads."""
        with self._opening:
            if self._refused:
                raise self._refused
            if not self._is_open:
                try:
                    self._session.open()
                except EngageError as problem:
                    self._refused = problem
                    raise
                self._is_open = True

    def __enter__(self) -> Gax:
        try:
            self.open()
        except BaseException:
            self._session.close()
            raise
        return self

    @contextmanager
    def later(self) -> Iterator[Gax]:
        """Log in when ``open`` is called, if it is: who takes everything from others needs no session."""
        try:
            yield self
        finally:
            self.__exit__(None, None, None)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.done()

    def done(self) -> None:
        """Log out, while the caller goes on: nothing more will be asked."""
        if not self._is_done:
            self._is_done = True
            self._pool.shutdown(cancel_futures=True)
            self._session.close()

    def undisturbed(self) -> AbstractContextManager[None]:
        """Let no other thread send anything: for a write that met the end of its session."""
        return self._session.alone()

    def each(self, work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
        """Do the work for every item, at most ``gax_concurrency`` at a time; return the results in order."""
        items = list(items)
        if len(items) < 2 or self.settings.concurrency == 1:
            return [work(item) for item in items]
        return list(self._pool.map(work, items))

    # --- objects -----------------------------------------------------------------------------------------------------

    def objects(self, kind: str, **query: str) -> list[Raw]:
        """Return the objects of a class that match the query, as GAX gives them. It may give more than asked for."""

        def odd(answer: Answer) -> bool:
            if answer.status == 200 and isinstance(answer.data, list):
                return not answer.data and _never_empty(kind, query)
            return answer.status in (200, 204)

        answer = self._read("cfg/objects", {"type": kind, "brief": "false", **query}, odd)
        if answer.status != 200 or not answer.is_json:
            raise self._error_for(answer)
        if not isinstance(answer.data, list):
            raise GaxError(
                f"{self._http.said(answer)}: the response is not a list of {kind}; check gax_url and the log of GAX."
            )
        return [raw for raw in answer.data if isinstance(raw, dict)]

    def applications(self, **query: str) -> list[Application]:
        """Return the applications that match the query, and maybe more."""
        return [Application(raw) for raw in self.objects(APPLICATION, **query)]

    def object(self, kind: str, dbid: str) -> Raw | None:
        """Return one object, or None when there is none with this DBID."""

        def odd(answer: Answer) -> bool:
            return answer.status in (200, 204, 404) and _the_one(answer, dbid) is None

        answer = self._read(self._path(kind, dbid), None, odd)
        found = _the_one(answer, dbid)
        if found is None and not _is_nothing(answer):
            raise self._error_for(answer)
        return found

    def find_by_name(self, kind: str, name: str) -> list[Raw]:
        """Return the objects of exactly this name. Whether ``name=`` is exact in GAX is not known: filter again."""
        return [raw for raw in self.objects(kind, name=name) if raw.get("name") == name]

    def tenants(self) -> list[Raw]:
        """Return all tenants; Environment too, which GAX's list leaves out (docs/evidence.md#reading)."""
        found = self.objects(TENANT)
        return found if any(str(raw.get("dbid")) == "1" for raw in found) else [ENVIRONMENT, *found]

    def version(self) -> str:
        """Return GAX's version, or an empty text: the form of the answer is not known, and nothing depends on it."""
        try:
            answer = self._session.read("version/", None)
        except GaxError:
            return ""
        return version_in(answer)

    def origin(self) -> tuple[str, str]:
        """Return the address that answered, and its version."""
        return self.url, self.version()

    def update(self, raw: Raw) -> bool:
        """Write a whole object back. Return false when GAX only promises to do it (202). Raises WriteFailed.

        Whatever is returned or raised, look before anything else.
        """
        return self.put(raw).status != 202

    def put(self, raw: Raw) -> Answer:
        """Write a whole object back and return the answer. Raises WriteFailed; see ``update``."""
        kind, dbid = raw["type"], str(raw["dbid"])
        return self._write("PUT", self._path(kind, dbid), raw)

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

    def _read(self, path: str, params: Mapping[str, str] | None, odd: Callable[[Answer], bool]) -> Answer:
        """Read; once more if the answer is odd: what GAX, or what stands before it, says once need not be true."""
        answer = self._session.read(path, params)
        if odd(answer):
            time.sleep(ODD_PAUSE)
            answer = self._session.read(path, params)
        return answer

    def _write(self, method: str, path: str, body: Raw | None) -> Answer:
        self._redactor.learn_from(body)
        try:
            answer, renewed = self._session.write(method, path, body)
        except Unreachable as problem:
            raise WriteFailed(str(problem), transient=True, may_land=problem.sent) from problem
        if renewed:
            said = f"{self._http.what(method, path)}: the session had expired. {CHECK_SESSIONS}"
            raise WriteFailed(said, True, renewed=True)
        done = 200 <= answer.status < 300 and not answer.is_html and not answer.is_error
        if done or (answer.location and not answer.moved_elsewhere):
            return answer
        busy = answer.status in WORTH_A_RETRY
        raise WriteFailed(str(self._error_for(answer)), transient=busy, may_land=busy or answer.status < 300)

    def _error_for(self, answer: Answer) -> GaxError:
        """Turn an answer that is no success into an error: method, path, status, its beginning, what to check."""
        said = self._http.said(answer)
        if answer.status in (401, 403):
            return PermissionDenied(
                f"{said}: user '{self._account.username}' is logged in but lacks permission; check the "
                "role privileges in GAX and the permissions of the object in Configuration Server."
            )
        if answer.location:
            return GaxError(f"{said}: GAX redirects to {answer.location}, which is not followed; check gax_url.")
        if answer.is_html and answer.status < 400:
            return GaxError(f"{said}: GAX returned a web page instead of data; check gax_url and the state of GAX.")
        return GaxError(f"{said}; check the log of GAX and the state of Configuration Server.")


def version_in(answer: Answer) -> str:
    """Return the version that an answer to ``version/`` holds, or an empty text: its form is not known."""
    found = re.search(r"\b\d+(\.\d+){2,}\b", answer.text) if answer.status == 200 and not answer.is_html else None
    return found[0] if found else ""


def _never_empty(kind: str, query: Mapping[str, str]) -> bool:
    """Say whether a list has something in it: GAX is an application, and without Chat Servers nobody asks for them."""
    return kind == APPLICATION and "name" not in query and CHAT_SERVER in query.get("filters", CHAT_SERVER)


def _the_one(answer: Answer, dbid: str) -> Raw | None:
    """Return the object of this DBID that an answer holds, or None. A list of one is taken as well."""
    found = answer.data[0] if isinstance(answer.data, list) and len(answer.data) == 1 else answer.data
    fits = answer.status == 200 and isinstance(found, dict) and str(found.get("dbid")) == dbid
    return found if fits else None


def _is_nothing(answer: Answer) -> bool:
    """Say whether an answer means that there is no such object. Each plausible form counts."""
    return answer.status in (204, 404) or (
        answer.status == 200 and not (answer.data if answer.is_json else answer.text.strip())
    )
