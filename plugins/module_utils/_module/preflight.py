# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Get to know a GAX: what it is like, what differs from what the collection relies on, and whether it is ready."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import _files
from .._errors import BadInput, GaxError
from .._gax.certificates import chain_of
from .._gax.client import Gax
from .._gax.lookup import find_applications
from .._gax.probe import (
    MOST_AT_A_TIME,
    MOST_LOOKED_AT,
    Probe,
    empty_containers,
    empty_keys,
    environment_listed,
)
from .._model import app_types
from .._model.evidence import NOT_READY, evidence, problems_of, table, verdict_of
from .._model.names import probably
from .._model.objects import APPLICATION, APPLICATION_CLUSTER, SCRIPT, TENANT, Application
from .._text import counted
from .._version import VERSION
from .._write.write_test import Found, write_test
from .context import Context, Result

APPLICATION_OPTION = "application (gax_preflight_application)"
DIR = "evidence_dir (gax_evidence_dir)"
EXPIRES_SOON = 30  # days


def gax_preflight(context: Context) -> Result:
    """Find out how a GAX behaves, and say whether the collection can work with it."""
    params = context.params
    with context.gax() as gax:
        probe = Probe(gax)
        applications = gax.applications()
        # First of all: a name that is wrong is no reason to ask everything else.
        target = _target(gax, applications, params["application"]) if params["application"] else None
        behaviours, facts = _read(gax, probe, params, applications)
        test = write_test(gax, target) if target and not context.check_mode else Found()
        behaviours.update(test.behaviours())
        facts["lost"] = test.lost
        try:
            behaviours.update(probe.sessions(params["second_session"]))
        except GaxError as problem:  # what the write test has to say must not be lost
            test.problems.append(str(problem))
        certificates = chain_of(gax.url, gax.settings)
        facts["round_trip_ms"] = probe.round_trip_ms
    problems = [*problems_of(behaviours, facts), *test.problems, *facts.pop("problems")]
    advice = [*facts.pop("advice"), *_on_certificates(certificates)]
    verdict = verdict_of(behaviours, problems)
    result: Result = {
        "changed": False,
        "behaviours": behaviours,
        "problems": problems,
        "verdict": verdict,
        "advice": advice,
        "gax_version": facts["gax_version"],
        "certificates": certificates,
        **{name: facts[name] for name in ("account", "counts", "clusters", "round_trip_ms")},
    }
    content = evidence(behaviours, facts, VERSION, facts["gax_version"], verdict)
    result.update(_saved(context, gax.url, content))
    result["lines"] = _lines(gax.url, result, facts)
    result["msg"] = f"{gax.url}: {verdict}." + (f" {' '.join(problems)}" if verdict == NOT_READY else "")
    return result


def _read(
    gax: Gax, probe: Probe, params: Mapping[str, Any], applications: Sequence[Application]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what reading shows: behaviours, and facts beyond them."""
    me = probe.me()
    version = probe.version()
    tenants = probe.list_of(TENANT)
    scripts = probe.list_of(SCRIPT)
    most = min(params["gax_concurrency"], MOST_AT_A_TIME)
    behaviours: dict[str, Any] = {
        "password_transport": params["gax_password_transport"],
        "session_cookies": probe.session_cookies(),
        "name_query": probe.name_query(applications),
        "filters": probe.filters(applications),
        "missing_object": probe.missing_object(applications),
        "environment_listed": environment_listed(tenants),
        "empty_containers": empty_containers(applications),
        "empty_keys": empty_keys(applications),
        "list_complete": probe.list_complete(applications),
        "parallel_requests": probe.parallel_requests(most),
    }
    clusters, problems = _clusters(gax, applications, params["clusters"], behaviours["list_complete"])
    facts = {
        "gax_version": version,
        "parallel_requests_tried": most,
        "account": str(me.get("username", "")),
        "counts": {"applications": len(applications), "tenants": len(tenants), "scripts": len(scripts)},
        "clusters": clusters,
        "problems": problems,
        "advice": _on_account(me),
    }
    return behaviours, facts


def _target(gax: Gax, applications: Sequence[Application], name: str) -> Application:
    found = [item for item in applications if item.name == name]
    return found[0] if found else find_applications(gax, [name], APPLICATION_OPTION)[0]


def _clusters(
    gax: Gax, applications: Sequence[Application], names: Sequence[str], complete: bool
) -> tuple[dict[str, bool], list[str]]:
    """Say which clusters of the inventory can be read, and why not the others.

    The list of applications answers that. Only where it is not ``complete`` some of the missing are asked for by name.
    """
    known = {item.name: item for item in applications}
    found, problems = {}, []
    missing = [name for name in names if name not in known]
    for name in [] if complete else missing[:MOST_LOOKED_AT]:
        known.update({item.name: item for item in map(Application, gax.find_by_name(APPLICATION, name))})
    for name in dict.fromkeys(names):
        item = known.get(name)
        found[name] = item is not None and item.subtype == APPLICATION_CLUSTER
        if item is None:
            hint = probably(name, known)
            problems.append(
                f"Cluster '{name}' cannot be read; check its name and the permissions of the account.{hint}"
            )
        elif not found[name]:
            problems.append(f"'{name}' is {app_types.words(item.subtype)}, not a Web Engagement Cluster.")
    return found, problems


def _on_account(me: dict[str, Any]) -> list[str]:
    if me.get("isDefaultUser") is not True:
        return []
    return ["This is the default user; a separate account makes automated changes visible in the audit trail."]


def _on_certificates(certificates: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"The certificate of {item['subject']} expires in {counted(item['days_left'], 'day')}."
        for item in certificates
        if item["days_left"] < EXPIRES_SOON
    ]


def _lines(url: str, result: Result, facts: dict[str, Any]) -> list[str]:
    """Return what a person reads on the console."""
    seen = ", ".join(counted(number, noun.removesuffix("s")) for noun, number in result["counts"].items())
    clusters = [name for name, there in result["clusters"].items() if there]
    return [
        f"{url}  GAX {result['gax_version'] or '(version unknown)'}, round trip {result['round_trip_ms']} ms",
        f"User {result['account']} sees {seen}. Readable clusters: {', '.join(clusters) or 'none'}.",
        *(
            f"Certificate {item['subject']}: {counted(item['days_left'], 'day')} left"
            for item in result["certificates"]
        ),
        *table(result["behaviours"], facts),
        *(f"PROBLEM: {problem}" for problem in result["problems"]),
        *(f"Advice: {advice}" for advice in result["advice"]),
        f"Verdict: {result['verdict']}",
        *([f"Evidence: {result['path']}"] if result["path"] else []),
    ]


def file_name(url: str) -> str:
    """Return the name of the evidence file of a GAX: ``gax.example.com_8443.json``."""
    address = re.sub(r"/*(gax)?/*$", "", re.sub(r"^[a-z]+://", "", url.lower()))
    return re.sub(r"[^a-z0-9.-]", "_", address) + ".json"


def _saved(context: Context, url: str, content: dict[str, Any]) -> Result:
    """Write the evidence file where one is asked for and something has changed."""
    if not context.params["evidence_dir"]:
        return {"path": "", "diff": []}
    path = Path(context.params["evidence_dir"]) / file_name(url)
    after = json.dumps(content, indent=2) + "\n"
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before != after and not context.check_mode:
            path.parent.mkdir(parents=True, exist_ok=True)
            _files.write(path, after)
    except (OSError, UnicodeError) as problem:
        said = _files.why(problem, "what is there is not text")
        raise BadInput(f"{DIR}: {path} cannot be written: {said}.") from problem
    header = {"before_header": str(path), "after_header": str(path)}
    diff = [{**header, "before": before, "after": after}] if before != after else []
    return {"path": str(path), "diff": diff, "changed": bool(diff)}
