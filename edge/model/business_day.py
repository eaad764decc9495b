"""Which business day a moment belongs to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def business_day(at: datetime, zone: ZoneInfo, day_starts: time, last: date | None, *, closed: bool = False) -> date:
    """The local date, turning at `day_starts`; never lower than the last one, whatever the clock says (decisions 3).

    `closed`: a Z report ended the last one, and nothing was sold since: a new one begins, before `day_starts` too.
    """
    begins = timedelta() if closed else timedelta(hours=day_starts.hour, minutes=day_starts.minute)
    today = (at.astimezone(zone) - begins).date()
    return max(today, last) if last else today
