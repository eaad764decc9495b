"""A receipt that nobody bought, for the page: how header and footer look on this shop's own paper."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from edge.codec.command_card import receipt_code
from edge.codec.escpos import Paper, encode_slip
from edge.config import Settings
from edge.errors import EdgeError
from edge.model.item import Item
from edge.model.money import Fen, Milli, Rounding
from edge.model.receipt import receipt_slip
from edge.model.sale import Event, Sale, add_item, moved
from edge.model.settlement import tender_cash
from edge.model.slip import Slip
from edge.paper.apart import drawn_apart
from edge.shop_files import paper_of_shop, receipt_words

_GOODS = (("可口可乐 500ml", "Cola 500 ml", 350, 2), ("康师傅红烧牛肉面", "Beef noodles", 450, 1))
_PAID = Fen(2_000)
PATIENCE_S = 10.0
"""So long somebody waits for the picture of somebody else."""
MAX_AT_IT = 3
"""Who has one drawn, and who waits: each takes a thread from the page."""

_log = logging.getLogger("edge.page")


class ReceiptPreview:
    """`draw`: the octets of a slip, as a picture of what the printer would make of them; raises EdgeError."""

    def __init__(self, settings: Settings, draw: Callable[[bytes, Paper], bytes] = drawn_apart) -> None:
        self._draw = draw
        self._text = receipt_words(settings)
        self._paper = paper_of_shop(settings)
        self._drawing = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_AT_IT)
        self._zone = settings.terminal.zone

    @property
    def lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(header, footer) as the terminal prints them now."""
        return self._text.header, self._text.footer

    def slip(self, header: tuple[str, ...], footer: tuple[str, ...], at: datetime) -> Slip:
        local = at.astimezone(self._zone)
        number = f"{local:%y%m%d}-1-0001"
        sale = Sale("preview")
        for name, name_en, price, pieces in _GOODS:
            sale = add_item(sale, Item(name, name, Fen(price), name_en=name_en), qty=Milli(1_000 * pieces))
        paid = tender_cash(moved(sale, Event.SUBTOTAL), _PAID, Rounding.NONE)
        return receipt_slip(
            paid, receipt=number, code=receipt_code(number), till="1", local_time=f"{local:%Y-%m-%d %H:%M}",
            text=replace(self._text, header=header, footer=footer),
        )  # fmt: skip

    def picture(self, slip: Slip) -> bytes | None:
        """A PNG of the octets that the printer would get; None where it cannot be drawn, or others wait already.

        One is drawn at a time, however many type.
        """
        if not self._places.acquire(blocking=False):
            return None
        try:
            return self._drawn(slip)
        finally:
            self._places.release()

    def _drawn(self, slip: Slip) -> bytes | None:
        if not self._drawing.acquire(timeout=PATIENCE_S):
            return None
        try:
            return self._draw(encode_slip(slip, self._paper), self._paper)
        except EdgeError as error:
            _log.warning("%s", error)
            return None
        finally:
            self._drawing.release()
