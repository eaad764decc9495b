"""A person changes the price of a line: what it was stays on it, and how far it may go alone (product row 14)."""

from __future__ import annotations

from dataclasses import replace

from edge.errors import ModelError
from edge.model.money import MAX_FEN, Fen, line_amount
from edge.model.sale import NO_GOODS, Line, Sale, with_price, with_undo
from edge.model.undo import Undo

KEYED = "keyed"
"""The reason of a price that somebody keyed, and gave none."""


def listed_price(line: Line) -> Fen:
    """What it costs when nobody changes it; of weighed goods a kilogram."""
    return line.price if line.was is None else line.was


def needs_owner(line: Line, price: Fen, limit_percent: int) -> bool:
    """Whether `price` is more than `limit_percent` below the list's, or nothing at all."""
    return far_below(listed_price(line), price, limit_percent)


def far_below(listed: Fen, price: Fen, limit_percent: int) -> bool:
    """Whether `price` is nothing at all, or more than `limit_percent` below `listed`."""
    return price < listed and (price == 0 or (listed - price) * 100 > listed * limit_percent)


def repriced(sale: Sale, n: int, price: Fen, why: str = KEYED) -> Sale:
    """Standing line `n` at `price`; undo takes it back.

    Raises ModelError for a price below zero or out of range, and for a line that is no goods: nobody here sets it.
    """
    line = next((line for line in sale.standing if line.n == n), None)
    if line is None or line.kind in NO_GOODS:
        raise ModelError("this line has no price to change", got=f"line {n}")
    if price < 0 or line_amount(price, line.qty) > MAX_FEN:
        raise ModelError("a price out of range", expected=f"0 to {MAX_FEN} fen", got=f"{price} fen")
    changed = replace(
        line.full, price=price, amount=line_amount(price, line.qty), overridden=True, was=listed_price(line), why=why
    )
    step = Undo(n=n, qty=line.qty, price=line.price, amount=line.gross)
    return with_undo(with_price(sale, changed), step)
