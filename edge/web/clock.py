"""The clock: what it says, who keeps it, how far it is from the cloud's; set by hand where nobody does."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.overview import agrees, now
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/time"
UNSURE = "unsure"
WHY = frozenset({"kept", "back", "far", UNSURE, "denied"})
"""Of `services.clock_by_hand`; each has a sentence."""


class TimeShown(Shown):
    """`clk` is ok, cert or unsync. `cloud_ms`: how far ahead of the cloud's this clock is, as compared at `greeted_at`;
    None: not since the start. `agrees`: that this was little, and not long ago.
    """

    at: str
    clk: str
    zone: str
    cloud_ms: int | None
    greeted_at: str
    agrees: bool


class TimeForm(Form):
    """As the shop's clock shows it. `year`: that of `at` once more, where it is more than a day ahead."""

    at: str = Field(max_length=19)
    year: str = Field("", max_length=4)

    @field_validator("at")
    @classmethod
    def _is_moment(cls, at: str) -> str:
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            moment = None
        is_whole = moment is not None and moment.tzinfo is None and len(at) >= len("2026-11-27T10:14")
        if moment is None or not is_whole or not 2000 < moment.year < 2200:
            raise ValueError("time.wrong" if at else "form.missing")
        return at


def time_view(sources: PageSources, zone: ZoneInfo) -> View:
    def read(_: Asking) -> TimeShown:
        state = now(sources)
        return TimeShown(
            at=state.at, clk=state.clk, zone=zone.key, cloud_ms=state.cloud_ms, greeted_at=state.greeted_at,
            agrees=agrees(state),
        )  # fmt: skip

    return View("time", PATH, TimeShown, read, TECHNICIAN)


def time_action(sources: PageSources, zone: ZoneInfo) -> Action:
    def set_clock(form: TimeForm, doing: Doing) -> Told:
        at = datetime.fromisoformat(form.at).replace(tzinfo=zone).astimezone(UTC)
        args = {"at": at.isoformat(), "sure": form.year == form.at[:4]}
        told = give(sources.order, "clock.set", args, doing, "time.set")
        if told.key != "order.failed" or told.detail not in WHY:
            return told
        if told.detail == UNSURE:
            was, new = datetime.fromisoformat(now(sources).at).astimezone(zone), at.astimezone(zone)
            asked = {"was": _shown(was), "at": _shown(new), "days": (new.date() - was.date()).days}
            return Told(End.REFUSED, f"time.why.{UNSURE}", asked, field="year")
        return Told(End.REFUSED, f"time.why.{told.detail}", field="at")

    return Action(f"{PATH}/set", PATH, TimeForm, set_clock, TECHNICIAN)


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
