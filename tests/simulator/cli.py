# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the simulator. Options for switches are derived from `switches.py`."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from . import background
from .estate import Estate
from .evidence import switches_of
from .files import check_writable, load, save, words
from .generate import generate
from .runner import Simulator
from .switches import Switches

EXAMPLE = """\
examples:
  # the demo estate on port 8080; log in as default / password
  %(prog)s --estate demo --port 8080

  # a rehearsal on an exported estate, in the background; rehearsal.yml tells where it listens and as whom to log in
  %(prog)s --estate export.yml --background rehearsal.yml --save-to rehearsed.yml
  ansible-playbook genesys_ops.engage.configure -i inventory.yml -e @rehearsal.yml
  %(prog)s --stop rehearsal.yml

  # the same where the collection is installed, without any path
  ansible-playbook genesys_ops.engage.simulator -e simulator_estate=export.yml -e simulator_save_to=rehearsed.yml
  ansible-playbook genesys_ops.engage.simulator -e simulator_state=stopped

  # the same, on a copy that answers like the GAX that a preflight got to know
  %(prog)s --estate export.yml --evidence gax.example.com_8443.json --background rehearsal.yml

  # 3 clusters with 10 Chat Servers each among 2000 other applications, written to a file
  %(prog)s --clusters 3 --chat-servers 10 --applications 2000 --generate-only estate.json

  # a slow GAX that answers a PUT with nothing, loses every tenth connection, and keeps its changes
  %(prog)s --estate estate.json --latency 0.2 --put-answer 204 \\
      --faults '[{"kind": "drop", "share": 0.1}]' --save-to estate.json

while it runs:
  GET /_sim/log, /_sim/journal, /_sim/violations   requests, writes, writes in spite of --forbid-writes
  GET /_sim/counts                                 how many requests and writes there were
  GET, PATCH /_sim/switches                        all switches; the names have underscores here
  GET /_sim/options?name=APP[&family=annex]        options of an application, by section
  POST /_sim/edit                                  another administrator: {"name", "section", "key", "value"}
  GET /_sim/estate, POST /_sim/save, /_sim/reset   all objects; write --save-to; back to the start
"""


def _command() -> str:
    """Return how the simulator was called: by the path of its folder, or as a module."""
    by_path = Path(sys.argv[0]).is_dir()
    # The Python that has the libraries, which is not always the one called python.
    return f"{sys.executable} {sys.argv[0]}" if by_path else f"python -m {__package__}"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    command = argparse.ArgumentParser(
        prog=_command(),
        description="A stand-in for Genesys Administrator Extension (GAX): its REST API over an estate in memory.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    estate = command.add_argument_group("estate")
    estate.add_argument("--estate", metavar="PATH", help="JSON or YAML file, directory of JSON files, or: demo")
    estate.add_argument("--clusters", type=int, metavar="N", help="generate an estate with N Web Engagement Clusters")
    estate.add_argument("--chat-servers", type=int, metavar="N", default=3, help="Chat Servers of each cluster (3)")
    estate.add_argument("--applications", type=int, metavar="N", default=0, help="other applications (0)")
    estate.add_argument("--tenants", type=int, metavar="N", default=1, help="tenants, Environment among them (1)")
    estate.add_argument("--backups", action="store_true", help="each Chat Server has a backup")
    estate.add_argument("--nested", action="store_true", help="an Application Cluster lies within another")
    estate.add_argument("--generate-only", metavar="FILE", type=Path, help="write the estate to FILE and exit")
    estate.add_argument("--save-to", metavar="FILE", type=Path, help="write the estate to FILE at the end")
    estate.add_argument("--evidence", metavar="FILE", type=Path, help="behave like the GAX that a preflight describes")

    server = command.add_argument_group("server")
    server.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    server.add_argument("--port", type=int, default=0, help="port to listen on (0 = a free one)")
    server.add_argument("--port-file", metavar="FILE", type=Path, help="write the URL to FILE")
    server.add_argument("--background", metavar="FILE", type=Path, help="return when it listens; FILE is for -e @FILE")
    server.add_argument("--stop", metavar="FILE", type=Path, help="end the simulator that --background started")
    server.add_argument("--user", help="an account besides default/password")
    server.add_argument("--password", help="the password of --user")
    server.add_argument("--tls-cert", metavar="FILE", help="speak TLS with this certificate (PEM)")
    server.add_argument("--tls-key", metavar="FILE", help="the key of the certificate, when it is in a file of its own")
    server.add_argument("--tls-client-ca", metavar="FILE", help="ask clients for a certificate of this authority")

    switches = command.add_argument_group("switches", "The first position is the default.")
    for item in fields(Switches):
        switches.add_argument(
            "--" + item.name.replace("_", "-"),
            metavar=item.metadata["shape"],
            default=argparse.SUPPRESS,
            nargs="?" if item.metadata["shape"] == "on|off" else None,
            const="on" if item.metadata["shape"] == "on|off" else None,
            help=item.metadata["doc"].replace("%", "%%"),
        )
    return command


def _estate(arguments: argparse.Namespace) -> Estate:
    if arguments.clusters is None:
        return load(arguments.estate or "demo")
    if arguments.estate:
        raise ValueError("Use --estate or --clusters, not both.")
    return generate(
        arguments.clusters,
        arguments.chat_servers,
        applications=arguments.applications,
        tenants=arguments.tenants,
        backups=arguments.backups,
        nested=arguments.nested,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the simulator until SIGTERM or SIGINT; return the exit code."""
    arguments = parser().parse_args(argv)
    names = [item.name for item in fields(Switches)]
    # No real GAX knows the account of a rehearsal: default/password may be one there.
    rehearsal = ("rehearsal", secrets.token_hex(8)) if arguments.background else ("default", "password")
    user, password = arguments.user or rehearsal[0], arguments.password or rehearsal[1]
    try:
        if arguments.stop:
            print(background.stop(arguments.stop))
            return 0
        estate = _estate(arguments)
        if arguments.generate_only:
            save(estate, arguments.generate_only)
            return 0
        if arguments.save_to:
            check_writable(arguments.save_to)
        known = switches_of(arguments.evidence, estate) if arguments.evidence else {}
        asked = {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}
        simulator = Simulator(
            estate,
            host=arguments.host,
            port=arguments.port,
            user=user,
            password=password,
            tls_cert=arguments.tls_cert,
            tls_key=arguments.tls_key,
            tls_client_ca=arguments.tls_client_ca,
            save_to=arguments.save_to,
            **{**known, **asked},
        )
        if arguments.background:
            background.detach(arguments.background)
        _serve(simulator, arguments, user, password)
    except OSError as error:
        print(words(error), file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _serve(simulator: Simulator, arguments: argparse.Namespace, user: str, password: str) -> None:
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_unused: end.set())
    with simulator:
        if arguments.port_file:
            arguments.port_file.write_text(simulator.url + "\n", encoding="utf-8")
        if arguments.background:
            arguments.background.write_text(
                background.variables(simulator.url, user, password, arguments.save_to), encoding="utf-8"
            )
        print(simulator.url, flush=True)
        print(_how_to_use(simulator.url, user, arguments.background), flush=True)
        if arguments.background:
            background.let_go()
        end.wait()
    problem = None
    try:
        simulator.save()
    except OSError as error:
        problem = error
        if not arguments.background:
            raise
    if arguments.background:
        background.ended(arguments.background, problem)


def _how_to_use(url: str, user: str, file: Path | None) -> str:
    said = f"A simulated GAX listens on {url} and knows user '{user}'. "
    if file:
        return said + f"Use it with: -e @{file}   Stop it with: {_command()} --stop {file}"
    return said + f"Stop it with Ctrl-C, or: kill {os.getpid()}"
