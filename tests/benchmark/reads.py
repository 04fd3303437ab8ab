# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading costs: one list of a type against single reads, and one look at a cluster in estates of any size.

``make bench`` prints the figures of docs/performance.md: medians of five, in milliseconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.connect import connect
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.lookup import find_applications
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import APPLICATION, CHAT_SERVER
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import Context, chat_channel_info
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION, MODULES
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

RUNS = 5


def parameters(sim: Simulator, **more: Any) -> dict[str, Any]:
    defaults = {
        name: spec.get("default") for name, spec in {**CONNECTION, **MODULES["chat_channel_info"].arguments}.items()
    }
    return {**defaults, "gax_url": sim.url, "gax_username": "default", "gax_password": "password", **more}


def median(work: Callable[[], object]) -> float:
    """Return the median of the times, in milliseconds."""
    times = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def single_reads_or_a_list() -> None:
    print("| Chat Servers wanted | in the estate | latency | single reads, 8 at a time | one list |")
    print("|---|---|---|---|---|")
    for estate in (50, 500):
        with Simulator(generate(estate // 50, 50)) as sim:
            for latency in (0, 0.02):
                sim.set(latency=latency)
                for wanted in (2, 4, 10, 50):
                    names = [f"ChatServer_1_{number:02}" for number in range(1, wanted + 1)]
                    with connect(parameters(sim), print) as gax:
                        single = median(partial(find_applications, gax, names, "names"))
                        listed = median(partial(gax.objects, APPLICATION, filters=f"subtype={CHAT_SERVER}"))
                    print(f"| {wanted} | {estate} | {1000 * latency:.0f} ms | {single:.0f} ms | {listed:.0f} ms |")


def one_cluster_in_an_estate() -> None:
    print("| other applications | filter | requests | time at 0 ms | time at 20 ms |")
    print("|---|---|---|---|---|")
    for applications in (0, 200, 2000):
        for filters in ("honoured", "ignored"):
            with Simulator(generate(3, 10, applications=applications), filters=filters) as sim:
                call = Context(parameters(sim, cluster="GWE_Cluster_1", queue="Webengagement_Chat"))
                times = []
                for latency in (0, 0.02):
                    sim.set(latency=latency)
                    times.append(median(partial(chat_channel_info, call)))
                requests = len(sim.log) // (2 * RUNS)
                print(f"| {applications} | {filters} | {requests} | {times[0]:.0f} ms | {times[1]:.0f} ms |")


if __name__ == "__main__":
    single_reads_or_a_list()
    print()
    one_cluster_in_an_estate()
