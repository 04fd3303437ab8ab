# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""HTTP: addresses, TLS, proxy, time-outs and retries. Knows nothing of GAX."""

from __future__ import annotations

import copy
import json
import random
import re
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from .._errors import BadInput, GaxError, Unreachable
from .._secrets import Redactor
from .problems import explained, speaks_tls
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
EXCERPT = 200  # characters of an answer shown in an error
CHUNK = 64 * 1024  # bytes of an answer that are unpacked at a time
LARGEST = 256 * 1024 * 1024  # bytes of an answer, unpacked: 13 kB for each of 20,000 applications
# Where an error in JSON has its message and its code: no such form of GAX is known, these are common ones.
_MESSAGES = ("message", "errormessage", "error_description", "description", "detail", "reason", "msg", "error")
_CODES = ("errorcode", "code", "error")
DEEPEST = 100  # levels of nested JSON; an application of GAX has five


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


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read to its end. Of JSON, ``text`` holds the beginning only."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    text: str
    data: Any = field(default=None, repr=False)
    is_json: bool = False

    @property
    def is_html(self) -> bool:
        return self.text.lstrip()[:1] == "<" or "text/html" in self.headers.get("Content-Type", "")

    @property
    def is_error(self) -> bool:
        """Whether it is JSON that tells of an error, whatever the status. No such form of GAX is known."""
        data = self.data if isinstance(self.data, dict) and "dbid" not in self.data else {}
        return any(value and re.search("error|exception", str(key), re.IGNORECASE) for key, value in data.items())

    @property
    def location(self) -> str:
        return self.headers.get("Location", "") if 300 <= self.status < 400 else ""

    @property
    def moved_elsewhere(self) -> bool:
        """Whether it says that the request belongs to another address; 302 and 303 may also mean that it was done."""
        return bool(self.location) and self.status in (301, 307, 308)


def split_urls(text: str) -> tuple[str, ...]:
    """Return the addresses in a comma-separated list, each ending in ``/gax``.

    Raises BadInput for an address that is not ``http(s)://host[:port]`` or that carries credentials.
    """
    urls = []
    for url in filter(None, (part.strip().rstrip("/") for part in text.split(","))):
        if "@" in url:
            raise BadInput("gax_url contains a user name or password; use gax_username and gax_password instead.")
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a broken IPv6 address, a port that is no number
            valid = False
        if not valid or parts.query or parts.fragment or any(map(str.isspace, url)):
            raise BadInput(f"gax_url: '{url}' is not an address such as https://gax.example.com:8443.")
        urls.append(url if parts.path else f"{url}/gax")
    if not urls:
        raise BadInput("gax_url is empty; give an address such as https://gax.example.com:8443.")
    return tuple(urls)


def in_clear(urls: tuple[str, ...]) -> list[str]:
    """Return the addresses that send passwords over the network unencrypted."""
    return [url for url in urls if urlsplit(url).scheme == "http" and not _is_local(urlsplit(url).hostname or "")]


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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

    def _once(self, method: str, path: str, timeout: float | None = None, **options: Any) -> tuple[Answer, Any]:
        patience = timeout or self.settings.timeout
        limits = (min(CONNECT_TIMEOUT, patience), patience)
        try:
            request = self._session.prepare_request(requests.Request(method, f"{self.url}/api/{path}", **options))
            forgotten = self._cookies_forgotten
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
                extract_cookies_to_jar(self._session.cookies, request, response.raw)  # type: ignore[no-untyped-call]  # nor types
        if response.status_code == 407:
            raise Unreachable(f"{self.what(method, path)}: the proxy refused (407); check gax_proxy.", sent=False)
        return self._understood(method, path, response, content), response.raw

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

    def _understood(self, method: str, path: str, response: Any, content: bytes) -> Answer:
        text = self._decoded(method, path, response.headers, content)
        begin = text.lstrip()[:1]
        data, is_json = None, False
        if begin in ("{", "[", "n"):
            try:
                data, is_json = json.loads(text), True
            except RecursionError as problem:
                raise self._too_deep(method, path) from problem
            except ValueError as problem:
                if begin != "n":
                    whole = text.rstrip().endswith("}" if begin == "{" else "]")
                    what = f"is not valid JSON ({problem})" if whole else "was cut off"
                    raise Unreachable(f"{self.what(method, path)}: the response {what}.", True) from problem
        if _is_deep(data):
            raise self._too_deep(method, path)
        shown = text[: 10 * EXCERPT] if is_json else text
        return Answer(method, path, response.status_code, response.headers, shown, data, is_json)

    def _too_deep(self, method: str, path: str) -> GaxError:
        return GaxError(f"{self.what(method, path)}: the response is nested more than {DEEPEST} levels deep.")

    def _decoded(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> str:
        """UTF-8, or else what the answer declares. Never guess: what is read wrongly would be written back wrongly."""
        declared = re.search(r"charset=([\w-]+)", headers.get("Content-Type", ""))
        for charset in ("utf-8-sig", declared[1] if declared else "utf-8"):
            with suppress(UnicodeDecodeError, LookupError):
                return str(content, charset)
        raise GaxError(
            f"{self.what(method, path)}: the response is not UTF-8, so nothing can be written back safely; check the "
            "encoding of the Configuration Database."
        )

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
        text = " ".join(self.redactor.clean((_words(answer.data) or answer.text)[: 10 * EXCERPT]).split())
        return text[:EXCERPT] + ("..." if len(text) > EXCERPT else "")


def _words(data: Any) -> str:
    """Return what an error in JSON says to people, such as ``code: message``; an empty text for anything else."""
    if isinstance(data, list):
        return "; ".join(filter(None, map(_words, data)))
    if not isinstance(data, dict) or "dbid" in data:  # an object of GAX
        return ""
    values = {str(key).lower(): value for key, value in data.items()}
    texts = [values[key] for key in _MESSAGES if isinstance(values.get(key), str) and values[key].strip()]
    message = texts[0] if texts else next(filter(None, map(_words, values.values())), "")
    code = next((values[key] for key in _CODES if type(values.get(key)) in (str, int)), "")
    return f"{code}: {message}" if message and code not in ("", message) else message


def _is_deep(value: object) -> bool:
    """Say whether JSON is nested deeper than anything of GAX: what is made of it would end in a stack overflow."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
