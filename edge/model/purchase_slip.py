"""Papers of a purchase order: what is proposed, line by line with a barcode each; what was ordered; what the supplier
would deliver instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from edge.model.money import Milli, quantity_text, yuan
from edge.model.purchase import PROPOSALS, PurchaseLine, PurchaseOrder
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text, plural
from edge.model.supplier_offer import CHEAPER, EQUAL, IN_TIME, LESS, SMALLER, SOONER

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "补货建议", "ordered": "订货单", "changed": "供应商改单", "refused": "供应商不接单",
        "cancelled": "订单已取消", "not_an_order": "还没下单", "time": "时间", "number": "单号",
        "on_hand": "现有", "unknown": "没盘点", "order": "建议",
        "packs": "{n}箱 箱规{pack}", "a_pack": "/箱", "a_piece": "/件", "terms": "箱规{pack} {days}天",
        "chosen": "选*：", "taken": "已要", "goods": "货款", "fee": "运费",
        "daily": "每天卖 {n}", "too_much": "[整箱太多]", "lasts": "够卖{n}天，要就扫", "unsold": "不好卖，要就扫",
        "apart": "整箱太多的不算",
        "free": "免运费", "gap": "还差", "to_free": "免运费", "total": "合计", "fills": "凑单", "was": "原来",
        "whole": "扫这个码：全要", "how": "扫一行要它，数字*改，-不要", "then": "店主卡，再按确认：下单",
        "agree": "扫码、店主卡、确认：同意\n扫码、按-：不同意，取消", "receive": "收货时扫这个码",
        "recall": "24小时内有效", "more": "还有{n}种要补，下次再打", "uncounted": "没盘点的{n}种没有算",
        CHEAPER: "便宜", IN_TIME: "来得及", LESS: "不压货", SMALLER: "箱子小", SOONER: "到得快", EQUAL: "一样",
        "out": "不送", "why": "原因",
    },
    "en": {
        "title": "To order", "ordered": "Order", "changed": "Order changed", "refused": "Order refused",
        "cancelled": "Order cancelled", "not_an_order": "Nothing is ordered yet", "time": "Time", "number": "No.",
        "on_hand": "Stock", "unknown": "not counted", "order": "Order",
        "packs": "{n} x pack of {pack}", "a_pack": "/pack", "a_piece": "/pc", "terms": "{pack} pcs {days} d",
        "chosen": "* chosen: ", "taken": "taken", "goods": "Goods",
        "daily": "Sells {n} a day", "too_much": "[pack too large]", "lasts": "{n} days", "unsold": "slow",
        "apart": "but packs that are too large",
        "fee": "Delivery", "free": "free", "gap": "Missing", "to_free": "to free delivery", "total": "Total",
        "fills": "fills up", "was": "was",
        "whole": "Scan this: all of it", "how": "Scan a line to take it,\nn * changes, - drops it",
        "then": "Owner's card, Enter: order it",
        "agree": "Scan, owner's card, Enter: yes\nScan, minus: no, cancel it", "receive": "Scan when goods come",
        "recall": "Good for 24 hours", "more": "{n} more kind{s}: print again later",
        "uncounted": "{n} kind{s} never counted: left out",
        CHEAPER: "cheaper", IN_TIME: "in time", LESS: "less stock", SMALLER: "smaller pack", SOONER: "sooner",
        EQUAL: "the same", "out": "not delivered", "why": "Why",
    },
}  # fmt: skip
COMPARED_SHOWN = 2
"""Suppliers beside the chosen one."""


@dataclass(frozen=True, slots=True)
class SlipHead:
    """What stands on each of these papers. `supplier` turns the id of any supplier into its name, `notes` into what it
    wants said.
    """

    shop: str
    local_time: str
    language: str
    supplier: Callable[[str], str]
    notes: Callable[[str], Sequence[str]] = lambda _: ()


def suggestion_slip(
    order: PurchaseOrder, head: SlipHead, code_of: Callable[[int], str], *, more: int = 0, uncounted: int = 0
) -> Slip:
    """A proposal, also one that a hand has changed. `code_of`: the barcode of a line, 0: of the whole slip.

    `more` kinds had no room, `uncounted` ones have no stock to reckon with.
    """
    words = WORDS[head.language]
    blocks: list[Block] = [
        *_head(order, head, words["title"]),
        Text(words["not_an_order"], Align.CENTRE),
    ]
    for line in order.lines:
        blocks += [Rule(), *_proposed(line, head), Feed(), Barcode(code_of(line.n))]
    blocks += [
        Rule(double=True),
        *_sums(order, words),
        *([Text(words["more"].format(n=more, s=plural(more)))] if more else []),
        *([Text(words["uncounted"].format(n=uncounted, s=plural(uncounted)))] if uncounted else []),
        Feed(),
        *[Text(text) for text in words["how"].split("\n")],
        Text(words["then"]),
        Text(words["recall"]),
        Feed(),
        Barcode(code_of(0)),
        Text(words["whole"], Align.CENTRE),
        *([Text(words["apart"], Align.CENTRE)] if any(line.too_much for line in order.lines) else []),
    ]
    return Slip(tuple(blocks))


def order_slip(order: PurchaseOrder, head: SlipHead, code: str) -> Slip:
    """What was ordered; its barcode opens the receiving."""
    words = WORDS[head.language]
    return Slip(
        (
            *_head(order, head, words["ordered"]),
            Rule(),
            *_bill(order.taken, words),
            Rule(),
            *_sums(order, words),
            Feed(),
            Barcode(code),
            Text(words["receive"], Align.CENTRE),
            *[Text(note, Align.CENTRE) for note in head.notes(order.supplier)],
        )
    )


def change_slip(order: PurchaseOrder, head: SlipHead, code: str) -> Slip:
    """What the supplier would deliver instead of what was ordered, and how to say yes or no."""
    words = WORDS[head.language]
    return Slip(
        (
            *_head(order, head, words["changed"]),
            Rule(),
            *_changes(order, words),
            Rule(),
            *([Row(words["why"], order.why)] if order.why else []),
            Row(words["goods"], f"￥{yuan(order.offered_total - order.offered_fee)}"),
            Row(words["fee"], f"￥{yuan(order.offered_fee)}"),
            Row(words["total"], f"￥{yuan(order.offered_total)}", bold=True),
            Row(words["was"], f"￥{yuan(order.total)}"),
            Feed(),
            Barcode(code),
            *[Text(text, Align.CENTRE) for text in words["agree"].split("\n")],
        )
    )


def end_slip(order: PurchaseOrder, head: SlipHead, *, refused: bool) -> Slip:
    """The supplier delivers nothing, or nobody wants it any more."""
    words = WORDS[head.language]
    return Slip(
        (
            *_head(order, head, words["refused" if refused else "cancelled"]),
            Rule(),
            *_bill(order.taken, words),
            Rule(),
            *([Row(words["why"], order.why)] if order.why else []),
            Row(words["total"], f"￥{yuan(order.total)}", bold=True),
        )
    )


def _head(order: PurchaseOrder, head: SlipHead, title: str) -> Iterator[Block]:
    words = WORDS[head.language]
    yield Text(head.shop, Align.CENTRE)
    yield Text(title, Align.CENTRE, bold=True, big=True)
    yield Text(head.supplier(order.supplier), Align.CENTRE, bold=True)
    yield Row(words["time"], head.local_time)
    yield Row(words["number"], order.number)


def _proposed(line: PurchaseLine, head: SlipHead) -> Iterator[Block]:
    words = WORDS[head.language]
    marks = [words["fills"]] if line.fills else []
    marks += [words["taken"]] if line.packs else []
    yield Text(f"{line.n} {line.name}", bold=True)
    if marks:
        yield Text("  " + " ".join(f"[{mark}]" for mark in marks), bold=True)
    packs = line.packs or line.suggested
    if line.too_much and not line.packs:
        yield Text(f"  {words['too_much']} {_how_long(line, words)}", bold=True)
    yield Row(f"{words['on_hand']} {_stock(line.on_hand, words)}",
              f"{words['order']} {words['packs'].format(n=packs, pack=line.pack)}")  # fmt: skip
    if line.daily > 0:
        yield Text(words["daily"].format(n=_a_day(line.daily)))
    yield Row(f"￥{yuan(line.cost)}{words['a_pack']}", f"￥{yuan(line.cost * packs)}")
    if line.why and len(line.compared) > 1:
        yield from _comparison(line, head)


def _comparison(line: PurchaseLine, head: SlipHead) -> Iterator[Block]:
    """Who sells it for how much a piece, delivery included, and why the first of them was chosen."""
    words = WORDS[head.language]
    for place, other in enumerate(line.compared[: 1 + COMPARED_SHOWN]):
        terms = words["terms"].format(pack=other.pack, days=other.lead_days)
        yield Row(f"{'*' if place == 0 else ' '}{head.supplier(other.supplier)} {terms}",
                  f"￥{yuan(other.piece)}{words['a_piece']}")  # fmt: skip
    yield Text(f"{words['chosen']}{words[line.why]}")


def _how_long(line: PurchaseLine, words: dict[str, str]) -> str:
    """How many days what lies here and what is proposed would last."""
    there = max(0, line.on_hand or 0) + line.suggested * line.pack * 1000
    return words["lasts"].format(n=there // line.daily) if line.daily > 0 else words["unsold"]


def _a_day(daily: Milli) -> str:
    """To a tenth, and never as nothing."""
    return quantity_text(Milli(max(100, (daily + 50) // 100 * 100)))


def _stock(on_hand: Milli | None, words: dict[str, str]) -> str:
    return words["unknown"] if on_hand is None else quantity_text(on_hand)


def _bill(lines: tuple[PurchaseLine, ...], words: dict[str, str]) -> Iterator[Block]:
    for line in lines:
        yield Text(f"{line.n} {line.name}")
        yield Row(words["packs"].format(n=line.packs, pack=line.pack), f"￥{yuan(line.amount)}")


def _changes(order: PurchaseOrder, words: dict[str, str]) -> Iterator[Block]:
    before = {line.n: line for line in order.lines}
    told = {line.n for line in order.offered}
    silent = (replace(line, packs=0) for line in order.taken if line.n not in told)
    for line in (*order.offered, *silent):
        was = before.get(line.n)
        yield Text(f"{line.n} {line.name}", bold=was is not None and was.amount != line.amount)
        now = words["packs"].format(n=line.packs, pack=line.pack) if line.packs else words["out"]
        yield Row(now, f"￥{yuan(line.amount)}")
        if was is not None and was.amount != line.amount:
            before_it = words["packs"].format(n=was.packs, pack=was.pack)
            yield Row(f"{words['was']} {before_it}", f"￥{yuan(was.amount)}")


def _sums(order: PurchaseOrder, words: dict[str, str]) -> Iterator[Block]:
    """Of what is taken; of a proposal that nobody touched, of all that its own barcode takes. None of nothing."""
    whole = order if order.taken or order.state not in PROPOSALS else _as_suggested(order)
    if not whole.taken:
        return
    yield Row(words["goods"], f"￥{yuan(whole.goods)}")
    yield Row(words["fee"], f"￥{yuan(whole.fee)}" if whole.fee else words["free"])
    if whole.gap:
        yield Row(f"{words['gap']} ￥{yuan(whole.gap)}", words["to_free"], bold=True)
    yield Row(words["total"], f"￥{yuan(whole.total)}", bold=True)


def _as_suggested(order: PurchaseOrder) -> PurchaseOrder:
    return order.with_all(order.at)
