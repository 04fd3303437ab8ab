# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each path of the API does: a request and the world in, an answer out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from . import answers, objects_api
from .answers import Answer
from .call import Call
from .journal import Violation
from .world import World

VERSION = "9.0.105.10"
SESSION_TIMEOUT = 900  # [general] session_timeout of a real GAX (docs/evidence.md#the-session)
OPEN_PATHS = ("session/login", "cfg/schema")  # they work without a session
MODE_TEXT = "Configuration Server is in {} mode. Changes are not possible."


def gate(world: World, call: Call) -> Answer | None:
    """Return the refusal of a request that may not be handled, or None. Counts the request of the session."""
    switches = world.switches
    if switches.forbid_writes and call.is_write:
        world.journal.violations.append(Violation(method=call.method, path=call.entry["path"]))
        return answers.form("403-text", "Writes are forbidden.")
    if switches.state == "setup" and call.path != "session/login":
        return answers.html_answer(answers.SETUP_PAGE)
    if switches.state == "starting" and call.path != "cfg/schema":
        return answers.form("503-text", "GAX is starting.")
    if call.path in OPEN_PATHS:
        return None
    call.entry["user"] = world.sessions.use(call.cookies.get(switches.cookie[0]))
    if call.entry["user"] is None:
        return answers.form(switches.expired, "The session is not valid.")
    if call.is_write and switches.mode != "normal":
        return objects_api.refused(world, call, answers.form("500-text", MODE_TEXT.format(switches.mode)))
    return None


def handle(world: World, call: Call) -> Answer:
    """Return the answer to a request that passed the gate."""
    methods = set()
    for method, pattern, handler in ROUTES:
        match = re.fullmatch(pattern, call.path)
        if match and method == call.method:
            return handler(world, call, *match.groups())
        if match:
            methods.add(method)
    if methods:
        return answers.error(405, "MethodNotAllowed", f"{call.path} knows {', '.join(sorted(methods))}.")
    return answers.error(404, "NotFound", f"There is no path {call.path}.")


def login(world: World, call: Call) -> Answer:
    """Log in with JSON or with the form of the log-in page; a cookie carries the session."""
    is_form = call.content_type == "application/x-www-form-urlencoded"
    try:
        sent = dict(parse_qsl(call.body, keep_blank_values=True)) if is_form else json.loads(call.body)
        user, password, obfuscated = sent["username"], sent["password"], sent.get("isPasswordEncrypted", False)
    except (ValueError, KeyError, TypeError, AttributeError):
        return answers.error(400, "BadRequest", "The log-in is not understood.")
    cookie = None
    if _may_log_in(world, str(user), str(password), obfuscated is True):
        cookie = world.sessions.open(user, replaces=call.cookies.get(world.switches.cookie[0]))
        if cookie is None:
            return answers.form("403-text", "There are too many sessions.")
        call.entry["user"] = user
    if is_form:
        key, default = ("login_success_url", "#success") if cookie else ("login_failure_url", "#failure")
        answer = answers.redirect(sent.get(key) or default)
    elif cookie:
        answer = Answer(204)
    else:
        return answers.form(world.switches.login_failure, "The user name or the password is wrong.")
    if cookie:
        answer.cookies = dict.fromkeys(world.switches.cookie, cookie)
    return answer


def _may_log_in(world: World, user: str, password: str, obfuscated: bool) -> bool:
    """An unconfigured GAX knows only root with an empty password (docs/evidence.md#the-session)."""
    if world.switches.state == "setup":
        return (user, password) == ("root", "")
    return world.sessions.check(user, password, obfuscated)


def logout(world: World, call: Call) -> Answer:
    """End the session. The path is not evidenced, so it can be switched off."""
    if world.switches.logout == "404":
        return answers.error(404, "NotFound", "There is no path session/logout.")
    if world.switches.logout != "without-effect":
        world.sessions.close(call.cookies.get(world.switches.cookie[0]))
    return Answer(204)


def user_info(world: World, call: Call) -> Answer:
    """Tell who is logged in (docs/evidence.md#the-session)."""
    user = call.entry["user"]
    return answers.json_answer(
        {
            "username": user,
            "userType": "CFGPerson",
            "sessionTimeout": SESSION_TIMEOUT,
            "isDefaultUser": user == "default",
            "writeDefault": True,
        }
    )


def version(world: World, call: Call) -> Answer:
    """Tell the version; the body of a real answer is not evidenced."""
    return answers.json_answer({"version": VERSION})


def schema(world: World, call: Call) -> Answer:
    """Tell whether GAX is ready (docs/evidence.md#reading)."""
    return answers.json_answer({"isEnabled": world.switches.state == "ready"})


Handler = Callable[..., Answer]

ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "session/login", login),
    ("POST", "session/logout", logout),
    ("GET", "session/logout", logout),
    ("GET", "user/info", user_info),
    ("GET", "version/?", version),
    ("GET", "cfg/schema", schema),
    ("GET", "cfg/objects", objects_api.find),
    ("POST", "cfg/objects", objects_api.create),
    ("GET", "cfg/objects/(Cfg[A-Za-z]+)/([0-9]+)", objects_api.get),
    ("PUT", "cfg/objects/(Cfg[A-Za-z]+)/([0-9]+)", objects_api.replace),
    ("DELETE", "cfg/objects/(Cfg[A-Za-z]+)/([0-9]+)", objects_api.delete),
]
