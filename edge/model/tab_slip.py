"""A customer's tab on paper: the newest movements, what is owed, what can still be put on it (product row 43)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.model.money import yuan
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.tab import Movement, Tab, TabMove

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "赊账对账单", "card": "顾客卡", "time": "时间", "charged": "记账", "repaid": "还款",
        "returned": "退货", "before": "之前欠", "before_credit": "之前余",
        "none": "还没有记过账", "owes": "共欠", "credit": "店里欠您",
        "limit": "额度", "left": "还可记", "thanks": "请核对，有错当面说", "sign": "顾客签名",
    },
    "en": {
        "title": "Tab statement", "card": "Card", "time": "Time", "charged": "On the tab", "repaid": "Paid back",
        "returned": "Returned", "before": "Brought forward", "before_credit": "Credit before",
        "none": "Nothing on it yet", "owes": "You owe", "credit": "We owe you", "limit": "Limit", "left": "Left",
        "thanks": "Please check it here and now", "sign": "Customer",
    },
}  # fmt: skip
LAST_DIGITS = 4
"""Of the card: enough for its owner to know it, too few for whoever finds the paper."""


def tab_slip(
    tab: Tab, movements: Sequence[Movement], *, shop: str, now: str, zone: ZoneInfo, language: str
) -> Slip:  # fmt: skip
    """`movements`: the newest, in their order; `now` as it shall be printed."""
    words = WORDS[language]
    blocks: list[Block] = [
        Text(shop, Align.CENTRE),
        Text(words["title"], Align.CENTRE, bold=True, big=True),
        Feed(),
        Row(words["card"], f"…{tab.customer[-LAST_DIGITS:]}"),
        Row(words["time"], now),
        Rule(),
        *_movements(movements, zone, words),
        Rule(double=True),
        _owed(tab.balance, ("owes", "credit"), words, big=True),
        Row(words["limit"], yuan(tab.limit)),
        Row(words["left"], yuan(tab.left)),
        Rule(),
        Text(words["thanks"], Align.CENTRE),
        Feed(),
        Row(words["sign"], "_" * 16),
        Feed(),
    ]
    return Slip(tuple(blocks))


def _movements(movements: Sequence[Movement], zone: ZoneInfo, words: dict[str, str]) -> list[Block]:
    """What was owed before the first of them, then one line each: what is paid back stands below zero."""
    if not movements:
        return [Text(words["none"], Align.CENTRE)]
    first = movements[0]
    before = first.balance - _change(first)
    rows: list[Block] = [_owed(before, ("before", "before_credit"), words)] if before else []
    for movement in movements:
        local = datetime.fromisoformat(movement.at).astimezone(zone)
        rows.append(Row(f"{local:%m-%d} {words[movement.kind]}", yuan(_change(movement))))
    return rows


def _change(movement: Movement) -> int:
    return movement.amount if movement.kind is TabMove.CHARGED else -movement.amount


def _owed(balance: int, names: tuple[str, str], words: dict[str, str], *, big: bool = False) -> Row:
    text = yuan(abs(balance))
    return Row(words[names[balance < 0]], f"￥{text}" if big else text, bold=big, big=big)
