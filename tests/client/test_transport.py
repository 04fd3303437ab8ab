# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, mutual TLS and proxies over real sockets, with certificates made here and the proxy proxy.py."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from ansible_collections.genesys_ops.engage.plugins.module_utils._operations import (
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
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

Start = Callable[..., Simulator]

GAX = {"names": ["GAX"]}


@dataclass(frozen=True)
class Files:
    """Certificates and keys. ``other`` authorities and clients are strangers to the server."""

    ca: str
    other_ca: str
    server: str
    server_key: str
    server_of_other_name: str
    client: str
    client_key: str
    client_with_key: str
    other_client_with_key: str
    nowhere: str


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("tls")

    def written(name: str, *blobs: trustme.Blob) -> str:
        (folder / name).write_bytes(b"".join(blob.bytes() for blob in blobs))
        return str(folder / name)

    ca, other = trustme.CA(), trustme.CA()
    server, client = ca.issue_cert("127.0.0.1"), ca.issue_cert("automation@contoso.example")
    return Files(
        ca=written("ca.pem", ca.cert_pem),
        other_ca=written("other-ca.pem", other.cert_pem),
        server=written("server.pem", *server.cert_chain_pems),
        server_key=written("server.key", server.private_key_pem),
        server_of_other_name=written("name.pem", ca.issue_cert("gax.contoso.example").private_key_and_cert_chain_pem),
        client=written("client.pem", *client.cert_chain_pems),
        client_key=written("client.key", client.private_key_pem),
        client_with_key=written("both.pem", client.private_key_and_cert_chain_pem),
        other_client_with_key=written("strange.pem", other.issue_cert("a@b.example").private_key_and_cert_chain_pem),
        nowhere=str(folder / "nowhere.pem"),
    )


@pytest.fixture
def tls(start: Start, files: Files) -> Simulator:
    return start(tls_cert=files.server, tls_key=files.server_key)


@pytest.fixture
def mutual(start: Start, files: Files) -> Simulator:
    return start(tls_cert=files.server, tls_key=files.server_key, tls_client_ca=files.ca)


class TestTls:
    """The certificate of GAX is verified unless the user says otherwise."""

    def test_a_gax_with_a_trusted_certificate_is_read_and_written(self, tls: Simulator, files: Files) -> None:
        assert call(tls, chat_server_endpoint, **ENDPOINT, gax_ca_path=files.ca)["changed"]
        assert applied(tls) == dict.fromkeys(ENDPOINT["chat_servers"], 1)

    def test_a_certificate_of_an_unknown_authority_is_refused_at_once(self, tls: Simulator) -> None:
        words = (tls.url, "TLS failed", "gax_ca_path", "gax_validate_certs", "certificate verify failed")
        refused(tls, application_info, *words, **GAX)
        assert tls.log == []

    def test_a_certificate_of_another_authority_is_refused(self, tls: Simulator, files: Files) -> None:
        refused(tls, application_info, "TLS failed", "gax_ca_path", **GAX, gax_ca_path=files.other_ca)
        assert tls.log == []

    def test_a_certificate_for_another_name_is_refused(self, start: Start, files: Files) -> None:
        sim = start(tls_cert=files.server_of_other_name)
        refused(sim, application_info, "TLS failed", "mismatch", "127.0.0.1", **GAX, gax_ca_path=files.ca)
        assert sim.log == []

    @pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
    def test_verification_can_be_switched_off(self, tls: Simulator, start: Start, files: Files) -> None:
        for certificate in (
            {"tls_cert": files.server, "tls_key": files.server_key},
            {"tls_cert": files.server_of_other_name},
        ):
            assert call(start(**certificate), application_info, **GAX, gax_validate_certs=False)["applications"]

    @pytest.mark.filterwarnings("error:Unverified HTTPS request")
    def test_who_switched_it_off_is_not_reminded_with_every_request(self, tls: Simulator) -> None:
        assert call(tls, application_info, **GAX, gax_validate_certs=False)["applications"]

    def test_the_bundle_in_the_environment_does_not_override_the_ca_file(
        self, tls: Simulator, files: Files, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", files.other_ca)
        assert call(tls, application_info, **GAX, gax_ca_path=files.ca)["applications"]
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", files.ca)
        refused(tls, application_info, "TLS failed", **GAX, gax_ca_path=files.other_ca)

    @pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
    def test_the_bundle_in_the_environment_does_not_switch_verification_on_again(
        self, tls: Simulator, files: Files, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", files.other_ca)
        assert call(tls, application_info, **GAX, gax_validate_certs=False)["applications"]

    @pytest.mark.parametrize("file", ["nowhere", "client_key"], ids=["missing", "without a certificate"])
    def test_a_ca_file_that_cannot_be_used_is_named(self, tls: Simulator, files: Files, file: str) -> None:
        refused(tls, application_info, "gax_ca_path", **GAX, gax_ca_path=getattr(files, file))

    def test_https_to_a_port_that_speaks_plain_http_is_refused(self, sim: Simulator) -> None:
        refused(sim.url.replace("http:", "https:"), application_info, "TLS failed", **GAX)

    def test_plain_http_to_a_port_that_speaks_tls_is_refused(self, tls: Simulator, pauses: list[float]) -> None:
        url = tls.url.replace("https:", "http:")
        refused(url, application_info, url, "connection was lost", **GAX)


class TestMutualTls:
    """GAX, or what stands before it, asks for a certificate of the client."""

    def test_a_certificate_and_its_key_in_two_files(self, mutual: Simulator, files: Files) -> None:
        client = {"gax_client_cert": files.client, "gax_client_key": files.client_key}
        assert call(mutual, chat_server_endpoint, **ENDPOINT, gax_ca_path=files.ca, **client)["changed"]

    def test_a_certificate_and_its_key_in_one_file(self, mutual: Simulator, files: Files) -> None:
        client = {"gax_client_cert": files.client_with_key}
        assert call(mutual, chat_server_endpoint, **ENDPOINT, gax_ca_path=files.ca, **client)["changed"]

    @pytest.mark.parametrize("client", [None, "other_client_with_key"], ids=["none", "of a stranger"])
    def test_without_the_right_certificate_nobody_gets_in(
        self, mutual: Simulator, files: Files, client: str | None, pauses: list[float]
    ) -> None:
        given = {"gax_client_cert": getattr(files, client)} if client else {}
        refused(mutual, application_info, mutual.url, "No GAX can be reached", **GAX, gax_ca_path=files.ca, **given)
        assert mutual.log == []

    @pytest.mark.parametrize("client", [None, "other_client_with_key"], ids=["none", "of a stranger"])
    def test_a_missing_client_certificate_is_named(
        self, mutual: Simulator, files: Files, client: str | None, pauses: list[float]
    ) -> None:
        given = {"gax_client_cert": getattr(files, client)} if client else {}
        refused(mutual, application_info, "gax_client_cert", **GAX, gax_ca_path=files.ca, **given)

    @pytest.mark.parametrize("client", [None, "other_client_with_key"], ids=["none", "of a stranger"])
    def test_a_server_that_says_why_is_quoted(self, files: Files, client: str | None) -> None:
        given = {"gax_client_cert": getattr(files, client)} if client else {}
        with outspoken_server(files) as url:
            refused(
                url,
                application_info,
                url,
                "TLS failed",
                "gax_client_cert",
                "alert",
                **GAX,
                gax_ca_path=files.ca,
                **given,
            )

    @pytest.mark.parametrize(
        ("cert", "key"),
        [
            ("nowhere", "client_key"),
            ("client", "nowhere"),
            ("client", "server_key"),
            ("client", None),
            ("ca", "client"),
        ],
    )
    def test_files_that_cannot_be_used_are_named(
        self, mutual: Simulator, files: Files, cert: str, key: str | None, pauses: list[float]
    ) -> None:
        client = {"gax_client_cert": getattr(files, cert), "gax_client_key": key and getattr(files, key)}
        refused(mutual, application_info, "gax_client_cert", **GAX, gax_ca_path=files.ca, **client)

    def test_a_key_without_a_certificate_is_refused(self, mutual: Simulator, files: Files, pauses: list[float]) -> None:
        refused(
            mutual, application_info, "gax_client_cert", **GAX, gax_ca_path=files.ca, gax_client_key=files.client_key
        )


@contextmanager
def outspoken_server(files: Files) -> Iterator[str]:
    """Run a TLS 1.2 server that refuses everybody without a client certificate, and says so before it closes."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files.ca)
    context.load_cert_chain(files.server, files.server_key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    plain, _unused = listening.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(plain, server_side=True).close()
                except (ssl.SSLError, OSError):
                    plain.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


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


class TestPlainHttp:
    """The password crosses the network readable: that is said, unless it stays on this machine."""

    def test_a_host_elsewhere_is_warned_of_and_used(self, sim: Simulator) -> None:
        warnings: list[str] = []
        with between(sim.url) as as_proxy:
            url = "http://gax.contoso.example:8080"
            assert call(url, application_info, warnings=warnings, **GAX, gax_proxy=as_proxy.url)["applications"]
        (warning,) = warnings
        assert url in warning
        assert "password" in warning
        assert "https" in warning

    def test_each_of_several_addresses_is_warned_of(self, sim: Simulator) -> None:
        warnings: list[str] = []
        urls = f"{sim.url},http://a.contoso.example,https://b.contoso.example,http://c.contoso.example"
        call(urls, application_info, warnings=warnings, **GAX)
        assert [word for text in warnings for word in text.split() if "contoso" in word] == [
            "http://a.contoso.example/gax",
            "http://c.contoso.example/gax",
        ]

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_this_machine_is_not_warned_of(self, sim: Simulator, host: str) -> None:
        warnings: list[str] = []
        call(sim.url.replace("127.0.0.1", host), application_info, warnings=warnings, **GAX)
        assert warnings == []

    def test_tls_is_not_warned_of(self, tls: Simulator, files: Files) -> None:
        warnings: list[str] = []
        call(tls, application_info, warnings=warnings, **GAX, gax_ca_path=files.ca)
        assert warnings == []
        assert log_ins(tls) == 1
