"""Days that were closed, with what each way of paying came to, and the shifts of the drawer."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from edge.model.day_rows import DayOver, MethodSum, ShiftOver
from edge.model.tender_names import tender_name
from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.paging import whole
from edge.web.shop_facts import ShopFacts
from edge.web.site import Action, Asking, Doing, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/shifts"
ON_A_PAGE = 14
_NEWEST = 2**62


class PaidShown(Shown):
    """`name`: the way of paying in the language of who asks."""

    method: str
    name: str
    times: int
    fen: int


class DayOverShown(Shown):
    """See `model.day_rows.DayOver`."""

    no: int
    day: str
    at: str
    sales: int
    total_fen: int
    refunds: int
    refunded_fen: int
    paid: tuple[PaidShown, ...]
    back: tuple[PaidShown, ...]
    over_short_fen: int
    first: str
    last: str
    by_itself: bool
    report: str


class ShiftShown(Shown):
    """See `model.day_rows.ShiftOver`."""

    day: str
    at: str
    sales: int
    opened_fen: int
    expected_fen: int
    counted_fen: int | None
    over_short_fen: int | None
    report: str


class Shifts(Shown):
    """Newest first. `older`: what to ask as `before` to see the days before these; 0: there are none."""

    days: tuple[DayOverShown, ...]
    shifts: tuple[ShiftShown, ...]
    older: int


class AgainForm(Form):
    """Whose paper: `report` of a day or of a shift."""

    report: str = Field(pattern=r"^[0-9a-z.-]{1,64}$")


def shifts_view(shop: ShopFacts) -> View:
    def read(asking: Asking) -> Shifts:
        before = whole(asking.query.get("before", ""), _NEWEST)
        found = shop.days_over(before, ON_A_PAGE + 1)
        days = found[:ON_A_PAGE]
        since = days[-1].n if len(found) > len(days) else 0
        shifts = [one for one in shop.shifts_over(before, 2 * ON_A_PAGE) if one.n >= since]
        return Shifts(
            days=tuple(_day(one, asking.language) for one in days), shifts=tuple(map(_shift, shifts)), older=since
        )

    return View("shifts", PATH, Shifts, read)


def shifts_action(sources: PageSources) -> Action:
    def again(form: AgainForm, doing: Doing) -> Told:
        return give(sources.order, "report.again", {"report": form.report}, doing, "shifts.printed")

    return Action(f"{PATH}/again", PATH, AgainForm, again)


def _day(day: DayOver, language: str) -> DayOverShown:
    return DayOverShown(
        no=day.no, day=day.day, at=day.at, sales=day.sales, total_fen=day.total, refunds=day.refunds,
        refunded_fen=day.refunded, paid=_paid(day.paid, language), back=_paid(day.back, language),
        over_short_fen=day.over_short, first=day.first, last=day.last, by_itself=day.by_itself,
        report=day.report,
    )  # fmt: skip


def _paid(sums: Sequence[MethodSum], language: str) -> tuple[PaidShown, ...]:
    return tuple(
        PaidShown(method=one.method, name=tender_name(one.method, language), times=one.times, fen=one.fen)
        for one in sums
    )


def _shift(shift: ShiftOver) -> ShiftShown:
    return ShiftShown(
        day=shift.day, at=shift.at, sales=shift.sales, opened_fen=shift.opened, expected_fen=shift.expected,
        counted_fen=shift.counted, over_short_fen=shift.over_short, report=shift.report,
    )  # fmt: skip
