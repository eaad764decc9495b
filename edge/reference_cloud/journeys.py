"""A model of what people book for a journey in an app: a seat, the entrance to a sight, nights in an inn (row 74).

What the customer shows tells which: STAY-… is an inn, VIEW-… a sight, everything else a train.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

STAY, VIEW = "STAY-", "VIEW-"
NIGHTS = 2
LEAVES = time(9, 30)


def booked(token: str, today: date, zone: ZoneInfo) -> dict[str, Any]:
    """What a quote says of it; all of them begin tomorrow, by the calendar of `zone`."""
    day = today + timedelta(days=1)
    if token.startswith(STAY):
        lines = ["大床房 1间", f"入住 {day}", f"离店 {day + timedelta(days=NIGHTS)}"]
        names = {"what": "湖滨酒店", "what_en": "Lakeside Inn"}
        return names | {"when": day.isoformat(), "nights": NIGHTS, "lines": lines}
    if token.startswith(VIEW):
        names = {"what": "西湖游船", "what_en": "West Lake boats"}
        return names | {"when": day.isoformat(), "lines": ["成人票 1张", f"{day} 当天有效"]}
    leaves = datetime.combine(day, LEAVES, zone)
    lines = ["杭州东 - 上海虹桥", f"{leaves:%Y-%m-%d %H:%M}", "二等座 1人"]
    names = {"what": "杭州到上海", "what_en": "Hangzhou to Shanghai"}
    return names | {"when": leaves.isoformat(), "lines": lines}


def shown_there(quoted: dict[str, Any]) -> list[str]:
    """What its proof says beside the code."""
    if "nights" in quoted:
        return ["14:00后入住", "前台出示证件"]
    return ["检票口 12A", "08车 06F"] if "T" in str(quoted.get("when", "T")) else ["东门入园"]
