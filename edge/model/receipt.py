"""A completed sale as a slip: what the customer takes home (product row 30)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.money import Fen, Milli, quantity_text, yuan
from edge.model.sale import NO_GOODS, ONE_PIECE, Line, LineKind, Method, Sale
from edge.model.service_order import ordered_by
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text
from edge.model.tender_names import tender_name

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "receipt": "单号", "time": "时间", "till": "机号", "items": "件数", "total": "合计", "rounding": "抹零",
        "due": "应付", "cash": "现金", "change": "找零", "open": "无码商品", "thanks": "谢谢惠顾，欢迎再来",
        "removed": "已删除", "reference": "交易号", "gross": "原价合计", "saved": "已优惠",
        "was": "原价", "deposit": "赊账还款", "service": "寄快递运费", "owes": "赊账共欠", "credit": "赊账余款",
    },
    "en": {
        "receipt": "Receipt", "time": "Time", "till": "Till", "items": "Items", "total": "Total",
        "rounding": "Rounding", "due": "To pay", "cash": "Cash", "change": "Change", "open": "Open item",
        "thanks": "Thank you, please come again", "removed": "Removed",
        "reference": "Reference", "gross": "Before savings", "saved": "You saved",
        "was": "was", "deposit": "Tab repayment", "service": "Parcel fee", "owes": "You owe", "credit": "Tab credit",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceiptText:
    """What the shop prints on every receipt. `language` is zh-CN or en; goods keep their catalogue name."""

    shop: str
    language: str = "zh-CN"
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


def receipt_slip(
    sale: Sale, *, receipt: str | None, code: str | None, till: str, local_time: str, text: ReceiptText,
    owes: Fen | None = None,
) -> Slip:  # fmt: skip
    """`receipt` is its number, `code` the barcode of that, None for none; `local_time` as it shall be printed.

    Voided lines are left out. `owes`: what the customer of a tab owes after it, None for no tab.
    """
    words = WORDS[text.language]
    blocks: list[Block] = [Text(text.shop, Align.CENTRE, bold=True, big=True)]
    blocks += [Text(line, Align.CENTRE) for line in text.header]
    blocks += [
        Feed(),
        *_head(receipt, f"{words['till']} {till}", f"{words['time']} {local_time}", words),
        Rule(),
    ]
    for line in sale.standing:
        blocks += _line(line, words)
    blocks += [
        Rule(),
        *([Row(f"{words['items']} {quantity_text(pieces)}", "")] if (pieces := pieces_of(sale)) else []),
        *_savings(sale, words),
        Row(words["total"], f"￥{yuan(sale.total)}", bold=True, big=True),
    ]
    blocks += _money(sale, text.language)
    if owes is not None:
        blocks += [Rule(), Row(words["owes" if owes >= 0 else "credit"], f"￥{yuan(abs(owes))}", bold=True)]
    blocks += [Feed(), Text(words["thanks"], Align.CENTRE)]
    blocks += [Text(line, Align.CENTRE) for line in text.footer]
    if code is not None:
        blocks += [Feed(), Barcode(code)]
    return Slip(tuple(blocks))


def _head(receipt: str | None, till: str, time: str, words: dict[str, str]) -> list[Block]:
    return [Row(time, till)] if receipt is None else [Row(f"{words['receipt']} {receipt}", till), Text(time)]


def pieces_of(sale: Sale) -> Milli:
    """What a hand counts on the counter: weighed goods are one each."""
    goods = (line for line in sale.standing if line.kind not in NO_GOODS)
    return Milli(sum(line.qty if not line.weighed else ONE_PIECE for line in goods))


_NAMES = {LineKind.OPEN_PRICE: "open", LineKind.DEPOSIT: "deposit", LineKind.SERVICE: "service"}


def _name(line: Line, words: dict[str, str]) -> str:
    """Goods and services keep their name; what has none is called by its kind."""
    is_named = line.kind not in _NAMES or ordered_by(line.sku) is not None
    return line.name if is_named else words[_NAMES[line.kind]]


def _line(line: Line, words: dict[str, str]) -> list[Block]:
    name = _name(line, words)
    was: list[Block] = [] if line.was is None else [Row(f"  {words['was']} {yuan(line.was)}", "")]
    was += [Text(f"  SN {serial}") for serial in line.serial.split()]
    if line.qty == ONE_PIECE and not line.weighed:
        return [Row(name, yuan(line.gross)), *was]
    unit = "kg" if line.weighed else ""
    return [Text(name), Row(f"  {quantity_text(line.qty)}{unit} × {yuan(line.price)}", yuan(line.gross)), *was]


def _savings(sale: Sale, words: dict[str, str]) -> list[Block]:
    """What each promotion took off, and all together; goods stand above at what they cost without."""
    if not sale.savings:
        return []
    return [
        Row(words["gross"], yuan(sale.total + sale.discount)),
        *(Row(f"  {saving.name}", yuan(-saving.amount)) for saving in sale.savings),
        Row(words["saved"], yuan(sale.discount), bold=True),
    ]


def _money(sale: Sale, language: str) -> list[Block]:
    words = WORDS[language]
    blocks: list[Block] = []
    if sale.rounding:
        blocks.append(Row(words["rounding"], yuan(sale.rounding)))
        blocks.append(Row(words["due"], yuan(sale.total + sale.rounding), bold=True))
    for tender in sale.tenders:
        if tender.method is Method.CASH:
            blocks.append(Row(words["cash"], yuan(tender.tendered)))
            if tender.change or len(sale.tenders) == 1:
                blocks.append(Row(words["change"], yuan(tender.change)))
        else:
            blocks.append(Row(tender_name(tender.method, language), yuan(tender.applied)))
            if tender.reference and tender.method is not Method.TAB:
                blocks.append(Row(f"  {words['reference']}", tender.reference))
    return blocks
