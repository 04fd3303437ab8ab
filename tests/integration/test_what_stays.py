# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that cannot be rolled back keeps the endpoints it points at, and the command that is named undoes the run.

The other cases: tests/client/test_what_stays.py.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from ansible_collections.genesys_ops.engage.tests.integration.estates import MAIN, options_of, watch
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

CLUSTER = "GWE_Cluster_Main"
RESTORE = "genesys_ops.engage.restore"


def test_a_cluster_that_can_no_longer_be_read_holds_its_endpoints_until_the_run_is_undone(
    demo: Estate, play: Player, tmp_path: Path
) -> None:
    file = tmp_path / "restart.yml"
    with simulator(demo) as sim:
        broken = watch(sim)
        switches = {"url": f"{sim.url}/_sim/switches", "method": "PATCH", "body_format": "json"}
        tasks = [
            {"name": "Lose a permission", "ansible.builtin.uri": {**switches, "body": {"hidden": [CLUSTER]}}},
            {"name": "Start", "ansible.builtin.fail": {"msg": "The node does not start."}},
        ]
        file.write_text(json.dumps(tasks))
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), "chat_channel_restart_tasks": str(file)})
        report = run.report("main")
        assert report[0] == "4 applications are changed."
        assert broken == []
        run.assert_clean()
        sim.set(hidden=[])
        command = report[-1].partition("undo this run: ")[2]
        assert command.startswith("ansible-playbook genesys_ops.engage.restore ")
        words = shlex.split(command)
        # The inventory is there anyway.
        given = [word for at, word in enumerate(words) if "-e" in (word, words[at - 1])]
        play(sim, RESTORE, MAIN, connection(sim), args=given).assert_success()
        assert options_of(sim.estate) == options_of(demo)
