"""A day as a voice says it."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def spoken_day(day: date, today: date, language: str) -> str:
    """With its year where that is not this one or the next: who keyed the year first hears it."""
    year = "" if day.year in (today.year, today.year + 1) else str(day.year)
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {year}".rstrip()
    return f"{year and year + '年'}{day.month}月{day.day}日"
