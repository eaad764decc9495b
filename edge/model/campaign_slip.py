"""What a campaign adds at the foot of a receipt: its lines, and perhaps a coupon to be scanned next time (row 92)."""

from __future__ import annotations

from edge.model.campaign import CampaignPaper
from edge.model.slip import Align, Block, Feed, QrCode, Rule, Slip, Text

WORDS = {
    "zh-CN": {"coupon": "优惠券，下次购物时出示，用一次"},
    "en": {"coupon": "Coupon, good once: show it next"},
}


def with_campaign(slip: Slip, paper: CampaignPaper, language: str) -> Slip:
    """`slip` with the campaign below all that is the sale's own."""
    blocks: list[Block] = [Feed(), Rule(), *(Text(line.spoken(language), Align.CENTRE) for line in paper.foot)]
    if paper.coupon:
        blocks += [Text(WORDS[language]["coupon"], Align.CENTRE), QrCode(paper.coupon)]
    return Slip((*slip.blocks, *blocks))
