"""A delivery on paper: what came, what did not, what came broken (product row 86)."""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.money import quantity_text
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.stock import Arrived, Delivery

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "收货单", "order": "订单", "from": "供货商", "time": "时间", "kinds": "品种", "short": "少",
        "over": "多", "damaged": "坏", "right": "全部对得上", "claim": "有出入，已记下", "took": "收货人",
        "brought": "送货人", "pieces": "件数", "more": "其余品种",
    },
    "en": {
        "title": "Goods received", "order": "Order", "from": "Supplier", "time": "Time", "kinds": "Kinds of goods",
        "short": "short", "over": "too many", "damaged": "damaged", "right": "All as ordered",
        "claim": "Differences were noted", "took": "Received by", "brought": "Brought by", "pieces": "Pieces",
        "more": "And more goods",
    },
}  # fmt: skip
MAX_ROWS = 200


def receiving_slip(
    came: Sequence[Arrived], delivery: Delivery | None, *, shop: str, now: str, language: str
) -> Slip:  # fmt: skip
    """Two copies of signatures' worth: what is claimed stands below its goods."""
    words = WORDS[language]
    claimed = any(one.is_claimed for one in came)
    pieces = sum(one.whole // 1000 for one in came if not one.weighed)
    of: list[Block] = []
    if delivery is not None:
        of = [Row(words["from"], delivery.supplier), Row(words["order"], delivery.order)]
    rows: list[Block] = []
    for one in came[:MAX_ROWS]:
        rows += [Row(one.name, f"{quantity_text(one.whole)} kg" if one.weighed else quantity_text(one.whole))]
        rows += _differences(one, words)
    if len(came) > MAX_ROWS:
        rows.append(Row(words["more"], str(len(came) - MAX_ROWS)))
    result = words["claim"] if claimed else words["right"] if delivery is not None else ""
    return Slip((
        Text(shop, Align.CENTRE), Text(words["title"], Align.CENTRE, bold=True, big=True), Feed(), *of,
        Row(words["time"], now), Rule(), *rows, Rule(double=True), Row(words["kinds"], str(len(came))),
        Row(words["pieces"], str(pieces)), *([Text(result, Align.CENTRE, bold=True)] if result else []), Feed(),
        Row(words["brought"], "_" * 12), Feed(), Row(words["took"], "_" * 12), Feed(),
    ))  # fmt: skip


def _differences(one: Arrived, words: dict[str, str]) -> list[Block]:
    found = (("short", one.short), ("over", one.over), ("damaged", one.damaged))
    return [Row(f"  {words[name]}", quantity_text(qty), bold=True) for name, qty in found if qty]
