# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role against what one would do without it, and over many clusters.

``make bench`` measures everything; ``python tests/benchmark/role.py --runs 1 --quick`` is a first look.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ansible_collections.genesys_ops.engage.tests.benchmark import chart
from ansible_collections.genesys_ops.engage.tests.benchmark.measure import (
    COLLECTION,
    HERE,
    PASSWORD,
    USER,
    Gax,
    Measured,
    Work,
    machine,
    peak,
    playbook,
    processor_time,
    run,
    simulator,
    table,
)

QUEUE = "Webengagement_Chat"
LATENCY = 0.02  # seconds that GAX takes for any request
FORKS = "--forks=20"
CONFIGURE = "genesys_ops.engage.configure"
JOBS = ("converge", "no change")


def inventory(folder: Path, gax: Gax, clusters: int) -> Path:
    """Write an inventory with one host for each cluster."""
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "gax_url": gax.url,
        "gax_username": USER,
        "gax_password": PASSWORD,
        "chat_channel_queue": QUEUE,
        "chat_channel_identify_create_contact": 3,
        "chat_channel_refresh_task_period": 2,
    }
    hosts = {f"gwe_{number}": {"chat_channel_cluster": f"GWE_Cluster_{number}"} for number in range(1, clusters + 1)}
    file = folder / "inventory.yml"
    file.write_text(json.dumps({"all": {"vars": variables, "hosts": hosts}}), encoding="utf-8")
    return file


def converge_and_repeat(gax: Gax, work: Work, writes: int) -> tuple[Measured, Measured]:
    """Measure a run that changes everything, and one after it. Raise RuntimeError when they did not do just that."""
    gax.reset()
    converge = _with_server_time(gax, work)
    written = gax.writes()
    repeat = _with_server_time(gax, work)
    if (written, gax.writes()) != (writes, writes):
        raise RuntimeError(f"{written} and {gax.writes() - written} writes instead of {writes} and 0")
    return converge, repeat


def _with_server_time(gax: Gax, work: Work) -> Measured:
    begun = processor_time(gax.pid)
    measured = work()
    return replace(measured, server=processor_time(gax.pid) - begun)


def against(runs: int, servers: int) -> str:
    """Compare the role with a playbook of ``uri`` tasks, and with the floor: an empty playbook and a bare script."""
    times: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, simulator(clusters=1, chat_servers=servers, latency=LATENCY) as gax:
        hosts = inventory(Path(folder), gax, 1)
        script = [sys.executable, str(HERE / "floor.py"), gax.url, USER, PASSWORD, "GWE_Cluster_1", QUEUE]
        contenders = {
            "role": lambda: playbook(CONFIGURE, hosts),
            "uri": lambda: playbook(str(HERE / "uri.yml"), hosts),
            "script": lambda: run(script),
        }
        for _run in range(runs):
            for name, work in contenders.items():
                both = converge_and_repeat(gax, work, servers + 1)
                print(f"  {name}: {both[0].seconds:.2f} s, {both[1].seconds:.2f} s", file=sys.stderr)
                for job, measured in zip(JOBS, both):
                    times.setdefault((name, job), []).append(measured.seconds)
                    times.setdefault((f"simulator for the {name}", job), []).append(measured.server)
            times.setdefault(("empty", ""), []).append(playbook(str(HERE / "empty.yml"), hosts).seconds)
    median = {key: statistics.median(values) for key, values in times.items()}
    rows = []
    for job in JOBS:
        role, uri, floor = median["role", job], median["uri", job], median["empty", ""] + median["script", job]
        seconds = [f"{value:.2f} s" for value in (role, uri, floor)]
        rows.append([job, *seconds, f"{uri / role:.0f} times", f"{role / floor:.2f}"])
    floors = f"The floor: empty playbook {median['empty', '']:.2f} s, script " + ", ".join(
        f"{median['script', job]:.2f} s ({job})" for job in JOBS
    )
    work = [(name, job) for name in ("role", "script") for job in JOBS]
    servers_own = "Processor time of the simulator: " + ", ".join(
        f"{median[f'simulator for the {name}', job]:.2f} s ({name}, {job})" for name, job in work
    )
    heads = ["job", "role", "uri", "floor", "faster than uri", "role / floor"]
    return f"{table(heads, rows)}\n\n{floors}.\n\n{servers_own}."


def scale(runs: int, sizes: Sequence[int], servers: int, plot: Path | None) -> str:
    """Run the role over many clusters of one GAX."""
    rows, seconds = [], {job: [] for job in JOBS}
    for clusters in sizes:
        with (
            tempfile.TemporaryDirectory() as folder,
            simulator(clusters=clusters, chat_servers=servers, latency=LATENCY) as gax,
        ):
            hosts = inventory(Path(folder), gax, clusters)
            work = partial(playbook, CONFIGURE, hosts, FORKS, memory=True)
            both = [converge_and_repeat(gax, work, clusters * (servers + 1)) for _run in range(runs)]
            held = peak(gax.pid)
        print(f"  {clusters} clusters: done", file=sys.stderr)
        for index, job in enumerate(JOBS):
            measured = [pair[index] for pair in both]
            total = statistics.median(item.seconds for item in measured)
            seconds[job].append(total / clusters)
            own, child = (max(getattr(item, name) for item in measured) for name in ("own", "child"))
            memory = [f"{value:.0f} MB" for value in (own, child, held)]
            rows.append([clusters, job, f"{total:.1f} s", f"{total / clusters:.2f} s", *memory])
    if plot:
        title = f"Seconds a cluster of {servers} Chat Servers, {FORKS[2:].replace('=', ' ')}"
        plot.write_text(chart.bars(title, [f"{size} clusters" for size in sizes], seconds), encoding="utf-8")
    titles = ["clusters", "job", "time", "a cluster", "controller", "largest child", "simulator"]
    return table(titles, rows)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each contender; the median counts (5)")
    parser.add_argument("--scale-runs", type=int, default=1, help="runs over each number of clusters (1)")
    parser.add_argument("--part", choices=["against", "scale"], help="measure one part only")
    parser.add_argument("--quick", action="store_true", help="fewer Chat Servers and clusters, for a first look")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of clusters (10 40 160)")
    parser.add_argument("--plot", type=Path, help="where to draw the scale (docs/performance.svg; not with --quick)")
    given = parser.parse_args(arguments)
    print(f"{machine()}; {1000 * LATENCY:.0f} ms latency.\n")
    if given.part != "scale":
        servers = 5 if given.quick else 50
        print(f"One cluster with {servers} Chat Servers, medians of {given.runs}:\n")
        print(against(given.runs, servers), end="\n\n", flush=True)
    if given.part != "against":
        sizes = given.sizes or ([2, 8] if given.quick else [10, 40, 160])
        default = None if given.quick else COLLECTION / "docs" / "performance.svg"
        print(f"Clusters with 10 Chat Servers each, {FORKS[2:].replace('=', ' ')}, medians of {given.scale_runs}:\n")
        print(scale(given.scale_runs, sizes, 10, given.plot or default), flush=True)


if __name__ == "__main__":
    main()
