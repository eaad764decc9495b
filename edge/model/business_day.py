"""Which business day a moment belongs to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def business_day(at: datetime, zone: ZoneInfo, day_starts: time, last: date | None) -> date:
    """The local date, turning at `day_starts`; never lower than the last one, whatever the clock says (decisions 3)."""
    local = at.astimezone(zone) - timedelta(hours=day_starts.hour, minutes=day_starts.minute)
    return max(local.date(), last) if last else local.date()
