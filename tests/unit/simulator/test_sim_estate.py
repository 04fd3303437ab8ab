# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates: store, files, the demo, generated ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, generate, load, save
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj, changes, items, other_changes
from ansible_collections.genesys_ops.engage.tests.simulator.writing import references


def dangling(estate: Estate) -> list[tuple[str, str, str]]:
    """Return every reference that leads nowhere, apart from the roots that a dump does not hold."""
    return [
        (obj["name"], kind, dbid)
        for obj in estate
        for kind, dbid in references(obj)
        if not estate.get(kind, dbid) and (kind, dbid) not in {("CfgFolder", "119")}
    ]


@pytest.mark.parametrize("name", ["estate.json", "estate.yml"])
def test_file_round_trip(demo: Estate, tmp_path: Path, name: str) -> None:
    save(demo, tmp_path / name)
    again = load(tmp_path / name)
    assert [list(obj.items()) for obj in again] == [list(obj.items()) for obj in demo]
    save(again, tmp_path / ("2" + name))
    assert (tmp_path / name).read_bytes() == (tmp_path / ("2" + name)).read_bytes()


def test_directory_of_dumps(demo: Estate, tmp_path: Path) -> None:
    for kind in ("CfgApplication", "CfgScript"):
        (tmp_path / f"{kind}.json").write_text(json.dumps(demo.all(kind)), encoding="utf-8")
    plain = [{key: value for key, value in obj.items() if key != "type"} for obj in demo.all("CfgHost")]
    (tmp_path / "CfgHost.json").write_text(json.dumps(plain), encoding="utf-8")
    estate = load(tmp_path)
    assert len(estate) == sum(len(demo.all(kind)) for kind in ("CfgApplication", "CfgScript", "CfgHost"))
    assert estate.named("GAX") == demo.named("GAX")
    assert list(estate.named("GAX")) == list(demo.named("GAX"))
    assert estate.all("CfgHost") == demo.all("CfgHost")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "cannot be read"),
        ("a: b", "one list"),
        ("[1]", "one list"),
        ("[{type: CfgHost}]", "no dbid"),
        ("[{dbid: '1'}]", "no type"),
        ("[{type: CfgHost, dbid: one}]", "decimal"),
        ("[{type: CfgHost, dbid: 1}, {type: CfgHost, dbid: '1'}]", "twice"),
        ("[{type: CfgHost, dbid: '1', state: true}]", "strings only"),
        ("[{type: CfgHost, dbid: '1', resources: {resource: [null]}}]", r"resources.resource\[0\]"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        load(tmp_path / "bad.yml")


@pytest.mark.parametrize("text", ["null\n", "", "\n"])
def test_a_class_that_a_dump_tool_could_not_list_is_empty_and_told(
    text: str, demo: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "CfgApplication.json").write_text(json.dumps(demo.all("CfgApplication")), encoding="utf-8")
    (tmp_path / "CfgPersonLastLogin.json").write_text(text, encoding="utf-8")
    assert list(load(tmp_path)) == demo.all("CfgApplication")
    assert "CfgPersonLastLogin.json holds no list: the estate has no CfgPersonLastLogin." in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["zip", "gztar", "tar", "xztar"])
@pytest.mark.parametrize("inside", [False, True])
def test_an_archive_and_what_is_no_text_are_refused_with_a_sentence(tmp_path: Path, inside: bool, kind: str) -> None:
    archive, binary = tmp_path / "dump.json", tmp_path / "binary.json"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "CfgApplication.json").write_text("[]", encoding="utf-8")
    Path(shutil.make_archive(str(tmp_path / "packed"), kind, folder)).rename(archive)
    with pytest.raises(ValueError, match="is an archive: unpack it, and give the folder"):
        load(tmp_path if inside else archive)
    archive.unlink()
    binary.write_bytes(b"[\xff\xfe]")
    with pytest.raises(ValueError, match="is not text in UTF-8"):
        load(tmp_path if inside else binary)


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no JSON files"):
        load(tmp_path)


def test_numbers_become_strings() -> None:
    assert Estate([{"type": "CfgHost", "dbid": 7, "lcaport": 4999}]).get("CfgHost", "7") == {
        "type": "CfgHost",
        "dbid": "7",
        "lcaport": "4999",
    }


def test_numbers_of_deleted_objects_stay_used() -> None:
    estate = Estate([{"type": "CfgHost", "dbid": "500"}])
    estate.remove("CfgHost", "500")
    assert estate.new_dbid("CfgHost") == "501"
    assert estate.new_dbid("CfgScript") == "101"


def test_edit_sets_in_place_adds_and_removes(demo: Estate) -> None:
    estate = demo.copy()
    before = items(estate.named("GAX"), "options")
    estate.edit("GAX", "general", "auditing", "false")
    assert items(estate.named("GAX"), "options")[0]["value"] == "false"
    estate.edit("GAX", "general", "client_app_name", None)
    assert len(items(estate.named("GAX"), "options")) == len(before) - 2  # it was there twice
    estate.edit("GAX", "new", "one", "1", family="annex")
    assert estate.options("GAX", "annex") == {"new": {"one": "1"}}
    assert demo.options("GAX", "annex") == {}
    assert items(demo.named("GAX"), "options") == before


def test_an_unknown_name_or_family_is_an_error(demo: Estate) -> None:
    with pytest.raises(KeyError, match="no CfgApplication named 'nobody'"):
        demo.app("nobody")
    with pytest.raises(ValueError, match="no family 'colour'"):
        demo.options("GAX", "colour")


def test_a_copy_of_an_application_is_the_callers_own(demo: Estate) -> None:
    demo.app("GAX")["options"]["property"].clear()
    assert items(demo.named("GAX"), "options")


def test_changes_count_duplicates_and_ignore_empty_containers() -> None:
    def app(*values: str, **more: object) -> Obj:
        return {"options": {"property": [{"section": "s", "key": "k", "value": value} for value in values]}, **more}

    assert changes(app("1", "1"), app("1")) == [
        {"family": "options", "section": "s", "key": "k", "before": ["1", "1"], "after": "1"}
    ]
    assert changes({}, app("1"))[0]["before"] is None
    assert changes(app("1"), app("1")) == []
    assert other_changes(app(resources={"resource": []}), app(port="1")) == ["port"]
    assert other_changes(app(tenantdbids={"id": [], "mode": "0"}), app()) == ["tenantdbids"]


def test_demo_is_consistent(demo: Estate) -> None:
    assert dangling(demo) == []
    names = [app["name"] for app in demo.all("CfgApplication")]
    assert len(names) == len(set(names))
    scripts = [(script["name"], script["tenantdbid"]) for script in demo.all("CfgScript")]
    assert len(scripts) == len(set(scripts))
    assert {("Webengagement_Chat", "1"), ("Webengagement_Chat", "101")} <= set(scripts)


def test_demo_is_not_configured_for_chat(demo: Estate) -> None:
    servers = [app for app in demo.all("CfgApplication") if app["subtype"] == "CFGChatServer"]
    with_endpoint = [app["name"] for app in servers if any(item["key"] == "webme" for item in items(app, "options"))]
    assert len(servers) == 8
    assert with_endpoint == ["ChatServer_Direct"]
    assert demo.options("GWE_Cluster_Direct")["chat"]["queueKey"] == "1:webme"
    assert demo.options("GWE_Cluster_DR")["chat"] == {"connectionTimeout": "10"}


def test_demo_has_the_oddities_of_real_estates(demo: Estate) -> None:
    gax = items(demo.named("GAX"), "options")
    assert len(gax) > len({tuple(item.values()) for item in gax})
    assert "userproperties" not in demo.named("GAX")
    assert demo.named("ChatServer_3")["tenantdbids"]["mode"] == "0"
    assert any(item["key"] == "" for item in items(demo.named("ChatServer_3"), "options"))
    assert "hostdbid" not in demo.named("Workspace_Desktop")
    assert "password" in demo.options("UCS_DAP", "annex")["default"]
    assert [person["username"] for person in demo.all("CfgPerson")] == ["default"]


@pytest.mark.parametrize("backups", [False, True])
@pytest.mark.parametrize("nested", [False, True])
def test_generated_estates_are_consistent(backups: bool, nested: bool) -> None:
    estate = generate(3, 4, applications=5, tenants=2, backups=backups, nested=nested)
    assert dangling(estate) == []
    apps = estate.all("CfgApplication")
    assert sum(app["subtype"] == "CFGChatServer" for app in apps) == 3 * 4 * (1 + backups)
    assert sum(app["name"].startswith("Application_") for app in apps) == 5
    assert len({app["name"] for app in apps}) == len(apps)
    assert estate.named("confserv")["dbid"] == "99"
    assert estate.named("GAX")["subtype"] == "CFGGenesysAdministratorServer"
    assert [items(estate.named(f"GWE_Cluster_{n}"), "tenantdbids")[0]["dbid"] for n in (1, 2, 3)] == ["1", "101", "1"]
    assert list(estate) == list(generate(3, 4, applications=5, tenants=2, backups=backups, nested=nested))


def test_a_senseless_estate_is_refused() -> None:
    with pytest.raises(ValueError, match="one tenant or more"):
        generate(1, -1)
    with pytest.raises(ValueError, match="one tenant or more"):
        generate(tenants=0)
