"""The slip that carries a new badge: whose it is, and its code as QR. Printed once, kept nowhere."""

from __future__ import annotations

from edge.model.badge import Badge, Role
from edge.model.slip import Align, Feed, QrCode, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"owner": "店主卡", "courier": "快递员卡", "technician": "技术员卡", "store": "门店", "name": "姓名",
              "id": "卡号", "until": "有效期至", "keep": "请收好，丢了马上停用",
              "use": "扫它，一分钟内可扫一张带锁的卡"},
    "en": {"owner": "Owner's card", "courier": "Courier's badge", "technician": "Technician's badge", "store": "Store",
           "name": "Name", "id": "Badge", "until": "Valid until", "keep": "Keep it; lost: have it revoked at once",
           "use": "Scan it, and within a minute one card that has a lock"},
}  # fmt: skip


def badge_slip(badge: Badge, *, code: str, store: str, language: str) -> Slip:
    """`code` is what the badge's barcode says; only this paper has it. A shop's first card is named like the shop."""
    words = WORDS[language]
    until = [Row(words["until"], f"{badge.expires_at:%Y-%m-%d}")] if badge.expires_at else []
    use = [Text(words["use"], Align.CENTRE)] if badge.role is Role.OWNER else []
    return Slip(
        (
            Text(words[badge.role.value], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["store"], store),
            *([Row(words["name"], badge.name)] if badge.name != store else []),
            Row(words["id"], badge.id),
            *until,
            Rule(),
            QrCode(code),
            *use,
            Text(words["keep"], Align.CENTRE),
        )
    )
