# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers as plain data, so that handlers know nothing of the web server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .switches import Switches

JSON = "application/json"
HTML = "text/html"

LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Genesys Administrator Extension</title></head><body>Log In</body></html>\n"
)
SETUP_PAGE = LOGIN_PAGE.replace("Log In", "Initial set-up: connect to Configuration Server")


@dataclass
class Answer:
    """Status, body and headers of an answer. An empty content type means an empty body."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


def encoded(value: Any) -> bytes:
    """Return `value` as JSON, characters beyond ASCII as they are, where that is possible."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair is no text, but can be escaped
        return json.dumps(value).encode()


def json_answer(value: Any, status: int = 200) -> Answer:
    """Return `value` as JSON."""
    return Answer(status, encoded(value), JSON)


def html_answer(text: str) -> Answer:
    """Return an HTML page."""
    return Answer(200, text.encode(), HTML)


def redirect(url: str) -> Answer:
    """Send the client elsewhere."""
    return Answer(302, headers={"Location": url})


def error(status: int, code: str, message: str) -> Answer:
    """Return an error; no error body of a real GAX is public (docs/evidence.md#writing)."""
    return json_answer({"errorCode": code, "message": message}, status)


def form(position: str, message: str) -> Answer:
    """Return an error in the form of a switch position such as `403`, `500-text` or `200-html`."""
    status, _unused, kind = position.partition("-")
    if position == "302":
        return redirect("/gax/?logout")
    if kind == "html":
        return html_answer(LOGIN_PAGE)
    if kind == "text":
        return Answer(int(status), message.encode(), "text/plain")
    return error(int(status), "Refused", message)


def written(position: str, obj: bytes, location: str) -> Answer:
    """Return the answer to a write that worked, in the form of `put_answer` or `post_answer`."""
    status, _unused, kind = position.partition("-")
    if kind == "json":
        return Answer(int(status), obj, JSON)
    return redirect(location) if status == "302" else Answer(int(status))


def missing(switches: Switches, what: str) -> Answer:
    """Return the answer to a GET of an object that does not exist."""
    if switches.missing_object == "200-null":
        return json_answer(None)
    if switches.missing_object in ("204", "200-empty"):
        return Answer(int(switches.missing_object[:3]))
    return error(int(switches.missing_object), "CFGObjectNotFound", f"{what} does not exist.")
