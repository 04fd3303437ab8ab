# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Why there is no session: what an address answers that is no GAX, or not ready, and what a log-in that failed does."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .._errors import LoginFailed
from .answer import Answer
from .http_client import WORTH_A_RETRY, Http

_TOO_MANY = re.compile(
    r"too many.{0,40}session|session.{0,40}(limit|maximum|exceed)|(limit|maximum).{0,40}session", re.I
)


def not_usable(http: Http, answer: Answer) -> str:
    """Return why no password is sent to this address; an empty text when it may be."""
    url = http.url
    if answer.status == 400 and http.speaks_tls():
        return f"{http.said(answer)}: this port uses TLS; use https:// in gax_url."
    if answer.status in WORTH_A_RETRY:
        return f"{http.said(answer)}; check the log of GAX."
    if answer.moved_elsewhere:
        return f"{http.said(answer)}: {url} redirects to {answer.location}; set gax_url to the address of GAX."
    if isinstance(answer.data, dict) and str(answer.data.get("isEnabled", True)).lower() != "true":
        return (
            f"The GAX at {url} reports that it is not enabled (cfg/schema); it is starting or not set up. "
            "Wait until it is ready."
        )
    return ""


def not_logged_in(http: Http, username: str, transport: str, greeting: Answer, answer: Answer) -> LoginFailed:
    """Say why there is no session: no GAX at all, one that is not set up, or a refused account."""
    pages = [page.text for page in (greeting, answer) if page.is_html]
    said = http.said(answer)
    if any(map(_is_set_up_page, pages)):
        return LoginFailed(
            f"The GAX at {http.url} shows its first-time set-up page; it is not connected to a Configuration "
            "Server. Finish its set-up, or correct gax_url."
        )
    if answer.moved_elsewhere or urlsplit(answer.location).netloc not in ("", urlsplit(http.url).netloc):
        return LoginFailed(f"{said}: {http.url} redirects to {answer.location}; set gax_url to the address of GAX.")
    if answer.status in (404, 405) or len(pages) == 2:
        return LoginFailed(f"{http.url} does not look like GAX ({said}); check host, port and path in gax_url.")
    if _TOO_MANY.search(answer.text):
        return LoginFailed(f"{said}: too many sessions; run with fewer forks, or increase the limit of GAX.")
    if answer.status in WORTH_A_RETRY:
        return LoginFailed(f"{said}; check the log of GAX and the state of Configuration Server.")
    who = f"user '{username}' at {http.url}"
    if answer.status < 300 and not answer.is_html and not answer.is_error:
        # Seen is a success without words. With words it may be a refusal in a form that nobody has seen.
        silent = not answer.text.strip() or username.casefold() in answer.text.casefold()
        greeted = isinstance(greeting.data, dict) and "isEnabled" in greeting.data
        doubt = "" if greeted else "whether this is a GAX (host, port and path in gax_url), "
        return LoginFailed(
            f"GAX accepted {who} ({said}), but user/info does not confirm it; check {doubt}that the account may "
            "use GAX, and that the session cookie is not bound to https or to another host than gax_url names.",
            refused=not silent,
            unconfirmed=silent,
        )
    return LoginFailed(
        f"GAX did not accept {who} ({said}); check gax_username, gax_password and gax_password_transport "
        f"(now {transport}), and that the account is not locked.",
        refused=True,
    )


def _is_set_up_page(page: str) -> bool:
    """Recognise the page of a GAX in set-up mode. Its wording is not known; these words fit no log-in page."""
    text = page.lower()
    return any(word in text for word in ("set-up", "setup", "initial configuration"))
