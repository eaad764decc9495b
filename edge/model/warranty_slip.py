"""The warranty slip that goes with goods: what, which piece of it, since when and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from edge.model.sale import Line
from edge.model.slip import Align, Block, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"title": "保修单", "serial": "序列号", "none": "未登记", "bought": "购买日期", "until": "保修至",
              "receipt": "小票", "keep": "请和小票一起保存"},
    "en": {"title": "Warranty", "serial": "Serial number", "none": "not read", "bought": "Bought",
           "until": "Until", "receipt": "Receipt", "keep": "Keep it with the receipt"},
}  # fmt: skip


def warranty_slip(
    line: Line, lines: Sequence[str], *, shop: str, receipt: str, bought: date, months: int, language: str
) -> Slip:
    """`lines` are the platform's words about it."""
    words = WORDS[language]
    serials: list[Block] = [Row(words["serial"], serial, bold=True) for serial in line.serial.split()]
    name = (line.name_en or line.name) if language == "en" else line.name
    return Slip(
        (
            Text(shop, Align.CENTRE),
            Text(words["title"], Align.CENTRE, bold=True, big=True),
            Rule(),
            Text(name, bold=True),
            *(serials or [Row(words["serial"], words["none"])]),
            Row(words["receipt"], receipt),
            Row(words["bought"], bought.isoformat()),
            Row(words["until"], months_later(bought, months).isoformat(), bold=True),
            Rule(),
            *[Text(told, Align.CENTRE) for told in lines or (words["keep"],)],
        )
    )


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("each month has 28 days")
