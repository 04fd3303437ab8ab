# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of an export: the simulator loads it, it holds no secrets, and small changes make small differences."""

from __future__ import annotations

import difflib
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import FAMILIES, Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import is_secret, shown, without_credentials
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import is_unseen
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import estate_file
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.estate_file import (
    check_path,
    loadable,
    ordered,
    read,
    save,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import load
from ansible_collections.genesys_ops.engage.tests.simulator import save as simulator_saves
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    Raw,
    raw_application,
    raw_applications,
    with_triples,
)
from hypothesis import given
from hypothesis import strategies as st

SECRET = "Tr0ub4dor&3"
# Escape, C1, bidirectional and format characters, Unicode's line ends, one beyond the first 65,536.
ODD = [
    "\x1b[31m",
    "\x9b2J",
    "\u202e",
    "\u2066\u2069",
    "\u2028\u2029",
    "\x85",
    "\xad",
    "\ufeff",
    "\x7f",
    "\U000e0001",
    "\r\t",
]


class TestRoundTrip:
    @pytest.mark.parametrize("suffix", [".yml", ".yaml", ".json"])
    def test_the_simulator_loads_what_was_written(self, tmp_path: Path, suffix: str) -> None:
        file, raws = tmp_path / f"estate{suffix}", list(load("demo"))
        file.write_text(written(str(file), raws, ["GWE_Cluster_Main"]), encoding="utf-8")
        assert list(load(file)) == ordered(raws)

    def test_what_the_simulator_saves_differs_in_nothing_but_the_first_lines(self, tmp_path: Path) -> None:
        file, copy = tmp_path / "estate.yml", tmp_path / "copy.yml"
        file.write_text(written(str(file), load("demo"), ["GWE_Cluster_Main"]), encoding="utf-8")
        simulator_saves(load(file), copy)
        assert file.read_text(encoding="utf-8").partition("---\n")[2] == copy.read_text(encoding="utf-8")

    @given(raw=raw_applications())
    def test_whatever_gax_gives_can_be_loaded_and_reads_the_same(self, raw: Raw) -> None:
        raw = {**raw, "name": raw["name"] or "x"}
        text = written("x.yml", [raw], ["x"])
        (obj,) = _loaded(text)
        before, after = Application(raw), Application(obj)
        for family in FAMILIES:
            expected = [(section, key, shown(key, value, section)) for section, key, value in before.triples(family)]
            assert after.triples(family) == expected
        for name in ("name", "dbid", "subtype", "tenants", "ports", "backup", "enabled", "connected_to"):
            assert getattr(after, name) == getattr(before, name)

    @given(name=st.text(), value=st.text())
    def test_any_text_of_others_is_only_text(self, name: str, value: str) -> None:
        raw = raw_application("1", name, options={"a": {"b": value}})
        (obj,) = _loaded(written("x.yml", [raw], [name]))
        assert obj["name"] == name.encode("utf-8", "replace").decode()
        assert Application(obj).options()["a"]["b"] == without_credentials(value.encode("utf-8", "replace").decode())

    @pytest.mark.parametrize("suffix", [".yml", ".json"])
    @pytest.mark.parametrize("odd", ODD)
    def test_what_cannot_be_seen_is_an_escape_in_the_file_and_the_same_when_it_is_read(
        self, odd: str, suffix: str
    ) -> None:
        value = f"  x{odd}y\nМосква: 渠道 # {odd}"
        raw = raw_application("1", f"Чат{odd}", options={f"a{odd}": {f"{odd}b": value, "c": odd}})
        text = written(f"x{suffix}", [raw], [f"Чат{odd}"])
        assert not [char for char in text if is_unseen(char) and char != "\n"]
        for word in ("Чат", "Москва: 渠道 # "):
            assert word in text
        (obj,) = _loaded(text, suffix)
        after = Application(obj)
        assert (after.name, after.options()) == (f"Чат{odd}", {f"a{odd}": {f"{odd}b": value, "c": odd}})

    def test_keys_that_nobody_knows_stay(self) -> None:
        (obj,) = _loaded(written("x.yml", [{**raw_application("1", "x"), "new-in-9": {"a": ["b", {}]}}], []))
        assert obj["new-in-9"] == {"a": ["b", {}]}

    def test_what_is_no_text_becomes_text_and_what_is_null_goes(self) -> None:
        obj = loadable({**raw_application("1", "x"), "port": 7, "isserver": True, "ghost": None, "appservers": None})
        assert (obj["port"], obj["isserver"]) == ("7", "true")
        assert not {"ghost", "appservers"} & obj.keys()


def _loaded(text: str, suffix: str = ".yml") -> list[Raw]:
    """Return what the simulator makes of a text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"estate{suffix}")
        file.write_bytes(text.encode())
        return list(load(file))


class TestOrder:
    def test_by_class_and_then_by_number(self) -> None:
        raws = [{"type": kind, "dbid": dbid} for kind in ("CfgScript", "CfgApplication") for dbid in ("10", "9", "100")]
        assert [(raw["type"], raw["dbid"]) for raw in ordered(raws)] == [
            (kind, dbid) for kind in ("CfgApplication", "CfgScript") for dbid in ("9", "10", "100")
        ]

    def test_the_order_in_which_gax_gives_objects_does_not_matter(self) -> None:
        raws = list(load("demo"))
        assert written("x.yml", raws, []) == written("x.yml", raws[::-1], [])

    def test_options_keep_their_order_and_duplicates(self) -> None:
        triples = [("z", "b", "1"), ("a", "c", "2"), ("z", "b", "1"), ("z", "a", "3")]
        assert Application(loadable(with_triples(*triples).raw)).triples("options") == triples

    def test_one_changed_option_is_one_changed_line(self) -> None:
        estate = load("demo")
        before = written("x.yml", estate, []).splitlines()
        estate.edit("ChatServer_2", "endpoints:101", "webme", "Webengagement_Chat")
        after = written("x.yml", estate, []).splitlines()
        changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
        assert changed == ["+     - {section: 'endpoints:101', key: webme, value: Webengagement_Chat}"]


class TestSecrets:
    @pytest.mark.parametrize("family", ["options", "annex"])
    @pytest.mark.parametrize(
        ("section", "key"),
        [
            ("default", "password"),
            ("x", "db-passwd"),
            ("x", "Access_Token"),
            ("secrets", "one"),
            ("credentials", "ftp"),
        ],
    )
    def test_of_options_and_the_annex_are_masked(self, family: str, section: str, key: str) -> None:
        obj = loadable(with_triples((section, key, SECRET), ("default", "username", "ucs"), family=family).raw)
        assert Application(obj).triples(family) == [(section, key, "********"), ("default", "username", "ucs")]

    @pytest.mark.parametrize(
        "more",
        [
            {"password": SECRET},
            {"commandlinearguments": f"-host cfg1 -password {SECRET} -port 2020"},
            {"commandlinearguments": f'--db-password="{SECRET}"'},
            {"ports": [{"secret-key": SECRET}]},
            {"passwords": {"a": [SECRET]}},
            {"appservers": {"conninfo": [{"appserverdbid": "2", "transportparams": f"tls=1;key-password={SECRET}"}]}},
        ],
    )
    def test_of_attributes_are_masked(self, more: dict[str, Any]) -> None:
        text = written("x.yml", [{**raw_application("1", "x"), **more}], [])
        assert SECRET not in text
        assert "********" in text

    def test_names_are_never_altered(self) -> None:
        raw = raw_application("1", "password=x", options={"http://a:b@c": {"token=1": "2"}})
        obj = loadable(raw)
        assert obj["name"] == "password=x"
        assert obj["options"]["property"][0] | {"value": ""} == {
            "section": "http://a:b@c",
            "key": "token=1",
            "value": "",
        }

    @given(raw=raw_applications())
    def test_nothing_is_masked_but_secrets(self, raw: Raw) -> None:
        obj = loadable(raw)
        for family in ("options", "annex"):
            for section, key, value in Application(obj).triples(family):
                if value == "********":
                    values = [found[2] for found in Application(raw).triples(family) if found[:2] == (section, key)]
                    assert is_secret(key, section) or "********" in values


class TestFile:
    OPTION = "path (chat_channel_export_dir)"

    def test_is_written_with_its_folder_and_for_its_owner_only(self, tmp_path: Path) -> None:
        file = tmp_path / "a" / "b" / "x.yml"
        assert read(str(file), self.OPTION) is None
        save(str(file), "größer\n", self.OPTION)
        assert read(str(file), self.OPTION) == "größer\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert list(file.parent.iterdir()) == [file]

    def test_keeps_the_mode_that_it_was_given(self, tmp_path: Path) -> None:
        file = tmp_path / "x.yml"
        file.touch(0o644)
        file.chmod(0o644)
        save(str(file), "x", self.OPTION)
        assert stat.S_IMODE(file.stat().st_mode) == 0o644

    def test_a_folder_in_its_place_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "x.yml").mkdir()
        words = r"path \(chat_channel_export_dir\): cannot .* Is a directory"
        with pytest.raises(BadInput, match=words):
            read(str(tmp_path / "x.yml"), self.OPTION)
        with pytest.raises(BadInput, match=words):
            save(str(tmp_path / "x.yml"), "x", self.OPTION)
        assert [item.name for item in tmp_path.iterdir()] == ["x.yml"]

    def test_a_name_without_a_format_is_told(self) -> None:
        with pytest.raises(BadInput, match=r"must end in \.yml, \.yaml, \.json"):
            check_path("estate.txt", self.OPTION)

    def test_without_pyyaml_there_is_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(estate_file, "yaml", None)
        check_path("estate.json", self.OPTION)
        with pytest.raises(BadInput, match="requires PyYAML"):
            check_path("estate.yml", self.OPTION)
