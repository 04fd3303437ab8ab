# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential type for AWX and Automation Platform: complete, the only one, and filled in as AWX does it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION
from ansible_collections.genesys_ops.engage.tests.client.certificates import make
from ansible_collections.genesys_ops.engage.tests.docs.pages import environment
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from jinja2 import sandbox

NAME = "examples/automation_platform/credential_type.yml"
TYPE: dict[str, Any] = yaml.safe_load((COLLECTION / "docs" / NAME).read_text(encoding="utf-8"))
FIELDS: dict[str, dict[str, Any]] = {field["id"]: field for field in TYPE["inputs"]["fields"]}
ENV, FILES = TYPE["injectors"]["env"], TYPE["injectors"]["file"]
USER, PASSWORD = "automation", "Trautes-Heim-4711"


def injected(filled_in: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the environment of a job. As in AWX, what was left open is undefined, and each file is there."""
    jinja = sandbox.ImmutableSandboxedEnvironment()
    names: dict[str, Any] = {**filled_in, "tower": {"filename": {}}}
    for label, template in FILES.items():
        kind, _dot, name = label.partition(".")
        assert kind == "template"
        (folder / name).write_text(jinja.from_string(template).render(**filled_in), encoding="utf-8")
        names["tower"]["filename"][name] = str(folder / name)
    return {name: jinja.from_string(template).render(**names) for name, template in ENV.items()}


class TestTheType:
    def test_it_has_an_input_for_each_connection_option_and_uses_it(self) -> None:
        assert sorted(ENV) == sorted(name.upper() for name in CONNECTION)
        used = {name for name in FIELDS for text in [*ENV.values(), *FILES.values()] if f"{{{{ {name} }}}}" in text}
        assert used == set(FIELDS)
        assert len(FIELDS) == len(CONNECTION)

    def test_its_inputs_are_of_the_form_that_awx_takes(self) -> None:
        for field in FIELDS.values():
            assert set(field) <= {"id", "label", "type", "choices", "multiline", "secret", "help_text"}
            # A boolean that is left open would be false, and the certificate of GAX would not be verified.
            assert field["type"] == "string"
            assert field["label"]
        assert set(TYPE["inputs"]["required"]) == {"url", "username", "password"}
        assert {name for name, field in FIELDS.items() if field.get("secret")} == {"password", "client_key"}

    def test_it_offers_the_choices_of_the_options(self) -> None:
        for name, template in ENV.items():
            spec = CONNECTION[name.lower()]
            choices = ["true", "false"] if spec["type"] == "bool" else spec.get("choices")
            assert FIELDS[template.strip("{} ")].get("choices") == choices if choices else True
        assert FIELDS["password_transport"]["choices"]
        assert FIELDS["validate_certs"]["choices"]

    def test_no_page_shows_another_one(self) -> None:
        pages = {page.name: page.read_text(encoding="utf-8") for page in (COLLECTION / "docs").glob("*.md")}
        assert NAME in pages["automation_platform.md"]
        assert [name for name, text in pages.items() if "fields:" in text] == []


class TestAJob:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        """Return a project of AWX, with an inventory source and a playbook."""
        source, audit = "plugin: genesys_ops.engage.gax\n", "- import_playbook: genesys_ops.engage.audit\n"
        (tmp_path / "gax.yml").write_text(source, encoding="utf-8")
        (tmp_path / "audit.yml").write_text(audit, encoding="utf-8")
        return tmp_path

    def run(self, command: list[str], project: Path, home: Path, job: Mapping[str, str]) -> str:
        done = subprocess.run(
            command,
            cwd=project,
            env=environment(home, **job),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "WARNING" not in done.stderr
        return done.stdout

    def check(self, project: Path, home: Path, job: Mapping[str, str]) -> None:
        shown = self.run(["ansible-inventory", "-i", "gax.yml", "--list"], project, home, job)
        assert "GWE_Cluster_Main" in json.loads(shown)["_meta"]["hostvars"]
        audit = ["ansible-playbook", "-i", "gax.yml", "audit.yml", "-e", "chat_channel_fail_on=never"]
        shown = self.run(audit, project, home, job)
        assert "3 clusters with " in shown
        assert PASSWORD not in shown

    def test_with_nothing_but_what_is_required(self, project: Path, home: Path) -> None:
        with Simulator("demo", user=USER, password=PASSWORD) as sim:
            job = injected({"url": sim.url, "username": USER, "password": PASSWORD}, project)
            assert job["GAX_TIMEOUT"] == job["GAX_CA_PATH"] == ""
            self.check(project, home, job)

    def test_with_everything(self, project: Path, home: Path) -> None:
        certificates = project / "certificates"
        certificates.mkdir()
        files = make(certificates)
        tls = {"tls_cert": files.server, "tls_key": files.server_key, "tls_client_ca": files.ca}
        with Simulator("demo", user=USER, password=PASSWORD, **tls) as sim:
            filled_in = {
                "url": sim.url,
                "username": USER,
                "password": PASSWORD,
                "password_transport": "plain",
                "validate_certs": "true",
                "ca": Path(files.ca).read_text(encoding="utf-8"),
                "client_cert": Path(files.client).read_text(encoding="utf-8"),
                "client_key": Path(files.client_key).read_text(encoding="utf-8"),
                "timeout": "20",
                "retries": "1",
                "concurrency": "2",
            }
            assert set(FIELDS) - set(filled_in) == {"proxy", "evidence"}
            self.check(project, home, injected(filled_in, project))
