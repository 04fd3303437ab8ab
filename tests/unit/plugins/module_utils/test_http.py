# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses and answers; the network itself is tested over real sockets elsewhere."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.answer import EXCERPT, Answer
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import Http, HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.urls import in_clear, split_urls
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import MASK, Redactor
from hypothesis import given
from hypothesis import strategies as st

HOSTS = st.sampled_from(["gax", "gax.example.com", "10.1.2.3", "[2001:db8::1]", "gax-1.example.com"])
ADDRESSES = st.tuples(st.sampled_from(["http", "https"]), HOSTS, st.sampled_from(["", ":80", ":8443", ":65535"]))
BLANKS = st.sampled_from(["", " ", "\t", "\n"])


def answer(text: str = "", status: int = 200, **headers: str) -> Answer:
    return Answer("GET", "cfg/schema", status, {name.replace("_", "-"): value for name, value in headers.items()}, text)


@given(
    found=st.lists(ADDRESSES, min_size=1, max_size=4), blank=BLANKS, slash=st.sampled_from(["", "/", "/gax", "/gax/"])
)
def test_addresses_are_split_at_commas_and_end_in_gax(
    found: list[tuple[str, str, str]], blank: str, slash: str
) -> None:
    addresses = [f"{scheme}://{host}{port}" for scheme, host, port in found]
    given_text = f"{blank},{blank}".join(f"{address}{slash}" for address in addresses)
    assert split_urls(f"{blank}{given_text}{blank},") == tuple(f"{address}/gax" for address in addresses)


def test_a_path_of_ones_own_is_kept() -> None:
    assert split_urls("https://proxy.example.com/ops/gax-a/") == ("https://proxy.example.com/ops/gax-a",)


@pytest.mark.parametrize(
    "text",
    [
        "gax.example.com",
        "gax.example.com:8443",
        "ftp://gax.example.com",
        "https://",
        "https:///gax",
        "https://[gax",
        "https://gax.example.com:0",
        "https://gax.example.com:65536",
        "https://gax.example.com:port",
        "https://gax.example.com/?a=b",
        "https://gax.example.com/#a",
        "https://good.example.com, bad.example.com",
    ],
)
def test_what_is_no_address_is_refused_with_an_example_of_one(text: str) -> None:
    with pytest.raises(BadInput, match=r"^gax_url: .* such as https://gax\.example\.com:8443\.$"):
        split_urls(text)


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_no_address_at_all_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^gax_url is empty"):
        split_urls(text)


@pytest.mark.parametrize("credentials", ["user:hunter2@", ":hunter2@", "user@", "user:p%40ss@"])
def test_credentials_in_an_address_are_refused_and_not_repeated(credentials: str) -> None:
    with pytest.raises(BadInput, match=r"gax_username and gax_password") as problem:
        split_urls(f"https://{credentials}gax.example.com")
    assert "hunter2" not in str(problem.value)


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("http://gax.example.com/gax", True),
        ("http://10.127.0.1:8080/gax", True),
        ("http://localhost.example.com/gax", True),
        ("https://gax.example.com/gax", False),
        ("http://localhost:8080/gax", False),
        ("http://127.0.0.1:8080/gax", False),
        ("http://[::1]:8080/gax", False),
    ],
)
def test_plain_http_is_told_unless_it_stays_on_this_machine(url: str, clear: bool) -> None:
    assert in_clear((url, "https://other.example.com/gax")) == ([url] if clear else [])


@pytest.mark.parametrize(
    ("found", "html"),
    [
        (answer("<html>"), True),
        (answer("\n  <!DOCTYPE html>"), True),
        (answer("", Content_Type="text/html; charset=utf-8"), True),
        (answer('{"a": "<b>"}', Content_Type="application/json"), False),
        (answer(""), False),
    ],
)
def test_a_web_page_is_recognised(found: Answer, html: bool) -> None:
    assert found.is_html is html


@pytest.mark.parametrize(
    ("status", "location"), [(300, "/gax/login"), (302, "/gax/login"), (399, "/gax/login"), (201, ""), (400, "")]
)
def test_only_a_redirect_leads_elsewhere(status: int, location: str) -> None:
    assert answer("", status, Location="/gax/login").location == location
    assert answer("", status).location == ""


@given(position=st.integers(0, EXCERPT + 20))
def test_a_secret_is_cut_out_before_an_excerpt_is_cut_off(position: int) -> None:
    redactor = Redactor()
    redactor.learn("ΩΩΩΩΩΩ")
    http = Http(HttpSettings(urls=("https://gax.example.com/gax",)), redactor)
    excerpt = http.excerpt(answer(f"{'x' * position}ΩΩΩΩΩΩ{'y' * 100}"))
    assert "Ω" not in excerpt
    assert len(excerpt) <= EXCERPT + len("...")


def test_an_excerpt_is_on_one_line_and_says_when_it_is_not_all() -> None:
    http = Http(HttpSettings(urls=("https://gax.example.com/gax",)), Redactor())
    assert http.excerpt(answer('Error:\r\n\t"password": "hunter2"\n')) == f'Error: "password": "{MASK}"'
    assert http.excerpt(answer("x" * EXCERPT)) == "x" * EXCERPT
    assert http.excerpt(answer("x" * (EXCERPT + 1))) == "x" * EXCERPT + "..."


def test_the_password_of_a_proxy_is_never_shown() -> None:
    settings = HttpSettings(urls=("https://gax.example.com/gax",), proxy="http://user:hunter2@proxy.example.com:3128")
    assert Http(settings, Redactor()).excerpt(answer("proxy says: hunter2")) == f"proxy says: {MASK}"


@pytest.mark.parametrize(
    ("url", "readable"),
    [("HTTP://gax.example.com", True), ("http://127.evil.example", True), ("http://127.0.0.9:1", False)],
)
def test_only_addresses_of_this_machine_may_be_in_clear_without_a_warning(url: str, readable: bool) -> None:
    assert bool(in_clear(split_urls(url))) is readable


@pytest.mark.parametrize("url", ["user:hunter2@host:8443", "https://root:hun/ter2@gax", "https://hunter2@gax"])
def test_credentials_in_an_address_are_refused_without_being_shown(url: str) -> None:
    with pytest.raises(BadInput) as refusal:
        split_urls(url)
    assert "hun" not in str(refusal.value)


def test_an_address_with_a_space_is_refused() -> None:
    with pytest.raises(BadInput, match="gax_url"):
        split_urls("https://a b")
