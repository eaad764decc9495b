"""What the customer reads, on each kind of display, and what must never be sent to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.display_screen import CharacterScreen, Led8Screen, screen_of
from edge.codec.gb18030 import cells
from edge.codec.line_display import INIT_COMMANDS, DisplayKind, Lamp, encode_show, led_number, show_commands
from edge.messages import Show, View
from edge.model.money import Fen, Milli

CHARACTER_KINDS = (DisplayKind.CD5220, DisplayKind.DMD)
COLA = Show(View.ITEM, name="可口可乐 330ml", name_en="Coca-Cola", qty=Milli(2000), price=Fen(350), amount=Fen(1250))
RICE = Show(View.ITEM, name="五常大米", qty=Milli(735), price=Fen(1280), amount=Fen(2191))

fen = st.integers(min_value=-99_999_999, max_value=999_999_999).map(Fen)
shows = st.builds(
    Show,
    view=st.sampled_from(View),
    name=st.text(max_size=30),
    name_en=st.text(max_size=30),
    qty=st.integers(min_value=1, max_value=999_000).map(Milli),
    price=fen,
    amount=fen,
)

TORN = st.lists(st.sampled_from([b"\x1bQA", b"\x1bQB", b"\r", b"12.5", b"x" * 30, b"\x0c", b"\x1bs2"])).map(b"".join)
"""Pieces of commands in any order."""


def screen(*shows: Show, kind: DisplayKind, chinese: bool = False) -> tuple[str, str]:
    """The two lines after the display was opened and sent these; fails on a byte that it does not know."""
    display = screen_of(kind)
    assert isinstance(display, CharacterScreen)
    display.feed(b"".join(INIT_COMMANDS[kind]))
    for show in shows:
        display.feed(encode_show(show, kind, chinese=chinese))
    assert display.garbage == 0
    return display.lines


def led(*shows: Show) -> tuple[str, str]:
    display = Led8Screen()
    display.feed(b"".join(INIT_COMMANDS[DisplayKind.LED8]))
    for show in shows:
        display.feed(encode_show(show, DisplayKind.LED8, chinese=False))
    assert display.garbage == 0
    return display.number, display.lamp


@pytest.mark.parametrize("kind", CHARACTER_KINDS)
def test_an_item_shows_quantity_times_price_and_the_total(kind: DisplayKind) -> None:
    assert screen(RICE, kind=kind) == ("0.735 x 12.80       ", "TOTAL          21.91")


@pytest.mark.parametrize("kind", CHARACTER_KINDS)
def test_an_item_with_an_english_name_shows_it(kind: DisplayKind) -> None:
    assert screen(COLA, kind=kind) == ("Coca-Cola     2x3.50", "TOTAL          12.50")


@pytest.mark.parametrize("kind", CHARACTER_KINDS)
def test_a_chinese_display_shows_the_name_as_it_is(kind: DisplayKind) -> None:
    upper, lower = screen(COLA, kind=kind, chinese=True)
    assert (upper, lower) == ("可口可乐 330m 2x3.50", "合计           12.50")


@pytest.mark.parametrize("kind", CHARACTER_KINDS)
@pytest.mark.parametrize(
    ("show", "lines"),
    [
        (Show(View.TOTAL, amount=Fen(1250)), ("", "TOTAL          12.50")),
        (Show(View.MISSING, amount=Fen(450)), ("", "TO PAY          4.50")),
        (Show(View.RECEIVED, amount=Fen(2000)), ("", "RECEIVED       20.00")),
        (Show(View.CHANGE, amount=Fen(750)), ("", "CHANGE          7.50")),
        (Show(View.REFUND, amount=Fen(750)), ("", "REFUND          7.50")),
        (Show(View.TEXT, name="Please key in the price"), ("Please key in the", "price")),
        (Show(View.TEXT, name="请输入价格"), ("", "")),
        (Show(View.IDLE), ("      WELCOME", "")),
    ],
)
def test_nothing_of_the_screen_before_stays(kind: DisplayKind, show: Show, lines: tuple[str, str]) -> None:
    upper, lower = screen(COLA, show, kind=kind)
    assert (upper.rstrip(), lower.rstrip()) == lines


@pytest.mark.parametrize("kind", CHARACTER_KINDS)
def test_a_hint_stands_above_the_total(kind: DisplayKind) -> None:
    total = Show(View.TOTAL, name="再买￥3减￥5", name_en="3 more: 5 off", amount=Fen(4700))
    assert screen(COLA, total, kind=kind) == ("3 more: 5 off       ", "TOTAL          47.00")
    assert screen(COLA, total, kind=kind, chinese=True) == ("再买￥3减￥5        ", "合计           47.00")


def test_the_line_that_is_waited_for_is_the_first_command_and_short() -> None:
    first, second = show_commands(RICE, DisplayKind.CD5220, chinese=False)
    assert first == b"\x1bQA0.735 x 12.80       \r"
    assert len(first) + len(second) == 48, "50 ms at 9600 baud"


def test_a_display_left_in_line_mode_is_opened_again() -> None:
    display = screen_of(DisplayKind.CD5220)
    display.feed(b"\x1bQAold\r")
    assert display.feed(b"\x1b@") == []
    assert display.feed(b"".join(INIT_COMMANDS[DisplayKind.CD5220])) == ["clear", "initialise", "cursor on or off"]
    assert display.text.strip() == ""


def test_in_line_mode_other_commands_are_ignored_until_clear() -> None:
    display = screen_of(DisplayKind.CD5220)
    display.feed(b"\x1bQAone\r\x1bQBtwo\r\x1bl\x01\x01XXX")
    assert display.text == "one\ntwo"
    display.feed(b"\x0cabc")
    assert display.text == "abc\n"


@given(shows, st.booleans(), st.sampled_from(CHARACTER_KINDS))
def test_no_lamp_command_ever_reaches_a_character_display(show: Show, chinese: bool, kind: DisplayKind) -> None:
    assert b"\x1bs" not in b"".join(INIT_COMMANDS[kind]) + encode_show(show, kind, chinese=chinese)


@given(shows, st.booleans(), st.sampled_from(CHARACTER_KINDS))
def test_whatever_is_shown_fits_and_is_understood(show: Show, chinese: bool, kind: DisplayKind) -> None:
    lines = screen(show, kind=kind, chinese=chinese)
    assert [cells(line) for line in lines] == [20, 20]
    assert chinese or all(line.isascii() for line in lines)


@pytest.mark.parametrize(
    ("show", "number", "lamp"),
    [
        (COLA, "3.50", Lamp.PRICE),
        (Show(View.TOTAL, amount=Fen(1250)), "12.50", Lamp.TOTAL),
        (Show(View.RECEIVED, amount=Fen(2000)), "20.00", Lamp.RECEIVED),
        (Show(View.CHANGE, amount=Fen(750)), "7.50", Lamp.CHANGE),
        (Show(View.IDLE), "", Lamp.OFF),
    ],
)
def test_a_price_display_shows_a_number_and_its_lamp(show: Show, number: str, lamp: Lamp) -> None:
    assert led(Show(View.TOTAL, amount=Fen(1)), show) == (number, lamp)


def test_a_price_display_keeps_its_number_when_there_is_only_text() -> None:
    assert led(COLA, Show(View.TEXT, name="hello")) == ("3.50", "1")


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0.00"), (99_999_999, "999999.99"), (100_000_000, "1000000"), (-5, "-0.05"), (10**12, "--------")],
)
def test_an_amount_too_long_for_eight_digits_loses_its_fen(amount: int, text: str) -> None:
    assert led_number(Fen(amount)) == text


@given(shows)
def test_a_price_display_understands_whatever_it_is_sent(show: Show) -> None:
    number, _ = led(show)
    assert len(number.replace(".", "")) <= 8


@given(st.binary(max_size=200) | TORN, st.sampled_from(DisplayKind))
def test_any_bytes_show_the_same_at_once_and_byte_by_byte(octets: bytes, kind: DisplayKind) -> None:
    at_once, by_byte = screen_of(kind), screen_of(kind)
    at_once.feed(octets)
    for octet in octets:
        by_byte.feed(bytes((octet,)))
    assert (at_once.text, at_once.garbage) == (by_byte.text, by_byte.garbage)


@given(st.binary(max_size=40).map(lambda octets: octets.replace(b"\x1b", b"").replace(b"\x1f", b"")))
def test_after_garbage_the_next_total_is_read(garbage: bytes) -> None:
    total = Show(View.TOTAL, amount=Fen(1250))
    for kind in DisplayKind:
        display = screen_of(kind)
        display.feed(garbage + encode_show(total, kind, chinese=False))
        assert "12.50" in display.text
