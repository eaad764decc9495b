"""The papers of a loan: the offer, the customer's copy of the contract, and the receipt of cash that was paid out.

None of them names anybody: who it is for holds it, and the lender knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.loan import Loan, Terms, Way
from edge.model.money import yuan
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "offer": "贷款方案", "contract": "贷款合同摘要", "payout": "贷款放款单", "shop": "商户联", "customer": "顾客联",
        "time": "时间", "until": "有效至", "cost": "费用", "amount": "借款金额", "rate": "年利率（含全部费用）",
        "total": "一共要还", "parts": "分期", "each": "每期", "last": "最后一期", "n": "{n} 期", "ref": "放款机构编号",
        "wallet": "放款到顾客的钱包", "till": "由本店付现金", "accept": "同意请在手机确认，或再扫申请码",
        "free": "不同意就不用扫，不收任何费用", "keep": "合同全文在手机里，请保管好", "given": "店里付给顾客",
        "paid": "金额", "repay": "还款时扫这个码", "sign": "顾客签名",
    },
    "en": {
        "offer": "Loan offer", "contract": "Loan summary", "payout": "Loan paid out", "shop": "Shop's copy",
        "customer": "Customer's copy", "time": "Time", "until": "Valid until", "cost": "Costs",
        "amount": "Amount", "rate": "A year, all costs in", "total": "To repay in all", "parts": "Instalments",
        "each": "Each", "last": "The last one", "n": "{n}", "ref": "Lender's number",
        "wallet": "Paid to the customer's wallet", "till": "Paid in cash by this shop",
        "accept": "To accept: scan the code again,\nor in the app", "free": "Not scanning costs nothing",
        "keep": "The contract is on the phone", "given": "Paid to the customer",
        "paid": "Amount", "repay": "Scan this to repay", "sign": "Customer",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoanPaper:
    """What stands on each of them: `name` of the service, `now` and `lines` as they shall be printed."""

    shop: str
    name: str
    now: str
    language: str
    lines: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]


def offer_slip(terms: Terms, paper: LoanPaper, *, until: str) -> Slip:
    """The cost stands first and largest."""
    words = paper.words
    return Slip(
        (
            *_head(paper, "offer"),
            Row(words["until"], until, bold=True),
            *_terms(terms, words),
            *[Text(line, Align.CENTRE, bold=True) for line in words["accept"].split("\n")],
            Text(words["free"], Align.CENTRE),
            *_foot(paper),
        )
    )


def contract_slip(loan: Loan, terms: Terms, paper: LoanPaper, *, repay: str = "") -> Slip:
    """`repay`: the reference by which it is paid back at the counter; empty: it is not."""
    words = paper.words
    back: tuple[Block, ...] = (Text(words["repay"], Align.CENTRE, bold=True), Feed(), Barcode(repay)) if repay else ()
    return Slip(
        (
            *_head(paper, "contract"),
            Row(words["ref"], loan.reference),
            *_terms(terms, words),
            Text(words["wallet" if loan.way is Way.WALLET else "till"], Align.CENTRE, bold=True),
            Text(words["keep"], Align.CENTRE),
            *back,
            *_foot(paper),
        )
    )


def payout_slip(loan: Loan, paper: LoanPaper, *, customers: bool) -> Slip:
    """`customers`: the customer's copy, which nobody signs."""
    words = paper.words
    signature: tuple[Block, ...] = () if customers else (Feed(), Row(words["sign"], "_" * 16), Feed())
    return Slip(
        (
            *_head(paper, "payout", copy="customer" if customers else "shop"),
            Row(words["ref"], loan.reference),
            Rule(),
            Text(words["given"]),
            Row(words["paid"], f"￥{yuan(loan.amount)}", bold=True, big=True),
            Rule(),
            *_foot(paper),
            *signature,
        )
    )


def _head(paper: LoanPaper, title: str, *, copy: str = "") -> tuple[Block, ...]:
    words = paper.words
    return (
        Text(paper.shop, Align.CENTRE),
        Text(words[title], Align.CENTRE, bold=True, big=True),
        *((Text(words[copy], Align.CENTRE),) if copy else ()),
        Feed(),
        Text(f"{words['time']} {paper.now}"),
        Text(paper.name),
    )


def _terms(terms: Terms, words: dict[str, str]) -> tuple[Block, ...]:
    last = (Row(words["last"], yuan(terms.last)),) if terms.parts > 1 and terms.last != terms.each else ()
    return (
        Rule(double=True),
        Row(words["cost"], f"￥{yuan(terms.cost)}", bold=True, big=True),
        Row(words["amount"], f"￥{yuan(terms.amount)}", bold=True),
        Row(words["rate"], f"{terms.rate_text}%", bold=True),
        Rule(),
        Row(words["parts"], words["n"].format(n=terms.parts)),
        Row(words["each"], yuan(terms.each)),
        *last,
        Row(words["total"], yuan(terms.amount + terms.cost), bold=True),
        Rule(double=True),
    )


def _foot(paper: LoanPaper) -> tuple[Block, ...]:
    return (*(Text(line, Align.CENTRE) for line in paper.lines), Feed())
