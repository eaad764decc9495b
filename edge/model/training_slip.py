"""The receipt of a sale that was practice: nobody can take it for a real one (product row 37)."""

from __future__ import annotations

from edge.model.receipt import ReceiptText, receipt_slip
from edge.model.sale import Sale
from edge.model.slip import Align, Rule, Slip, Text

MARK: dict[str, str] = {"zh-CN": "练习 无效", "en": "TRAINING VOID"}


def training_slip(sale: Sale, *, till: str, local_time: str, text: ReceiptText) -> Slip:
    """Without a number and a barcode; the mark stands at both ends, as a slip can be torn."""
    mark = (Rule(double=True), Text(MARK[text.language], Align.CENTRE, bold=True, big=True), Rule(double=True))
    slip = receipt_slip(sale, receipt=None, code=None, till=till, local_time=local_time, text=text)
    return Slip((*mark, *slip.blocks, *mark))
