"""Papers of an order that came from an app: the list to pick it by, and the label of its bag (product row 76).

Both have its number, to be read from two metres, and its barcode. No paper has the code that its bearer shows.
"""

from __future__ import annotations

from edge.model.app_order import AppOrder
from edge.model.slip import Align, Barcode, Block, Feed, Headline, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"pick": "拣货单", "pick.how": "扫这个码，再扫每件商品", "time": "时间", "pieces": "件数",
              "short": "缺货", "bag": "贴在袋子上", "off": "订单已取消", "off.how": "货放回货架"},
    "en": {"pick": "To be picked", "pick.how": "Scan this, then all the goods", "time": "Time", "pieces": "Pieces",
           "short": "Not here", "bag": "Put it on the bag", "off": "Cancelled", "off.how": "Back on the shelf"},
}  # fmt: skip


def pick_slip(order: AppOrder, code: str, *, shop: str, platform: str, local_time: str, language: str) -> Slip:
    """What is to be put into the bag; `platform` as people call it."""
    words = WORDS[language]
    return Slip(
        (
            *_head(order, words["pick"], shop),
            Row(platform, local_time),
            Rule(),
            *[Row(line.name, f"×{line.asked}", bold=True) for line in order.lines],
            Rule(),
            Row(words["pieces"], str(order.pieces)),
            Feed(),
            Barcode(code),
            Text(words["pick.how"], Align.CENTRE),
        )
    )


def bag_label(order: AppOrder, code: str, *, shop: str, platform: str, local_time: str, language: str) -> Slip:
    """What is in the bag, and what is not."""
    words = WORDS[language]
    missing = [Row(f"{words['short']} {line.name}", f"×{line.missing}") for line in order.lines if line.missing]
    return Slip(
        (
            *_head(order, platform, shop),
            *[Row(line.name, f"×{line.picked}") for line in order.lines if line.picked],
            *missing,
            Row(words["time"], local_time),
            Feed(),
            Barcode(code),
            Text(words["bag"], Align.CENTRE),
        )
    )


def off_slip(order: AppOrder, *, shop: str, local_time: str, language: str) -> Slip:
    """For whoever has begun to pick it."""
    words = WORDS[language]
    return Slip(
        (
            *_head(order, words["off"], shop),
            *[Row(line.name, f"×{line.picked}") for line in order.lines if line.picked],
            Row(words["time"], local_time),
            Text(words["off.how"], Align.CENTRE),
        )
    )


def _head(order: AppOrder, title: str, shop: str) -> list[Block]:
    return [Text(shop, Align.CENTRE), Text(title, Align.CENTRE, bold=True, big=True), Headline(order.no), Feed()]
