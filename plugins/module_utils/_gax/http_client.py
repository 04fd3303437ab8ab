# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""HTTP: TLS, proxy, time-outs, retries and cookies. Knows nothing of GAX."""

from __future__ import annotations

import copy
import json
import random
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from .._errors import GaxError, Unreachable
from .._secrets import Redactor
from .answer import Answer, understood, words_of
from .problems import CHECK_PROXY, explained, speaks_tls
from .timed import answer_within, limit_answers

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.cookies import extract_cookies_to_jar
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning, InvalidHeader, MaxRetryError
    from urllib3.util import Retry
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
    HTTPAdapter = object  # type: ignore[assignment,misc]  # nothing is made of it then
else:
    REQUESTS_IMPORT_ERROR = None

CONNECT_TIMEOUT = 10.0  # seconds; a host that is up answers a connection at once
BACKOFF = 0.2  # seconds: the second repetition waits twice that, each further one twice as long
LONGEST_WAIT = 30.0  # seconds between two tries, whatever Retry-After asks for
WORTH_A_RETRY = frozenset({429, 502, 503, 504})
CHUNK = 64 * 1024  # bytes of an answer that are unpacked at a time
LARGEST = 256 * 1024 * 1024  # bytes of an answer, unpacked: 13 kB for each of 20,000 applications


@dataclass(frozen=True)
class HttpSettings:
    """How to reach a server. ``timeout`` is in seconds, of each whole answer; ``retries`` are of reads."""

    urls: tuple[str, ...]
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    proxy: str | None = None
    timeout: float = 60.0
    retries: int = 3
    concurrency: int = 8


def _pause(policy: Retry, response: Any) -> None:
    """Wait before the next try: as long as the server asks, within bounds, or longer from try to try; never in step."""
    try:
        asked = policy.get_retry_after(response) if response is not None else None
    except (InvalidHeader, ValueError, OverflowError):
        asked = None
    time.sleep(min(LONGEST_WAIT, asked or policy.get_backoff_time()) * random.uniform(0.8, 1.2))


class _Adapter(HTTPAdapter):
    """Connections that end when the time of an answer is up, directly and through a proxy."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        limit_answers(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        return manager if known else limit_answers(manager)


class Http:
    """One connection pool to one server. Safe to use from several threads."""

    def __init__(self, settings: HttpSettings, redactor: Redactor) -> None:
        self.settings = settings
        self.redactor = redactor
        self.url = settings.urls[0]
        redactor.learn(urlsplit(settings.proxy or "").password)
        self._lock = threading.Lock()
        self._cookies_forgotten = 0
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip, deflate"})
        adapter = _Adapter(pool_maxsize=settings.concurrency)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if not settings.validate_certs:  # it was asked for: no reminder with every request
            disable_warnings(InsecureRequestWarning)
        verify = (settings.ca_path or True) if settings.validate_certs else False
        cert: Any = (settings.client_cert, settings.client_key) if settings.client_key else settings.client_cert
        proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
        # The environment's proxies, added to a copy, and CA bundle: requests would look them up with each request.
        self._options: dict[str, Any] = {
            url: {**self._session.merge_environment_settings(url, dict(proxies), None, verify, cert), "stream": True}
            for url in settings.urls
        }
        # Nor must a user's ~/.netrc add an Authorization header.
        self._session.trust_env = False

    @property
    def cookies(self) -> list[str]:
        """Values of the cookies held."""
        return [cookie.value for cookie in self._session.cookies if cookie.value]

    @property
    def cookie_names(self) -> list[str]:
        return [cookie.name for cookie in self._session.cookies]

    def twin(self, cookies: Mapping[str, str] | None = None) -> Http:
        """Return another pool to the same address: with the same cookies, or with these in their place."""
        other = Http(replace(self.settings, urls=(self.url,)), self.redactor)
        for cookie in self._session.cookies:
            if cookies is None or cookie.name in cookies:
                same = copy.copy(cookie)
                same.value = cookie.value if cookies is None else cookies[cookie.name]
                other._session.cookies.set_cookie(same)
        return other

    def forget_cookies(self) -> None:
        """Begin anew. What a request under way will be given does not count: it would replace the new session's."""
        with self._lock:
            self._cookies_forgotten += 1
            self._session.cookies.clear()

    def close(self) -> None:
        self._session.close()

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """GET, repeated while the fault may pass. Raises Unreachable."""
        return self._repeat(self.settings.retries, "GET", path, params=params)

    def send(
        self, method: str, path: str, body: object = None, repeat: int = 0, timeout: float | None = None
    ) -> Answer:
        """Send a JSON body; repeated at most ``repeat`` times. Raises Unreachable, and GaxError for what is no JSON."""
        data, headers = None, {}
        if body is not None:
            try:
                data, headers = json.dumps(body, allow_nan=False).encode(), {"Content-Type": "application/json"}
            except ValueError as problem:  # NaN is no JSON, although Python reads it
                raise GaxError(
                    f"{self.what(method, path)}: the data to write is not valid JSON ({problem})."
                ) from problem
        return self._repeat(repeat, method, path, data=data, headers=headers, timeout=timeout)

    def speaks_tls(self) -> bool:
        """Find out whether this address, although it is plain http, is that of a port which speaks TLS."""
        return self.url.startswith("http:") and not self._is_proxied() and speaks_tls(self.url)

    def _is_proxied(self) -> bool:
        return bool(requests.utils.select_proxy(self.url, self._options[self.url]["proxies"]))

    def _repeat(self, times: int, method: str, path: str, **options: Any) -> Answer:
        policy = Retry(total=times, backoff_factor=BACKOFF)
        while True:
            raw, error = None, None
            try:
                answer, raw = self._once(method, path, **options)
                if answer.status not in WORTH_A_RETRY:
                    return answer
            except Unreachable as problem:
                if isinstance(problem.__cause__, requests.exceptions.SSLError):
                    raise
                error = problem
            try:
                policy = policy.increment(method, path, response=raw, error=error)
            except MaxRetryError:
                if error is None:
                    return answer
                raise error from error.__cause__
            _pause(policy, raw)

    def _once(
        self,
        method: str,
        path: str,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> tuple[Answer, Any]:
        patience = timeout or self.settings.timeout
        limits = (min(CONNECT_TIMEOUT, patience), patience)
        try:
            forgotten = self._cookies_forgotten
            # Not with the session, which takes as long again to merge what is the same for all requests.
            request = requests.PreparedRequest()
            every: dict[str, Any] = {**self._session.headers, **(headers or {})}
            request.prepare(method, f"{self.url}/api/{path}", every, cookies=self._session.cookies, **options)
            adapter = self._session.get_adapter(self.url)
            # The adapter itself: a session of requests would read what a redirect holds, whatever its size.
            with (
                answer_within(patience),
                closing(adapter.send(request, timeout=limits, **self._options[self.url])) as response,
            ):
                content = self._content(method, path, response)
        except (requests.exceptions.RequestException, OSError, ValueError) as problem:
            text, sent = explained(problem, self.url, patience, self._is_proxied())
            raise Unreachable(f"{self.what(method, path)}: {self.redactor.clean(text)}.", sent) from problem
        with self._lock:
            if forgotten == self._cookies_forgotten:
                # requests gives this function no types.
                extract_cookies_to_jar(self._session.cookies, request, response.raw)  # type: ignore[no-untyped-call]
        if response.status_code == 407:
            raise Unreachable(f"{self.what(method, path)}: the proxy refused (407); {CHECK_PROXY}.", sent=False)
        answer = Answer(method, path, response.status_code, response.headers)
        return understood(self.what(method, path), answer, content), response.raw

    def _content(self, method: str, path: str, response: Any) -> bytes:
        """Read an answer piece by piece, so that a small one that unpacks to a huge one fills no memory."""
        pieces, size = [], 0
        for piece in response.iter_content(CHUNK):
            size += len(piece)
            if size > LARGEST:
                megabytes = LARGEST // (1024 * 1024)
                raise GaxError(f"{self.what(method, path)}: the response is larger than {megabytes} MB; check gax_url.")
            pieces.append(piece)
        return b"".join(pieces)

    def what(self, method: str, path: str) -> str:
        """Name a request as a user can find it in GAX's log."""
        return f"{method} {self.url}/api/{path}"

    def said(self, answer: Answer) -> str:
        """Return what was asked and how it was answered, for a message."""
        excerpt = self.excerpt(answer)
        what = self.what(answer.method, answer.path)
        return f"{what} answered {answer.status}" + (f" ({excerpt})" if excerpt else "")

    def excerpt(self, answer: Answer) -> str:
        """Return the words of an error, or else the beginning of an answer; without secrets, on one line."""
        return words_of(answer, self.redactor.clean)
