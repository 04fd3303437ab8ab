# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies, with the proxy proxy.py; and credentials that nobody asked for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.between import (
    Between,
    PassOn,
    Reply,
    Seen,
    between,
    closed_port,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import call, refused
from ansible_collections.genesys_ops.engage.tests.client.certificates import Files
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, GAX
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator


@dataclass(frozen=True)
class Proxy:
    """A running proxy and its log."""

    address: str
    log: Path

    def served(self, text: str) -> bool:
        """Say whether the log tells of a request with this text. The log is written a moment later."""
        end = time.monotonic() + 5
        while text not in self.log.read_text() and time.monotonic() < end:
            time.sleep(0.02)
        return text in self.log.read_text()


@contextmanager
def running_proxy(folder: Path, *options: str) -> Iterator[Proxy]:
    port, log = folder / "port", folder / "log"
    small = ["--num-acceptors", "1", "--num-workers", "1", "--log-level", "INFO", "--log-file", str(log)]
    where = ["--hostname", "127.0.0.1", "--port", "0", "--port-file", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "proxy", *where, *small, *options], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while not (port.exists() and port.read_text().strip()):
            assert process.poll() is None and time.monotonic() < end, log.read_text() if log.exists() else "no log"
            time.sleep(0.02)
        yield Proxy(f"127.0.0.1:{port.read_text().strip()}", log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A proxy for which one needs a name and a password."""
    with running_proxy(tmp_path_factory.mktemp("guarded"), "--basic-auth", "robot:pr0xy-S3cret") as running:
        yield running


class TestProxy:
    """A proxy between us and GAX."""

    @pytest.mark.parametrize("scheme", ["http://", ""])
    def test_plain_http_goes_through_it(self, sim: Simulator, proxy: Proxy, scheme: str) -> None:
        assert call(sim, chat_server_endpoint, **ENDPOINT, gax_proxy=f"{scheme}{proxy.address}")["changed"]
        assert proxy.served(f"GET {sim.url.removeprefix('http://')}/gax/api/cfg/schema")

    def test_tls_goes_through_it_and_is_verified_behind_it(self, tls: Simulator, files: Files, proxy: Proxy) -> None:
        through = {"gax_proxy": f"http://{proxy.address}"}
        assert call(tls, chat_server_endpoint, **ENDPOINT, gax_ca_path=files.ca, **through)["changed"]
        assert proxy.served(f"CONNECT {tls.url.removeprefix('https://')}")
        refused(tls, application_info, "TLS failed", **GAX, **through)

    def test_mutual_tls_goes_through_it(self, mutual: Simulator, files: Files, proxy: Proxy) -> None:
        client = {"gax_client_cert": files.client_with_key, "gax_ca_path": files.ca}
        assert call(mutual, application_info, **GAX, **client, gax_proxy=f"http://{proxy.address}")["applications"]

    def test_its_credentials_are_used(self, sim: Simulator, tls: Simulator, files: Files, guarded: Proxy) -> None:
        through = {"gax_proxy": f"http://robot:pr0xy-S3cret@{guarded.address}"}
        assert call(sim, application_info, **GAX, **through)["applications"]
        assert call(tls, application_info, **GAX, **through, gax_ca_path=files.ca)["applications"]

    @pytest.mark.parametrize("credentials", ["", "robot:wr0ng-S3cret@"])
    def test_a_refusal_by_the_proxy_is_told_as_one(
        self, tls: Simulator, files: Files, guarded: Proxy, credentials: str, pauses: list[float]
    ) -> None:
        through = {"gax_proxy": f"http://{credentials}{guarded.address}", "gax_ca_path": files.ca}
        said = refused(tls, application_info, "the proxy refused", "gax_proxy", "407", **GAX, **through)
        assert "wr0ng-S3cret" not in said

    @pytest.mark.parametrize("credentials", ["", "robot:wr0ng-S3cret@"])
    def test_a_refusal_by_the_proxy_is_told_as_one_on_plain_http(
        self, sim: Simulator, guarded: Proxy, credentials: str
    ) -> None:
        refused(sim, application_info, "gax_proxy", "407", **GAX, gax_proxy=f"http://{credentials}{guarded.address}")

    def test_a_proxy_that_is_down_is_named(self, sim: Simulator, tls: Simulator, pauses: list[float]) -> None:
        for simulator in (sim, tls):
            refused(simulator, application_info, "proxy", "gax_proxy", **GAX, gax_proxy=closed_port())
            assert simulator.log == []

    def test_a_gax_that_the_proxy_cannot_reach_is_named(self, proxy: Proxy, pauses: list[float]) -> None:
        closed = closed_port()
        refused(closed, application_info, closed, "answered 502", **GAX, gax_proxy=f"http://{proxy.address}")

    @pytest.mark.parametrize("address", ["http://127.0.0.1:port", "ftp://127.0.0.1:3128", "://", "127.0.0.1:x"])
    def test_an_address_that_is_none_is_told(self, sim: Simulator, address: str, pauses: list[float]) -> None:
        said = refused(sim, application_info, "gax_proxy", **GAX, gax_proxy=address.replace("//1", "//robot:S3cret@1"))
        assert "S3cret" not in said

    def test_an_address_with_an_open_bracket_is_told(self, sim: Simulator) -> None:
        refused(sim, application_info, "gax_proxy", **GAX, gax_proxy="http://[proxy")


class TestEnvironmentOfProxies:
    """Without gax_proxy the usual variables count; with it they do not."""

    def test_the_proxy_of_the_environment_is_used(
        self, sim: Simulator, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        assert call(sim, application_info, **GAX)["applications"]
        assert proxy.served(f"GET {sim.url.removeprefix('http://')}/gax/api/cfg/schema")

    def test_an_address_in_no_proxy_is_asked_directly(self, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        refused(sim, application_info, "proxy", **GAX, gax_retries=0)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert call(sim, application_info, **GAX)["applications"]

    def test_each_of_several_addresses_follows_its_own_rule(
        self, sim: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert call(f"http://localhost:1,{sim.url}", application_info, **GAX, gax_retries=0)["applications"]

    def test_gax_proxy_beats_the_environment(
        self, sim: Simulator, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", closed_port())
        assert call(sim, application_info, **GAX, gax_proxy=f"http://{proxy.address}")["applications"]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        refused(sim, application_info, "proxy", **GAX, gax_proxy=closed_port(), gax_retries=0)


class TestNoOtherCredentials:
    """Nothing is sent that the options do not name."""

    @pytest.mark.parametrize("machine", ["machine 127.0.0.1", "default"])
    def test_netrc_is_never_used(self, sim: Simulator, monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
        file = Path.home() / ".netrc"
        file.write_text(f"{machine} login somebody password n3trc-S3cret\n")
        file.chmod(0o600)
        monkeypatch.setenv("NETRC", str(file))
        with between(sim.url) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT)
            assert headers_with(server, "authorization") == []

    def test_redirects_to_other_hosts_are_not_followed(self, sim: Simulator) -> None:
        with between() as elsewhere:

            def script(seen: Seen, pass_on: PassOn) -> Reply:
                away = Reply(307, headers={"Location": f"{elsewhere.url}/gax/api/{seen.path}"})
                return away if seen.path.startswith("cfg/objects") else pass_on()

            with between(sim.url, script) as server:
                refused(server.url, application_info, "cfg/objects answered 307", **GAX)
            assert elsewhere.seen == []


def headers_with(server: Between, name: str) -> list[str]:
    """Return the values of this header in all requests."""
    return [value for seen in server.seen for key, value in seen.headers.items() if key.lower() == name]
