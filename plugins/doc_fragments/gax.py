# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection options, shared by everything that talks to GAX."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  gax_url:
    description:
      - Address of Genesys Administrator Extension, such as V(https://gax.example.com:8443).
      - Several addresses, separated by commas, are tried in order until one answers, for GAX pairs.
      - C(/gax) is added to an address without a path.
      - If not set, the environment variable E(GAX_URL) is used. One of the two is required, and not empty.
    type: str
  gax_username:
    description:
      - User to log in as.
      - If not set, the environment variable E(GAX_USERNAME) is used. One of the two is required, and not empty.
    type: str
  gax_password:
    description:
      - Password of the user.
      - White space at its beginning or end, such as the line break that C(echo) adds, is sent, with a warning.
      - If not set, the environment variable E(GAX_PASSWORD) is used. One of the two is required, and not empty.
    type: str
  gax_password_transport:
    description:
      - V(obfuscated) sends the password as GAX's own log-in page does, V(plain) as it is.
      - Neither protects it; use an V(https) address.
      - The other one is never tried automatically, because a second failed log-in can lock the account.
      - If not set, the environment variable E(GAX_PASSWORD_TRANSPORT) is used.
    type: str
    choices: [obfuscated, plain]
    default: obfuscated
  gax_validate_certs:
    description:
      - Whether to verify the certificate of GAX.
      - If not set, the environment variable E(GAX_VALIDATE_CERTS) is used.
    type: bool
    default: true
  gax_ca_path:
    description:
      - File with the certificates of trusted authorities.
      - If not set, the environment variable E(GAX_CA_PATH) is used.
    type: path
  gax_client_cert:
    description:
      - File with the client certificate for mutual TLS. It may also contain the key.
      - If not set, the environment variable E(GAX_CLIENT_CERT) is used. It is read since version 1.1.0.
    type: path
  gax_client_key:
    description:
      - File with the key of O(gax_client_cert).
      - If not set, the environment variable E(GAX_CLIENT_KEY) is used. It is read since version 1.1.0.
    type: path
  gax_proxy:
    description:
      - Address of the proxy to use.
      - If not set, the environment variable E(GAX_PROXY) is used. It is read since version 1.1.0.
      - If neither is set, C(requests) uses E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
    type: str
  gax_timeout:
    description:
      - Seconds to wait for the complete response to one request, at most one day.
      - If not set, the environment variable E(GAX_TIMEOUT) is used.
    type: float
    default: 60.0
  gax_retries:
    description:
      - How often a read is repeated if the connection fails or GAX is busy,
        and a write if it was certainly not applied.
      - If not set, the environment variable E(GAX_RETRIES) is used.
    type: int
    default: 3
  gax_concurrency:
    description:
      - How many requests of one task run at the same time, V(1) to V(32).
      - If not set, the environment variable E(GAX_CONCURRENCY) is used. It is read since version 1.1.0.
    type: int
    default: 8
  gax_evidence:
    description:
      - The evidence file that M(genesys_ops.engage.gax_preflight) wrote for this GAX.
      - Nothing is written if it says that writing is not safe, for example because lists are incomplete.
      - If not set, the environment variable E(GAX_EVIDENCE) is used.
    type: path
    version_added: 1.1.0
requirements:
  - requests >= 2.28
notes:
  - An environment variable that is empty counts as not set.
  - GAX has no public API reference. What this collection relies on, and how well each fact is known, is listed in
    C(docs/evidence.md) of the collection.
"""

    # What plugins, which have no fall-backs in an argument spec, need beside it.
    PLUGINS = r"""
options:
  gax_url:
    env:
      - name: GAX_URL
  gax_username:
    env:
      - name: GAX_USERNAME
  gax_password:
    env:
      - name: GAX_PASSWORD
  gax_password_transport:
    env:
      - name: GAX_PASSWORD_TRANSPORT
  gax_validate_certs:
    env:
      - name: GAX_VALIDATE_CERTS
  gax_ca_path:
    env:
      - name: GAX_CA_PATH
  gax_client_cert:
    env:
      - name: GAX_CLIENT_CERT
        version_added: 1.1.0
  gax_client_key:
    env:
      - name: GAX_CLIENT_KEY
        version_added: 1.1.0
  gax_proxy:
    env:
      - name: GAX_PROXY
        version_added: 1.1.0
  gax_timeout:
    env:
      - name: GAX_TIMEOUT
  gax_retries:
    env:
      - name: GAX_RETRIES
  gax_concurrency:
    env:
      - name: GAX_CONCURRENCY
        version_added: 1.1.0
  gax_evidence:
    env:
      - name: GAX_EVIDENCE
"""
