# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""HTTP: addresses, TLS, proxy, time-outs and retries. Knows nothing of GAX."""

from __future__ import annotations

import json
import random
import re
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from .._errors import BadInput, GaxError, Unreachable
from .._secrets import Redactor

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning, InvalidHeader, MaxRetryError, NewConnectionError
    from urllib3.util import Retry
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

CONNECT_TIMEOUT = 10.0  # seconds; a host that is up answers a connection at once
BACKOFF = 0.2  # seconds: the second repetition waits twice that, each further one twice as long
LONGEST_WAIT = 30.0  # seconds between two tries, whatever Retry-After asks for
WORTH_A_RETRY = frozenset({429, 502, 503, 504})
EXCERPT = 200  # characters of an answer shown in an error


@dataclass(frozen=True)
class HttpSettings:
    """How to reach a server. ``timeout`` is in seconds, per request; ``retries`` are of reads."""

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
    """An HTTP answer, read to its end."""

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
    def location(self) -> str:
        return self.headers.get("Location", "") if 300 <= self.status < 400 else ""


def split_urls(text: str) -> tuple[str, ...]:
    """Return the addresses in a comma-separated list, each ending in ``/gax``.

    Raises BadInput for an address that is not ``http(s)://host[:port]`` or that carries credentials.
    """
    urls = []
    for url in filter(None, (part.strip().rstrip("/") for part in text.split(","))):
        if "@" in url:
            raise BadInput("gax_url carries a user name or password: put them into gax_username and gax_password.")
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a broken IPv6 address, a port that is no number
            valid = False
        if not valid or parts.query or parts.fragment or any(map(str.isspace, url)):
            raise BadInput(f"gax_url: '{url}' is not an address such as https://gax.example.com:8443.")
        urls.append(url if parts.path else f"{url}/gax")
    if not urls:
        raise BadInput("gax_url is empty: give an address such as https://gax.example.com:8443.")
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


class Http:
    """One connection pool to one server. Safe to use from several threads."""

    def __init__(self, settings: HttpSettings, redactor: Redactor) -> None:
        self.settings = settings
        self.redactor = redactor
        self.url = settings.urls[0]
        redactor.learn(urlsplit(settings.proxy or "").password)
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json"})
        adapter = HTTPAdapter(pool_maxsize=settings.concurrency)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if not settings.validate_certs:  # it was asked for: no reminder with every request
            disable_warnings(InsecureRequestWarning)
        verify = (settings.ca_path or True) if settings.validate_certs else False
        cert: Any = (settings.client_cert, settings.client_key) if settings.client_key else settings.client_cert
        proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
        # The environment's proxies, added to a copy, and CA bundle: requests would look them up with each request.
        self._options: dict[str, Any] = {
            url: self._session.merge_environment_settings(url, dict(proxies), None, verify, cert)
            for url in settings.urls
        }
        # Nor must a user's ~/.netrc add an Authorization header.
        self._session.trust_env = False

    @property
    def cookies(self) -> list[str]:
        """Values of the cookies held."""
        return [cookie.value for cookie in self._session.cookies if cookie.value]

    def forget_cookies(self) -> None:
        self._session.cookies.clear()

    def close(self) -> None:
        self._session.close()

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """GET, repeated while the fault may pass. Raises Unreachable."""
        return self._repeat(self.settings.retries, "GET", path, params=params)

    def send(
        self, method: str, path: str, body: object = None, repeat: int = 0, timeout: float | None = None
    ) -> Answer:
        """Send a JSON body; repeated at most ``repeat`` times. Raises Unreachable."""
        return self._repeat(repeat, method, path, json=body, timeout=timeout)

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
        try:
            response = self._session.request(
                method,
                f"{self.url}/api/{path}",
                timeout=(min(CONNECT_TIMEOUT, patience), patience),
                allow_redirects=False,
                **self._options[self.url],
                **options,
            )
        except (requests.exceptions.RequestException, OSError, ValueError) as problem:
            raise self._unreachable(method, path, patience, problem) from problem
        if response.status_code == 407:
            raise Unreachable(f"{self.what(method, path)}: the proxy refused (407); check gax_proxy.", sent=False)
        text = self._decoded(method, path, response)
        answer = Answer(method, path, response.status_code, response.headers, text)
        if text.lstrip()[:1] in ("{", "[", "n"):
            try:
                answer = Answer(method, path, response.status_code, response.headers, text, json.loads(text), True)
            except ValueError as problem:
                if text.lstrip()[:1] != "n":
                    raise Unreachable(
                        f"{self.what(method, path)}: the answer breaks off in the middle.", True
                    ) from problem
        return answer, response.raw

    def _decoded(self, method: str, path: str, response: Any) -> str:
        """UTF-8, or else what the answer declares. Never guess: what is read wrongly would be written back wrongly."""
        declared = re.search(r"charset=([\w-]+)", response.headers.get("Content-Type", ""))
        for charset in ("utf-8", declared[1] if declared else "utf-8"):
            with suppress(UnicodeDecodeError, LookupError):
                return str(response.content, charset)
        raise GaxError(
            f"{self.what(method, path)}: the answer is not UTF-8, so that nothing can be written back unharmed; check "
            "the encoding of the Configuration Database."
        )

    def what(self, method: str, path: str) -> str:
        """Name a request as a user can find it in GAX's log."""
        return f"{method} {self.url}/api/{path}"

    def excerpt(self, answer: Answer) -> str:
        """Return the beginning of an answer, without secrets, on one line."""
        text = " ".join(self.redactor.clean(answer.text[: 10 * EXCERPT]).split())
        return text[:EXCERPT] + ("..." if len(text) > EXCERPT else "")

    def _unreachable(self, method: str, path: str, patience: float, problem: Exception) -> Unreachable:
        """Say in one sentence what went wrong, whether the request can have arrived, and what to check."""
        kinds = requests.exceptions
        reason = getattr(problem.args[0], "reason", problem) if problem.args else problem
        sent = False
        if isinstance(problem, kinds.SSLError):
            text, sent = "TLS failed; check gax_ca_path, gax_client_cert and gax_validate_certs", True
        elif isinstance(problem, kinds.ProxyError):
            text = "the proxy refused; check gax_proxy"
        elif isinstance(problem, kinds.ConnectTimeout) or isinstance(reason, NewConnectionError):
            text = "no connection; check gax_url, the firewall and that GAX runs"
        elif isinstance(problem, kinds.ReadTimeout):
            text, sent = f"no answer within {patience:g} seconds; check GAX or raise gax_timeout", True
        elif isinstance(problem, kinds.RequestException) and not isinstance(problem, ValueError):
            text, sent = "the connection was lost before the answer was complete; check GAX and what lies between", True
            text += ", and gax_client_cert" if self.url.startswith("https:") else ""
        else:
            text = "the request could not be made; check gax_ca_path, gax_client_cert, gax_client_key and gax_proxy"
        detail = self.redactor.clean(str(reason)).split("object at 0x")[-1].split(": ", 1)[-1]
        return Unreachable(f"{self.what(method, path)}: {text} ({detail}).", sent)
