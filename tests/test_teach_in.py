"""A scanner is taught by one scan: from its bytes or its keys to the settings of its driver."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_page_bench import OwnPage, port_facts, served, with_password

from edge.codec.input_event import EV_KEY, InputEventDecoder
from edge.codec.teach_in import Lack, Lesson, key_event, learn_bytes, learn_keys, shown_keys
from edge.ports import ScanSeen
from edge.sim.keystroke import strokes, tap
from edge.web.feed import Feed
from edge.web.raw_tap import GAP_S, LOOKS_S, RawTap
from edge.web.watch import ScanShown, Watch

TID = "T7K3M9Q2"
GOODS = "6901234567892"
NOW = {"suffix": "crlf", "aim": "auto"}


@pytest.mark.parametrize(("sent", "now", "settings"), [
    (GOODS + "\r", {}, {}), (GOODS + "\n", {}, {}), (GOODS + "\r\n", {}, {}),
    (GOODS + "\r\n", {"suffix": "tab"}, {"suffix": "crlf"}), (GOODS + "\t", {}, {"suffix": "tab"}),
    (GOODS, {}, {"suffix": "none"}), (GOODS + "\r", {"suffix": "none"}, {"suffix": "crlf"}),
    ("]E0" + GOODS + "\r", {}, {}), ("]E0" + GOODS + "\r", {"aim": False}, {"aim": "auto"}),
    (TID + "\r", {"suffix": "cr"}, {}), (GOODS + "\t" + GOODS + "\t", {}, {"suffix": "tab"}),
    (GOODS + "\r134567890\r", {}, {}), ("134567890\r" + GOODS + "\r", {"suffix": "none"}, {"suffix": "crlf"}),
])  # fmt: skip
def test_the_end_of_a_scan_is_what_the_scanner_sends(sent: str, now: dict[str, Any], settings: dict[str, Any]) -> None:
    assert learn_bytes(sent.encode(), NOW | now, TID) == Lesson(settings)


@pytest.mark.parametrize(("sent", "lack"), [
    (b"", Lack.NOTHING), (b"\x86\xf8\x9e\x00\xe6\xfe", Lack.SPEED), (b"6901234567893\r", Lack.OTHER_CODE),
    (b"ABC\r", Lack.OTHER_CODE), (b"#" + GOODS.encode() + b"\r", Lack.PREFIX), (GOODS.encode() + b"$", Lack.SUFFIX),
])  # fmt: skip
def test_what_cannot_be_learned_says_why(sent: bytes, lack: Lack) -> None:
    assert learn_bytes(sent, NOW, TID).lack is lack


@given(st.binary(max_size=600))
def test_garbage_teaches_nothing_wrong(sent: bytes) -> None:
    assert set(learn_bytes(sent, NOW, TID).settings) <= {"suffix", "aim"}


@given(st.lists(st.integers(0, 4000), max_size=200))
def test_no_keys_break_it(numbers: list[int]) -> None:
    assert set(learn_keys(numbers, {"suffix": "any"}, TID).settings) <= {"suffix", "invert_case"}


ENTER, TAB = 28, 15
AZERTY = str.maketrans("0123456789", "à&é\"'(-è_ç")


def typed(text: str, *after: int) -> list[int]:
    octets = b"".join([*strokes(text), *(one for code in after for one in tap(code))])
    return [key_event(one.code, one.value) for one in InputEventDecoder().feed(octets) if one.type == EV_KEY]


@pytest.mark.parametrize(("heard", "now", "lesson"), [
    (typed(GOODS, ENTER), {}, Lesson()), (typed(GOODS, TAB), {}, Lesson()),
    (typed(GOODS), {}, Lesson({"suffix": "none"})),
    (typed(GOODS, ENTER), {"suffix": "none"}, Lesson({"suffix": "any"})),
    (typed(TID.swapcase(), ENTER), {}, Lesson({"invert_case": True})),
    (typed(TID, ENTER), {"invert_case": True}, Lesson({"invert_case": False})),
    (typed(GOODS, ENTER), {"invert_case": True}, Lesson()),
    (typed(GOODS.translate(AZERTY).replace("é", "~").replace("è", "`").replace("ç", "^"), ENTER), {},
     Lesson(lack=Lack.LAYOUT)),
    (typed("#" + GOODS, ENTER), {}, Lesson(lack=Lack.PREFIX)), (typed("ABC", ENTER), {}, Lesson(lack=Lack.OTHER_CODE)),
    ([], {}, Lesson(lack=Lack.NOTHING)),
])  # fmt: skip
def test_a_scanner_that_types_is_taught_its_end_and_its_capitals(
    heard: list[int], now: dict[str, Any], lesson: Lesson
) -> None:
    assert learn_keys(heard, {"suffix": "any", "invert_case": False} | now, TID) == lesson


def test_the_keys_that_were_pressed_are_shown_by_their_codes() -> None:
    assert shown_keys(typed("69", ENTER)) == (7, 10, 28)


class Ear:
    """A tap on a scanner of which somebody looks."""

    def __init__(self) -> None:
        self.now = 100.0
        self.tap = RawTap(lambda: self.now)

    def scan(self, octets: bytes) -> None:
        self.now += GAP_S + 0.1
        self.tap.hear("scanner", octets)


def test_nothing_is_kept_while_nobody_looks() -> None:
    ear = Ear()
    ear.scan(b"690\r")
    assert ear.tap.last("scanner") == ()
    ear.tap.look()
    ear.scan(b"690\r")
    assert ear.tap.last("scanner") == tuple(b"690\r")
    ear.now += LOOKS_S + 1
    ear.scan(b"7\r")
    assert ear.tap.last("scanner") == tuple(b"690\r")


def test_of_what_is_cut_short_only_what_stands_around_it_is_shown() -> None:
    ear = Ear()
    ear.tap.look()
    ear.scan(b"\x021300\r\n")
    assert ear.tap.told("scanner", is_keys=False, is_hidden=True) == "02 ** ** ** ** 0D 0A"
    assert ear.tap.told("scanner", is_keys=False, is_hidden=True) == "", "each byte is told once"
    ear.scan(bytes(one | 0x80 for one in b"1300"))
    assert ear.tap.told("scanner", is_keys=False, is_hidden=True) == "** ** ** **", "a parity bit hides nothing"
    ear.tap.hear("keys", typed("13", ENTER))
    assert ear.tap.told("keys", is_keys=True, is_hidden=True) == "** ** 28"
    ear.scan(b"69\r")
    assert ear.tap.told("scanner", is_keys=False, is_hidden=False) == "36 39 0D"


def test_a_flood_does_not_grow() -> None:
    ear = Ear()
    ear.tap.look()
    for _ in range(1000):
        ear.tap.hear("scanner", b"x" * 1024)
    assert len(ear.tap.last("scanner")) == 512


def test_the_live_view_shows_what_the_scanner_sent() -> None:
    feed = Feed()
    Watch(feed, lambda seen: "36 39 0D").scanned(ScanSeen("scanner", "", "69", "", "idle", "item", "5", "taken"))
    (one,) = feed.since(0)
    assert isinstance(one.what, ScanShown) and one.what.raw == "36 39 0D"


def page_of(heard: bytes) -> OwnPage:
    ear, page = Ear(), with_password()
    ear.tap.look()
    ear.scan(heard)
    table = {"driver": "scanner_serial", "port": "/dev/ttyACM0", "baud": 115_200}
    page.ports = port_facts(raw=ear.tap, devices={"scanner": table})
    return page


def test_what_was_learned_is_proposed_and_taken_over() -> None:
    page = page_of(GOODS.encode() + b"\t")
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/devices/teach?device=scanner").text
        assert "回车或换行 → <strong>跳格</strong>" in text and GOODS not in text
        assert browser.post("/devices/teach", {"device": "scanner", "seen": "0"}).headers["Location"] == "/devices"
    table = {"driver": "scanner_serial", "port": "/dev/ttyACM0", "baud": 115_200, "suffix": "tab"}
    assert page.orders[0].args["changes"] == [{"table": "devices", "key": "scanner", "value": table}]


@pytest.mark.parametrize(("heard", "sentence"), [
    (b"", "还没有收到"), (GOODS.encode() + b"\r", "不用改"), (b"ABC\r", "不是商品条码"), (b"\x86\xf8\x9e", "乱码"),
])  # fmt: skip
def test_where_there_is_nothing_to_take_over_it_says_why(heard: bytes, sentence: str) -> None:
    page = page_of(heard)
    with served(page) as browser:
        browser.log_in()
        assert sentence in browser.get("/devices/teach?device=scanner").text
        browser.post("/devices/teach", {"device": "scanner", "seen": "0"})
        assert "没有要改的" in browser.get("/devices/teach?device=no").text
        browser.post("/devices/teach", {"device": "x", "seen": "0"})
        assert "没有这个设备" in browser.get("/devices/teach").text
    assert page.orders == []
