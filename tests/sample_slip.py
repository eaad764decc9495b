"""A receipt as shops print it, with all that is hard to print."""

from __future__ import annotations

from edge.model.slip import Align, Barcode, Block, Feed, QrCode, Row, Rule, Slip, Text

SHOP = "好邻居便民超市"
RECEIPT_CODE = "R2611230100429"
LINK = "https://fp.example.cn/claim/S-00817/261123-1-0042"

GOODS = (
    ("农夫山泉饮用天然水 550ml", "3 × 2.00", "6.00"),
    ("康师傅红烧牛肉面（五连包）经典袋装 100g×5", "1 × 14.90", "14.90"),
    ("可口可乐 Coca-Cola 零度无糖汽水 330ml", "2 × 3.50", "7.00"),
    ("五常大米（散装，每公斤）", "0.735 × 12.80", "9.40"),
)


def receipt() -> Slip:
    goods: list[Block] = []
    for name, quantity, amount in GOODS:
        goods += [Text(name), Row(f"  {quantity}", amount)]
    return Slip(
        (
            Text(SHOP, Align.CENTRE, bold=True, big=True),
            Text("人民路店 · 电话 0571-8888 6666", Align.CENTRE),
            Rule(double=True),
            Row("2026-11-23 18:05:33", "机号 1"),
            Rule(),
            *goods,
            Rule(),
            Row("合计", "￥37.30", bold=True, big=True),
            Row("现金", "50.00"),
            Row("找零", "12.70", bold=True),
            Barcode(RECEIPT_CODE),
            Text("扫码开发票", Align.CENTRE),
            QrCode(LINK),
            Feed(),
            Text("谢谢惠顾，欢迎再来！", Align.CENTRE, bold=True),
        )
    )
