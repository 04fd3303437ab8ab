# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports Ansible once, then forks for each run of one of its programs: the imports take longer than most playbooks.

A fork gets the pipes, the environment, the folder and the arguments of its run, and goes on in Ansible's own ``main``,
as ``python -m ansible`` does. From there to its exit everything is as in a new process; then it ends at once, without
freeing its memory object by object. The server never runs a program itself. The collection it only compiles. It ends
when the process ends that started it.

    python ansible_server.py SOCKET FOLDER    (the folder is removed at the end)
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import random
import secrets
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

LONGEST = 2**20  # bytes of a request: arguments and environment
# What most runs import: Ansible, all its plugins of the kinds that it searches, and what the collection needs.
MODULES = """
    ansible.__main__ ansible.cli.playbook ansible.cli.inventory ansible.executor.process.worker
    ansible.plugins.action.normal ansible.plugins.cache.memory ansible.plugins.strategy.linear ansible.utils.encrypt
    concurrent.futures html multiprocessing.synchronize requests statistics
"""
PLUGINS = "become callback connection inventory shell vars"
exit_code: int | str = 0  # of this process


def import_ansible() -> list[dict[str, Any]]:
    """Import what most runs import. Return what is to happen in each fork of a run, but not when a run is forked."""
    hooks: list[dict[str, Any]] = []
    register, os.register_at_fork = os.register_at_fork, lambda **hook: hooks.append(hook)
    for name in MODULES.split():
        importlib.import_module(name)
    from ansible.plugins import loader as loaders

    for kind in PLUGINS.split():
        package, loader = importlib.import_module(f"ansible.plugins.{kind}"), getattr(loaders, f"{kind}_loader")
        for _unused, name, _unused in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{name}")
            loader._load_config_defs(name, module, module.__file__)  # the settings in its documentation
    os.register_at_fork = register
    read_moved_plugins()
    compile_collections()
    from ansible import constants

    os.rmdir(constants.DEFAULT_LOCAL_TMP)  # each run makes its own
    gc.freeze()
    return hooks


def compile_collections() -> None:
    """Compile the files of collections, which each run does again, as Ansible keeps no compiled ones.

    Only compiled, not imported; and a file that has changed since is compiled anew.
    """
    from ansible.utils.collection_loader import _collection_finder as finder

    finder.compile = functools.cache(compile)
    for path in os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":"):
        for file in Path(path).glob("ansible_collections/*/*/plugins/**/*.py"):
            finder.compile(source=file.read_bytes(), filename=str(file), mode="exec", flags=0, dont_inherit=True)


def read_moved_plugins() -> None:
    """Parse Ansible's long table of plugins that moved into collections, which each run does again."""
    from ansible.utils.collection_loader import _collection_finder as finder

    parse = finder._meta_yml_to_dict = functools.cache(finder._meta_yml_to_dict)
    parse(pkgutil.get_data("ansible.config", "ansible_builtin_runtime.yml"), ("ansible.builtin", "runtime.yml"))


def next_run(channel: socket.socket) -> tuple[list[str], dict[str, str], str] | None:
    """Return arguments, environment and folder, in a new process. At the end return None, in the server."""
    while True:
        message, pipes, *_unused = socket.recv_fds(channel, LONGEST, 2)
        if not message:
            return None
        pid = os.fork()
        if not pid:
            channel.close()
            for number, pipe in enumerate(pipes, start=1):
                os.dup2(pipe, number)
                os.close(pipe)
            return json.loads(message)
        for pipe in pipes:
            os.close(pipe)
        channel.send(str(pid).encode())
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def start_run(arguments: list[str], environment: dict[str, str], folder: str, hooks: list[dict[str, Any]]) -> None:
    """Do what an interpreter and Ansible's imports do once for each process; then what a user asked for."""
    import ansible.__main__
    import ansible.utils.vars
    from ansible import constants

    for hook in hooks:
        os.register_at_fork(**hook)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = [ansible.__main__.__file__, *arguments]
    random.seed()
    ansible.utils.vars.random_int = f"{secrets.randbelow(2**32):08x}"
    constants.DEFAULT_LOCAL_TMP = constants.config.get_config_value("DEFAULT_LOCAL_TMP")
    global exit_code
    exit_code = 1  # when an exception ends it
    try:
        ansible.__main__.main()
    except SystemExit as end:
        exit_code = end.code or 0
        raise


def leave() -> None:
    """End the process, as the last of what happens at its exit.

    Python would free each object first, and for that copy most of the memory that the fork shares with the server.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code if isinstance(exit_code, int) else 1)


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file
    atexit.register(leave)  # what is registered first comes last
    todo = import_ansible()
    run = next_run(socket.socket(fileno=int(sys.argv[1])))
    if run:
        start_run(*run, todo)
    else:
        shutil.rmtree(sys.argv[2])
