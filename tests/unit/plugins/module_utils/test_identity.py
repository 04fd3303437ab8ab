# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster is its GAX and its DBID; what files are called after it is readable, safe and never shared."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.identity import Identity, addresses

URL = "https://gax.example.com:8443/gax"


@pytest.mark.parametrize(
    "same",
    [
        ["HTTPS://GAX.example.com:8443/gax/"],
        [" https://gax.example.com.:8443/gax"],
        [URL, URL],
    ],
)
def test_what_does_not_count_in_an_address_makes_no_other_gax(same: list[str]) -> None:
    assert addresses(same) == addresses([URL])


def test_a_port_that_is_the_usual_one_need_not_be_written() -> None:
    assert addresses(["https://a/gax", "http://a/gax"]) == addresses(["http://a:80/gax", "https://a:443/gax"])


@pytest.mark.parametrize("other", ["http://gax.example.com:8443/gax", "https://gax.example.com/gax", "https://x/gax"])
def test_another_address_is_another_gax(other: str) -> None:
    assert not Identity.of([URL], "1").is_same(Identity.of([other], "1"))


def test_of_a_pair_one_common_address_is_enough_and_the_dbid_must_be_the_same() -> None:
    pair = Identity.of(["https://b/gax", URL], "101", "GWE")
    assert pair.is_same(Identity.of([URL], "101", "renamed"))
    assert not pair.is_same(Identity.of([URL], "102", "GWE"))


NAMES = [
    "ВэбЧат_Москва",
    "ВэбЧат_Самара",
    "GWE.Main",
    "GWE Main",
    "gwe main",
    "",
    "..",
    "../../etc",
    "x" * 255,
    "𝒳" * 255,
    "a\nb\0",
    "-rf *",
    "\ud800",
    "聊天",
]


def test_labels_of_all_names_differ_even_where_case_does_not_count_and_are_safe() -> None:
    labels = [Identity.of([URL], str(number), name).label for number, name in enumerate(NAMES)]
    assert len({label.casefold() for label in labels}) == len(NAMES)
    for label in labels:
        assert len(label.encode()) <= 200
        assert not set(label) & set("./\\\n\0 *:") and label[0] != "-"


def test_labels_are_readable() -> None:
    assert Identity.of([URL], "1", "ВэбЧат_Москва").label.startswith("ВэбЧат_Москва-")


def test_one_name_and_dbid_on_two_gax_and_every_order_of_a_pair() -> None:
    urls = [URL, "https://b/gax"]
    assert len({Identity.of([url], "101", "GWE").label for url in urls}) == 2
    assert len({Identity.of(order, "101", "GWE").label for order in itertools.permutations(urls)}) == 1
