# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS and mutual TLS over real sockets, and what is said of plain http."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.between import between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.client.certificates import Files
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, GAX
from ansible_collections.genesys_ops.engage.tests.client.raw import raw_server
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator


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

    def test_https_to_a_port_that_speaks_plain_http_is_named(self, sim: Simulator) -> None:
        url = sim.url.replace("http:", "https:")
        refused(url, application_info, url, "this port does not use TLS", "http:// in gax_url", **GAX)

    def test_plain_http_to_a_port_that_speaks_tls_is_named(self, tls: Simulator, pauses: list[float]) -> None:
        url = tls.url.replace("https:", "http:")
        refused(url, application_info, url, "this port uses TLS", "use https:// in gax_url", **GAX)

    def test_and_so_it_is_where_a_client_certificate_is_asked_for(self, mutual: Simulator, pauses: list[float]) -> None:
        url = mutual.url.replace("https:", "http:")
        refused(url, application_info, "this port uses TLS", "use https:// in gax_url", **GAX)

    def test_a_tls_port_that_answers_plain_http_with_400_gets_no_password(self, files: Files) -> None:
        """So do nginx, Apache and Tomcat."""
        with polite_tls_server(files) as (url, heard):
            refused(url, application_info, url, "this port uses TLS", "use https:// in gax_url", **GAX)
        assert not any(b"session/login" in request for request in heard)


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


@contextmanager
def polite_tls_server(files: Files) -> Iterator[tuple[str, list[bytes]]]:
    """Run a TLS server that answers a plain request with 400; give its address for plain http, and what it heard."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.server, files.server_key)
    heard: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        if connection.recv(1, socket.MSG_PEEK) == b"\x16":  # the beginning of a handshake
            context.wrap_socket(connection, server_side=True).close()
            return
        heard.append(connection.recv(65536))
        text = b"The plain HTTP request was sent to HTTPS port"
        head = f"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: {len(text)}\r\n\r\n"
        connection.sendall(head.encode() + text)

    with raw_server(serve) as url:
        yield url, heard


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
