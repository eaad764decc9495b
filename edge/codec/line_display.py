"""What the customer's display is sent. The kind is a setting, never probed: one's lamp is the other's burnt memory.

    CD5220   1B 51 41 … 0D   upper line     1B 51 42 … 0D   lower line     2 × 20; until 0C or 18 nothing else is obeyed
    DM-D     1F 24 x y …     text at column x, line y                      2 × 20
    LED8     1B 51 41 … 0D   number         1B 73 n         lamp           8 digits, lamps 单价 总计 收款 找零

No lamp command ever goes to a CD5220: there `1B 73` writes EEPROM. Devices 6.2 to 6.4, decisions 3.
"""

from __future__ import annotations

from enum import StrEnum

from edge.codec.gb18030 import cells, encode, pad, row, wrap
from edge.messages import Show, View
from edge.model.money import Fen, quantity_text, yuan

COLUMNS = 20
LED_DIGITS = 8
LED_GAP_S = 0.02
"""Between two commands to an LED8, which has no buffer worth the name."""

CLEAR = b"\x0c"
INITIALISE = b"\x1b\x40"


class DisplayKind(StrEnum):
    CD5220 = "cd5220"
    DMD = "dmd"
    LED8 = "led8"


class Lamp(StrEnum):
    """The digit that `1B 73` takes."""

    OFF = "0"
    PRICE = "1"
    TOTAL = "2"
    RECEIVED = "3"
    CHANGE = "4"


INIT_COMMANDS: dict[DisplayKind, tuple[bytes, ...]] = {
    # cleared first: a CD5220 that was left in ESC Q mode obeys nothing else
    DisplayKind.CD5220: (CLEAR, INITIALISE, b"\x1b\x5f\x00"),
    DisplayKind.DMD: (INITIALISE, CLEAR, b"\x1f\x43\x00"),
    DisplayKind.LED8: (INITIALISE, CLEAR, b"\x1b\x73\x30"),
}
"""Sent one by one as the device opens; the cursor is hidden."""

_LAMPS = {
    View.ITEM: Lamp.PRICE,
    View.ITEM_MISSING: Lamp.PRICE,
    View.TOTAL: Lamp.TOTAL,
    View.MISSING: Lamp.TOTAL,
    View.RECEIVED: Lamp.RECEIVED,
    View.CHANGE: Lamp.CHANGE,
    View.PRICE: Lamp.PRICE,
    View.REFUND: Lamp.CHANGE,
}
_LABELS = {
    View.ITEM: ("TOTAL", "合计"),
    View.ITEM_MISSING: ("TO PAY", "还差"),
    View.TOTAL: ("TOTAL", "合计"),
    View.MISSING: ("TO PAY", "还差"),
    View.RECEIVED: ("RECEIVED", "收款"),
    View.CHANGE: ("CHANGE", "找零"),
    View.PRICE: ("PRICE", "单价"),
    View.NUMBER: ("TOTAL", "合计"),
    View.REFUND: ("REFUND", "退款"),
}
_WELCOME = ("WELCOME", "欢迎光临")


def show_commands(show: Show, kind: DisplayKind, *, chinese: bool) -> tuple[bytes, ...]:
    """Whole commands in order, LED_GAP_S apart on an LED8. None at all for what an LED8 cannot show.

    `chinese` sends GB18030 to a display that has the font; else only ASCII leaves, an English name or none.
    """
    if kind is DisplayKind.LED8:
        return _led8(show)
    upper, lower = screen_lines(show, chinese=chinese)
    if kind is DisplayKind.CD5220:
        return b"\x1bQA" + encode(upper) + b"\r", b"\x1bQB" + encode(lower) + b"\r"
    return b"\x1f$\x01\x01" + encode(upper), b"\x1f$\x01\x02" + encode(lower)


def encode_show(show: Show, kind: DisplayKind, *, chinese: bool) -> bytes:
    """`show_commands` in one piece."""
    return b"".join(show_commands(show, kind, chinese=chinese))


def screen_lines(show: Show, *, chinese: bool) -> tuple[str, str]:
    """What stands on 2 × 20 cells, each line filled with blanks."""
    name = _name(show, chinese=chinese)
    match show.view:
        case View.ITEM | View.ITEM_MISSING:
            upper = _item_line(name, f"{quantity_text(show.qty)} x {yuan(show.price)}")
            return pad(upper, COLUMNS), _amount_line(show, chinese=chinese)
        case View.CHANGE if show.price:
            received = row(_LABELS[View.RECEIVED][chinese], yuan(show.price), COLUMNS)[0]
            return received, _amount_line(show, chinese=chinese)
        case View.NUMBER:
            return pad(name, COLUMNS), _amount_line(show, chinese=chinese)
        case View.TOTAL | View.MISSING | View.RECEIVED | View.CHANGE | View.PRICE | View.REFUND:
            return pad(name, COLUMNS), _amount_line(show, chinese=chinese)
        case View.TEXT:
            upper, lower = [*wrap(name, COLUMNS), ""][:2]
            return pad(upper, COLUMNS), pad(lower, COLUMNS)
        case View.IDLE:
            return pad(_centred(name or _WELCOME[chinese]), COLUMNS), " " * COLUMNS


def led_number(fen: Fen) -> str:
    """An amount in eight places, the point taking none; whole yuan where fen have no room."""
    for text in (yuan(fen), str(fen // 100)):
        if len(text.replace(".", "")) <= LED_DIGITS:
            return text
    return "-" * LED_DIGITS


def _led8(show: Show) -> tuple[bytes, ...]:
    if show.view is View.IDLE:
        return CLEAR, _lamp(Lamp.OFF)
    if show.view in (View.TEXT, View.NUMBER):
        return ()
    amount = show.price if show.view in (View.ITEM, View.ITEM_MISSING) else show.amount
    return b"\x1bQA" + led_number(amount).encode() + b"\r", _lamp(_LAMPS[show.view])


def _lamp(lamp: Lamp) -> bytes:
    return b"\x1bs" + lamp.encode()


def _name(show: Show, *, chinese: bool) -> str:
    """What may be shown of a name: all of it, or the ASCII one, or nothing."""
    if chinese:
        return show.name
    return next((name for name in (show.name_en, show.name) if name and name.isascii()), "")


def _item_line(name: str, price: str) -> str:
    """The name, cut to leave room for quantity × price; that alone when there is no name."""
    if not name:
        return price
    tight = price.replace(" ", "")
    return pad(name, max(0, COLUMNS - 1 - len(tight))) + " " + tight


def _amount_line(show: Show, *, chinese: bool) -> str:
    return row(_LABELS[show.view][chinese], yuan(show.amount), COLUMNS)[0]


def _centred(text: str) -> str:
    return " " * (max(0, COLUMNS - cells(text)) // 2) + text
