"""The paper of a bank agent's note, once for the shop and once for the customer."""

from __future__ import annotations

from edge.model.agent_records import AgentNoted
from edge.model.money import yuan
from edge.model.platform import ServiceOffer
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "out": "银行取款", "in": "银行存款", "shop": "商户联", "customer": "顾客联", "time": "时间", "till": "机号",
        "slip": "银行小票号", "amount": "金额", "given": "店里付给顾客", "taken": "店里收顾客",
        "bank": "以银行小票为准", "sign": "顾客签名",
    },
    "en": {
        "out": "Bank cash-out", "in": "Bank pay-in", "shop": "Shop's copy", "customer": "Customer's copy",
        "time": "Time", "till": "Till", "slip": "Bank slip", "amount": "Amount", "given": "Paid to the customer",
        "taken": "Taken from the customer", "bank": "The bank's own slip decides", "sign": "Customer",
    },
}  # fmt: skip


def agent_slip(
    noted: AgentNoted, offer: ServiceOffer, *, shop: str, now: str, language: str, customers: bool
) -> Slip:  # fmt: skip
    """`customers`: the customer's copy, which nobody signs. `now` as it shall be printed."""
    words, note = WORDS[language], noted.note
    blocks: list[Block] = [
        Text(shop, Align.CENTRE),
        Text(words[note.way], Align.CENTRE, bold=True, big=True),
        Text(words["customer" if customers else "shop"], Align.CENTRE),
        Feed(),
        Row(f"{words['time']} {now}", f"{words['till']} {noted.till}"),
        Text(offer.spoken(language)),
        Row(words["slip"], note.slip),
        Rule(),
        Text(words["given" if note.way == "out" else "taken"]),
        Row(words["amount"], f"￥{yuan(note.amount)}", bold=True, big=True),
        Rule(),
        *(Text(line, Align.CENTRE) for line in offer.slip.lines(language) or (words["bank"],)),
        Feed(),
    ]
    return Slip((*blocks, *(() if customers else (Feed(), Row(words["sign"], "_" * 16), Feed()))))
