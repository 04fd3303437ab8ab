# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What went wrong on the way to a server, in words: from exceptions to what to check."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from urllib.parse import urlsplit

from .._text import counted

try:
    from requests import exceptions as kinds
    from urllib3 import exceptions as inner
except ImportError:
    pass

PROBE = 3.0  # seconds, to find out whether a port speaks TLS
# OpenSSL's words for an answer that is no TLS. Which one comes depends on its version and on the answer.
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
_CERTIFICATE_WANTED = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "HANDSHAKE_FAILURE",
    "UNKNOWN_CA",
    "CERTIFICATE_UNKNOWN",
)

# requests takes the proxy from the environment where gax_proxy is not set.
CHECK_PROXY = "check gax_proxy, or http_proxy, https_proxy and no_proxy in the environment"


def explained(problem: Exception, url: str, patience: float, proxied: bool) -> tuple[str, bool]:
    """Return what happened and what to check, and whether the request may have arrived. ``patience`` is in seconds."""
    chain = _chain(problem)
    detail = _detail(chain[-1])

    def has(*wanted: type[BaseException]) -> bool:
        return any(isinstance(item, wanted) for item in chain)

    if has(kinds.ProxyError):
        return f"the proxy refused the connection; {CHECK_PROXY} ({detail})", False
    if has(ssl.SSLError, kinds.SSLError):
        return _tls(chain[-1], detail), True
    if has(socket.gaierror):
        return f"the host name cannot be resolved; check gax_url ({detail})", False
    if has(kinds.ConnectTimeout, inner.NewConnectionError):
        return f"no connection; check gax_url, the firewall, and that GAX is running ({detail})", False
    if has(socket.timeout, inner.ReadTimeoutError):
        return f"no complete response within {counted(patience, 'second')}; check GAX or increase gax_timeout", True
    if has(http.client.IncompleteRead, inner.IncompleteRead, inner.InvalidChunkLength):
        return "the response was cut off; check GAX and the network", True
    if has(inner.DecodeError):
        return "the response cannot be decompressed; check proxies between this machine and GAX", True
    if has(UnicodeError):
        return "it contains a name that cannot be encoded; check the names", False
    if isinstance(problem, kinds.RequestException) and not isinstance(problem, ValueError):
        if not proxied and url.startswith("http:") and speaks_tls(url):
            return "this port uses TLS; use https:// in gax_url", True
        text = "the connection was lost before the response was complete; check GAX and the network"
        return f"{text}{', and gax_client_cert' if url.startswith('https:') else ''} ({detail})", True
    files = "gax_ca_path, gax_client_cert, gax_client_key and gax_proxy"
    return f"the request could not be sent; check {files} ({detail})", False


def _chain(problem: BaseException) -> list[BaseException]:
    """Return an exception and those inside it, down to where all began: requests and urllib3 wrap it several times."""
    chain = [problem]
    while True:
        last = chain[-1]
        inside = [getattr(last, "reason", None), *last.args, last.__cause__, last.__context__]
        deeper = next((item for item in inside if isinstance(item, BaseException) and item not in chain), None)
        if deeper is None:
            return chain
        chain.append(deeper)


def _detail(root: BaseException) -> str:
    """Return the words of an exception, without anything of Python around them."""
    text = getattr(root, "verify_message", None) or (root.strerror if isinstance(root, OSError) else None) or str(root)
    if isinstance(root, ssl.SSLError) and root.reason:
        reason = root.reason.replace("_", " ").lower()
        text = f"{reason}: {text}" if getattr(root, "verify_message", None) else reason
    text = re.sub(r"^.*object at 0x[0-9a-f]+>:? *", "", str(text))
    return text.strip().rstrip(".") or "no reason was given"


def _tls(root: BaseException, detail: str) -> str:
    reason = str(getattr(root, "reason", "") or root)
    if any(word in reason for word in _NO_TLS):
        return f"this port does not use TLS; check the port, or use http:// in gax_url ({detail})"
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return f"TLS failed: the certificate of GAX is not trusted; check gax_ca_path and gax_validate_certs ({detail})"
    if any(word in reason for word in _CERTIFICATE_WANTED):
        return f"TLS failed: GAX may require a client certificate; check gax_client_cert ({detail})"
    return f"TLS failed; check gax_ca_path, gax_client_cert and gax_validate_certs ({detail})"


def speaks_tls(url: str) -> bool:
    """Find out whether a server answers a TLS handshake. Nothing is sent but that."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is said that could be overheard
    try:
        host, port = parts.hostname or "", parts.port or 80
        with socket.create_connection((host, port), PROBE) as plain, context.wrap_socket(plain, server_hostname=host):
            return True
    except ssl.SSLError as problem:
        return "ALERT" in (problem.reason or "")  # it refuses us, in TLS
    except (OSError, ValueError):
        return False
