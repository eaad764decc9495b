"""The slip that says that a platform's licence ends soon, and what ends with it."""

from __future__ import annotations

from edge.model.licence import Licence
from edge.model.slip import Align, Feed, Row, Rule, Slip, Text, plural

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"title": "平台许可快到期", "time": "时间", "platform": "平台", "brand": "店型", "no": "许可号",
              "until": "有效期至", "left": "还有", "days": "{n}天", "then": "到期后不能再办它的业务",
              "cash": "卖货收钱、取件照常", "ask": "请联系平台续期"},
    "en": {"title": "Licence ending", "time": "Time", "platform": "Platform", "brand": "Store", "no": "Licence",
           "until": "Valid until", "left": "Left", "days": "{n} day{s}", "then": "Its services stop then",
           "cash": "Sales and parcels go on", "ask": "Ask the platform to renew it"},
}  # fmt: skip


def licence_slip(licence: Licence, days: int, platform: str, *, shop: str, now: str, language: str) -> Slip:
    """`days` are left with this one; `platform` by its name."""
    words = WORDS[language]
    return Slip(
        (
            Text(shop, Align.CENTRE),
            Text(words["title"], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["time"], now),
            Row(words["platform"], platform),
            *([Row(words["brand"], licence.brand)] if licence.brand else []),
            Row(words["no"], licence.number),
            Row(words["until"], licence.ends.isoformat()),
            Row(words["left"], words["days"].format(n=days, s=plural(days))),
            Rule(),
            Text(words["then"], Align.CENTRE),
            Text(words["cash"], Align.CENTRE),
            Text(words["ask"], Align.CENTRE, bold=True),
        )
    )
