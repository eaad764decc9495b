"""What the customer takes home who brought something back; and the paper of a sale that was taken back whole."""

from __future__ import annotations

from edge.model.money import quantity_text, yuan
from edge.model.receipt import ReceiptText
from edge.model.refund import Refund, RefundKind
from edge.model.sale import ONE_PIECE, Method, Tender
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.tender_names import tender_name

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "return": "退货单", "post_void": "冲正单", "return_no": "单号", "post_void_no": "单号", "of": "原小票",
        "time": "时间", "till": "机号", "total": "退款", "back": "退", "sign": "顾客签名", "open": "无码商品",
        "none": "无", "kept": "券抵的不退",
    },
    "en": {
        "return": "Refund", "post_void": "Post-void", "return_no": "Refund no.", "post_void_no": "Void no.",
        "of": "Of receipt", "time": "Time", "till": "Till", "total": "Refunded", "back": "Back to",
        "sign": "Customer", "open": "Open item", "none": "none", "kept": "Paid by coupon",
    },
}  # fmt: skip


def refund_slip(
    refund: Refund, *, money: tuple[Tender, ...], receipt: str, till: str, local_time: str, text: ReceiptText
) -> Slip:
    """`receipt` is the refund's own number, `refund.receipt` the sale's; `money` says which way it went back."""
    words = WORDS[text.language]
    kind = "post_void" if refund.kind is RefundKind.POST_VOID else "return"
    blocks: list[Block] = [
        Text(text.shop, Align.CENTRE),
        *(Text(line, Align.CENTRE) for line in text.header),
        Text(words[kind], Align.CENTRE, bold=True, big=True),
        Feed(),
        Row(f"{words[f'{kind}_no']} {receipt}", f"{words['till']} {till}"),
        Text(f"{words['of']} {refund.receipt or words['none']}"),
        Text(f"{words['time']} {local_time}"),
        Rule(),
    ]
    for line in refund.lines:
        amount = yuan(-line.amount)
        if line.qty == ONE_PIECE and not line.weighed:
            blocks.append(Row(line.name, amount))
        else:
            unit = "kg" if line.weighed else line.unit
            blocks += [Text(line.name), Row(f"  {quantity_text(line.qty)}{unit}", amount)]
    blocks += [Rule(), Row(words["total"], f"￥{yuan(refund.total)}", bold=True, big=True)]
    blocks += [Row(_way_back(tender, text.language), yuan(tender.applied)) for tender in money]
    blocks += [Feed(), Row(words["sign"], "____________"), Feed()]
    blocks += [Text(line, Align.CENTRE) for line in text.footer]
    return Slip(tuple(blocks))


def _way_back(tender: Tender, language: str) -> str:
    words = WORDS[language]
    back = f"{words['back']} {tender_name(tender.method, language)}"
    return words["kept"] if tender.method is Method.COUPON else back
