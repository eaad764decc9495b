"""How near a threshold is: what the customer is told of it, and when nothing."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from edge.codec.gb18030 import cells
from edge.codec.line_display import COLUMNS
from edge.model.item import Item
from edge.model.membership import with_coupon
from edge.model.money import Fen
from edge.model.promotion import Cut, CutKind, Kind, Promotion, Span
from edge.model.promotion_pricing import Hint, Pricing
from edge.model.sale import Sale, add_item
from edge.services.offers import hint_shown

NOON = datetime(2026, 11, 23, 12)
FROM_30 = Promotion("a", "满30减3", Kind.THRESHOLD, bill=Cut(CutKind.OFF, 300), from_fen=Fen(3000))
FROM_50 = Promotion("b", "满50减8", Kind.THRESHOLD, bill=Cut(CutKind.OFF, 800), from_fen=Fen(5000))
TENTH = Promotion("c", "满33打9折", Kind.THRESHOLD, bill=Cut(CutKind.PERCENT, 10), from_fen=Fen(3300))
COUPON = Promotion("d", "满40减9券", Kind.COUPON, bill=Cut(CutKind.OFF, 900), from_fen=Fen(4000))
TOMORROW = Promotion(
    "e", "明天", Kind.THRESHOLD, bill=Cut(CutKind.OFF, 300), from_fen=Fen(3000), span=Span(starts=date(2026, 11, 24))
)


def hint(total: int, *promotions: Promotion, percent: int = 20, coupon: str = "") -> Hint | None:
    pricing = Pricing(promotions)
    sale = add_item(Sale("s"), Item("1", "n", Fen(total)))
    return pricing.hint(pricing.priced(with_coupon(sale, coupon) if coupon else sale, NOON), NOON, percent)


def test_the_nearest_threshold_within_a_fifth_is_told() -> None:
    assert hint(2400, FROM_30, FROM_50) == Hint(Fen(600), Fen(300))
    assert hint(2399, FROM_30, FROM_50) is None
    assert hint(2999, FROM_30) == Hint(Fen(1), Fen(300))
    assert hint(3000, FROM_30) is None


def test_how_near_is_a_setting() -> None:
    assert hint(1500, FROM_30, percent=50) == Hint(Fen(1500), Fen(300))
    assert hint(2999, FROM_30, percent=0) is None


def test_above_one_threshold_the_next_is_told_by_the_bill_before_it() -> None:
    assert hint(4500, FROM_30, FROM_50) == Hint(Fen(500), Fen(800))


def test_percent_are_told_as_money() -> None:
    assert hint(3200, FROM_30, TENTH) == Hint(Fen(100), Fen(330))


def test_a_coupon_that_was_presented_is_told_too() -> None:
    assert hint(3900, FROM_50, COUPON, coupon="d") == Hint(Fen(100), Fen(900))
    assert hint(3900, FROM_50, COUPON) is None


def test_what_does_not_hold_now_is_not_told() -> None:
    assert hint(2900, TOMORROW) is None


@pytest.mark.parametrize("missing", [1, 300, 1999, 9999])
@pytest.mark.parametrize("saves", [50, 500, 9900])
def test_it_fits_the_display(missing: int, saves: int) -> None:
    chinese, ascii_only = hint_shown(Hint(Fen(missing), Fen(saves)))
    assert cells(chinese) <= COLUMNS and cells(ascii_only) <= COLUMNS and ascii_only.isascii()


def test_no_hint_shows_nothing() -> None:
    assert hint_shown(None) == ("", "")
