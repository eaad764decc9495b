"""What expires within a week and what is over, on paper (product row 88)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from edge.model.money import Milli, quantity_text
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "保质期", "time": "时间", "over": "已经过期，请下架", "today": "今天到期", "soon": "七天内到期",
        "pieces": "件", "how": "下架后扫报损卡",
    },
    "en": {
        "title": "Expiry dates", "time": "Time", "over": "EXPIRED. Take off the shelf", "today": "Last day today",
        "soon": "Within seven days", "pieces": "", "how": "Then scan the card Write off",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DatedGoods:
    """Goods of one date, by the name that people know."""

    sku: str
    name: str
    qty: Milli
    until: date


def expiry_slip(goods: Sequence[DatedGoods], today: date, *, shop: str, now: str, language: str) -> Slip:
    """`goods` in the order of their dates."""
    words = WORDS[language]
    over = [one for one in goods if one.until < today]
    parts = (
        *_part("over", over, words), *_part("today", [one for one in goods if one.until == today], words),
        *_part("soon", [one for one in goods if one.until > today], words),
    )  # fmt: skip
    last: list[Block] = [Rule(), Text(words["how"], Align.CENTRE)] if over else []
    return Slip((
        Text(shop, Align.CENTRE), Text(words["title"], Align.CENTRE, bold=True, big=True), Feed(),
        Row(words["time"], now), *parts, *last, Feed(),
    ))  # fmt: skip


def _part(name: str, goods: Sequence[DatedGoods], words: dict[str, str]) -> list[Block]:
    if not goods:
        return []
    rows: list[Block] = [Rule(), Text(words[name], Align.CENTRE, bold=True)]
    for one in goods:
        rows += [Text(one.name), Row(f"  {one.until:%Y-%m-%d}", f"{quantity_text(one.qty)}{words['pieces']}")]
    return rows
