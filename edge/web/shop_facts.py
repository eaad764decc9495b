"""What the pages of the shop's own data read: sold days, days over, goods. All of it can be called from any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from edge.model.badge import Badge
from edge.model.cell import Cell, Place
from edge.model.day_rows import DayOver, ShiftOver
from edge.model.goods_row import GoodsRow
from edge.model.parcel import Parcel
from edge.model.promotion import Promotion
from edge.model.slip import Slip
from edge.model.sold_day import RanOut, SoldDay
from edge.model.tab_row import TabRow, TabSum


@dataclass(frozen=True, slots=True)
class ShopFacts:
    newest_day: Callable[[], date | None]
    """The last business day on which something was sold or came back."""
    sold_days: Callable[[date, int], Sequence[SoldDay]]
    """(last, how many) → the oldest first."""
    ran_out: Callable[[date, date], Sequence[RanOut]]
    days_over: Callable[[int, int], Sequence[DayOver]]
    """(below which number of the journal, how many) → newest first."""
    shifts_over: Callable[[int, int], Sequence[ShiftOver]]
    waited: Callable[[], Sequence[tuple[str, int]]]
    """(when, rows that waited for the cloud) of the last day."""
    goods: Callable[[str, int, int], Sequence[GoodsRow]]
    """(word, how many to skip, how many) → those that fit, by name."""
    goods_after: Callable[[str, int], Sequence[GoodsRow]]
    """(sku, how many) → those behind it, by sku."""
    promotions: Callable[[], Sequence[Promotion]]
    """The shop's own and the cloud's, whether they hold now or not."""
    local: Callable[[], datetime]
    """What the clock on the shop's wall shows."""
    tabs: Callable[[int, int], Sequence[TabRow]]
    """(how many to skip, how many) → the most that is owed first."""
    every_tab: Callable[[], Sequence[TabRow]]
    """All of them as they stand at one moment, in the same order."""
    owed: Callable[[], TabSum]
    parcels: Callable[[], Sequence[Parcel]]
    """In the station's custody, the longest here first."""
    cells: Callable[[], Sequence[tuple[Place, Cell]]]
    carrier_name: Callable[[str, str], str]
    """(id, language)."""
    receipt_lines: Callable[[], tuple[tuple[str, ...], tuple[str, ...]]]
    """(header, footer) as they are printed now."""
    receipt_slip: Callable[[tuple[str, ...], tuple[str, ...]], Slip]
    """A receipt that nobody bought, with these."""
    receipt_picture: Callable[[Slip], bytes | None]
    """A PNG of it on the shop's paper; None where it cannot be drawn."""
    badges: Callable[[], Sequence[Badge]]
    money_of: Callable[[date], Sequence[tuple[str, str, str]]]
    """(type, at, body) of the rows of the journal that moved money on that business day."""
    zone: ZoneInfo
    item_names: Callable[[Sequence[str]], dict[str, str]]
    """Sku → name, of those that the catalogue has."""
