"""What was written off, on paper: to be signed, and to be thrown away (product row 88)."""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.money import Fen, quantity_text, yuan
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.stock import Arrived

REASONS = ("expired", "damaged", "lost", "used")
"""In the order of their numbers, from 1. The first is what Enter alone says."""
WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "报损单", "time": "时间", "why": "原因", "expired": "过期", "damaged": "破损", "lost": "丢失",
        "used": "自用", "kinds": "品种", "worth": "进价合计", "sign": "签名", "more": "其余品种",
    },
    "en": {
        "title": "Written off", "time": "Time", "why": "Reason", "expired": "expired", "damaged": "damaged",
        "lost": "lost", "used": "used by the shop", "kinds": "Kinds of goods", "worth": "At cost", "sign": "Signature",
        "more": "And more goods",
    },
}  # fmt: skip
MAX_ROWS = 200


def write_off_slip(
    gone: Sequence[Arrived], why: str, worth: Fen | None, *, shop: str, now: str, language: str
) -> Slip:  # fmt: skip
    """`worth`: what all of it cost; None: nobody knows."""
    words = WORDS[language]
    rows: list[Block] = [
        Row(one.name, f"{quantity_text(one.whole)} kg" if one.weighed else quantity_text(one.whole))
        for one in gone[:MAX_ROWS]
    ]
    if len(gone) > MAX_ROWS:
        rows.append(Row(words["more"], str(len(gone) - MAX_ROWS)))
    cost = [] if worth is None else [Row(words["worth"], yuan(worth))]
    return Slip((
        Text(shop, Align.CENTRE), Text(words["title"], Align.CENTRE, bold=True, big=True), Feed(),
        Row(words["time"], now), Row(words["why"], words[why], bold=True), Rule(), *rows, Rule(double=True),
        Row(words["kinds"], str(len(gone))), *cost, Feed(), Row(words["sign"], "_" * 16), Feed(),
    ))  # fmt: skip
