"""A phone in the box's own Wi-Fi is led to the page, and a foreign name gets nothing else, there or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from own_page_bench import with_password, with_pin
from test_page_tls import PATHS, asked
from tls_bench import Box, opened

HOTSPOT, ELSEWHERE = "127.0.0.7", "127.0.0.2"
PROBES = (
    ("connectivitycheck.gstatic.com", "/generate_204"), ("www.google.com", "/gen_204"),
    ("captive.apple.com", "/hotspot-detect.html"), ("www.msftconnecttest.com", "/connecttest.txt"),
    ("connect.rom.miui.com", "/generate_204"), ("connectivitycheck.platform.hicloud.com", "/generate_204"),
    ("detectportal.firefox.com", "/canonical.html"), ("anything.example", "/"),
)  # fmt: skip


@dataclass
class Air:
    """Whether the Wi-Fi is up."""

    is_up: bool = True


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
def box(tmp_path: Path, air: Air) -> Iterator[Box]:
    with opened(with_pin(), tmp_path, is_hotspot=lambda: air.is_up) as box:
        yield box


@pytest.mark.parametrize(("host", "path"), PROBES)
def test_what_a_phone_asks_to_find_the_internet_leads_to_the_page(box: Box, host: str, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = asked(box.plain_port, method, path, at=HOTSPOT, host=host)
        assert (answer.status, answer.headers["Location"]) == (302, f"http://{HOTSPOT}:{box.plain_port}/")
        assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
        assert answer.text == ""
    assert "login" in asked(box.plain_port, "GET", "/login", at=HOTSPOT, host=HOTSPOT).text


def test_a_name_that_is_made_to_lead_here_reads_nothing(box: Box) -> None:
    """DNS rebinding: every path of a foreign name is the same redirect to another origin, and takes nothing."""
    for path in PATHS:
        answer = asked(box.plain_port, "GET", path, at=HOTSPOT, host="evil.example")
        assert (answer.status, answer.text) == (302, "") and not answer.headers.get("Access-Control-Allow-Origin")
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert asked(box.plain_port, method, "/login", at=HOTSPOT, host="evil.example").status == 421


@pytest.mark.parametrize("host", ["192.168.1.5", "127.0.0.2", "[::2]", "", "a/b", "x@evil.example"])
def test_what_is_no_name_is_refused_as_ever(box: Box, host: str) -> None:
    assert asked(box.plain_port, "GET", "/generate_204", at=HOTSPOT, host=host).status == 421


def test_elsewhere_and_without_the_wifi_a_foreign_name_is_refused_as_ever(box: Box, air: Air) -> None:
    for at in (ELSEWHERE, "127.0.0.1"):
        assert asked(box.plain_port, "GET", "/generate_204", at=at, host="captive.apple.com").status == 421
    air.is_up = False
    assert asked(box.plain_port, "GET", "/generate_204", at=HOTSPOT, host="captive.apple.com").status == 421
    assert "login" in asked(box.plain_port, "GET", "/login", at=HOTSPOT, host=HOTSPOT).text


def test_on_a_box_that_is_set_up_it_leads_on_to_https(tmp_path: Path) -> None:
    with opened(with_password(), tmp_path, is_hotspot=lambda: True) as box:
        answer = asked(box.plain_port, "GET", "/generate_204", at=HOTSPOT, host="captive.apple.com")
        assert answer.headers["Location"] == f"http://{HOTSPOT}:{box.plain_port}/"
        answer = asked(box.plain_port, "GET", "/", at=HOTSPOT, host=f"{HOTSPOT}:{box.plain_port}")
        assert (answer.status, answer.headers["Location"]) == (307, f"https://{HOTSPOT}:{box.port}/")
