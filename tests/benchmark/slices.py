# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of a job at once: several ansible-playbook over clusters that share their Chat Servers, on one GAX.

Run once with one folder for temporary files, as on one machine, and once with a folder for each, as in containers of
their own: that is where the locks are.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests
import yaml
from ansible_collections.genesys_ops.engage.tests.benchmark.measure import PASSWORD, USER, Gax, simulator, table
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, generate
from ansible_collections.genesys_ops.engage.tests.simulator.files import save
from ansible_collections.genesys_ops.engage.tests.simulator.objects import items, with_items

QUEUE = "Webengagement_Chat"
PLACES = ("one folder for locks", "a folder for each slice")


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    ``failed``: clusters whose run said so. ``lost``: endpoints of the others that are not there in the end. ``waits``:
    warnings that an application was held by another run.
    """

    seconds: float
    failed: int
    lost: int
    waits: int


def sharing(clusters: int, servers: int) -> Estate:
    """Return an estate in which all Web Engagement Clusters reach the Chat Servers of the first one."""
    estate = generate(clusters, servers)
    members = items(estate.app("GWE_Cluster_1"), "appservers")
    for number in range(2, clusters + 1):
        estate.put(with_items(estate.app(f"GWE_Cluster_{number}"), "appservers", members))
    return estate


def inventory(folder: Path, gax: Gax, clusters: int) -> Path:
    """Write an inventory in which each cluster has an endpoint of its own."""
    hosts = {
        f"gwe_{number}": {"chat_channel_cluster": f"GWE_Cluster_{number}", "chat_channel_endpoint": f"web_{number}"}
        for number in range(1, clusters + 1)
    }
    shared = {"gax_url": gax.url, "gax_username": USER, "gax_password": PASSWORD, "chat_channel_queue": QUEUE}
    file = folder / "inventory.yml"
    file.write_text(yaml.safe_dump({"all": {"vars": shared, "hosts": hosts}}), encoding="utf-8")
    return file


def job(folder: Path, gax: Gax, clusters: int, servers: int, slices: int, together: bool) -> Outcome:
    """Run ``configure`` over all clusters in so many slices, as AWX deals them out, and see what is there then.

    Raise RuntimeError when the same command, run alone afterwards, does not bring all of it.
    """
    gax.reset()
    hosts = inventory(folder, gax, clusters)

    def run(number: int, of: int) -> str:
        home = folder / ("home" if together else f"home_{number}")
        temporary = home / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        limit = ":".join(f"gwe_{cluster}" for cluster in range(number, clusters + 1, of))
        arguments = ["-i", str(hosts), "genesys_ops.engage.configure", "--limit", limit]
        env = playbook.environment(home, {"TMPDIR": str(temporary)})
        _code, shown, problems = playbook.command("playbook", arguments, env, folder)
        return shown + problems

    begun = time.perf_counter()
    with ThreadPoolExecutor(slices) as pool:
        shown = "".join(pool.map(run, range(1, slices + 1), [slices] * slices))
    seconds = time.perf_counter() - begun
    ended = {int(number): failed != "0" for number, failed in re.findall(r"^gwe_(\d+) .* failed=(\d+)", shown, re.M)}
    if len(ended) != clusters:
        raise RuntimeError(f"{len(ended)} of {clusters} clusters in the recap:\n{shown}")
    missing = _missing(gax, clusters, servers)
    lost = sum(number for cluster, number in missing.items() if not ended[cluster])
    again = run(1, 1)
    if sum(_missing(gax, clusters, servers).values()):
        raise RuntimeError(f"the same command again does not bring all of it:\n{again}")
    return Outcome(seconds, sum(ended.values()), lost, shown.count("Waiting for"))


def _missing(gax: Gax, clusters: int, servers: int) -> dict[int, int]:
    """Return for each cluster how many Chat Servers lack its endpoint."""
    there = [_endpoints(gax, server) for server in range(1, servers + 1)]
    return {number: sum(f"web_{number}" not in found for found in there) for number in range(1, clusters + 1)}


def _endpoints(gax: Gax, server: int) -> dict[str, str]:
    answer = requests.get(f"{gax.url}/_sim/options", params={"name": f"ChatServer_1_{server:02}"}, timeout=60)
    found: dict[str, dict[str, str]] = answer.json()
    return found.get("endpoints:1", {})


def measure(runs: int, clusters: int, servers: int, numbers: Sequence[int]) -> str:
    """Return a table: what became of the same job in one or more slices."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(sharing(clusters, servers), folder / "estate.json")
        with simulator(estate=folder / "estate.json", latency=0.02, jitter=0.01) as gax:
            for slices in numbers:
                for place, together in zip(PLACES if slices > 1 else ("",), (True, False)):
                    done = [job(folder, gax, clusters, servers, slices, together) for _run in range(runs)]
                    print(f"  {slices} {place}: {done}", file=sys.stderr)
                    median = statistics.median(outcome.seconds for outcome in done)
                    sums = [sum(getattr(outcome, of) for outcome in done) for of in ("failed", "lost", "waits")]
                    rows.append([slices, place, f"{median:.1f} s", *sums])
    return table(["slices", "locks", "time", "clusters that failed", "lost unnoticed", "warnings of a wait"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each; the median of the times counts (5)")
    parser.add_argument("--clusters", type=int, default=8)
    parser.add_argument("--servers", type=int, default=10)
    parser.add_argument("--slices", type=int, nargs="+", default=[1, 2, 4])
    given = parser.parse_args()
    print(measure(given.runs, given.clusters, given.servers, given.slices))


if __name__ == "__main__":
    main()
