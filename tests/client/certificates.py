# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys for tests of TLS, made here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import trustme


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


def make(folder: Path) -> Files:
    """Make them, and write them into a folder."""

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
