"""The paper that a new badge comes on: a card for the wallet to cut out, and with an owner's the owner's commands."""

from __future__ import annotations

from collections.abc import Mapping

from edge.cli.card_drawing import COLOURS, FAINT, INK, PAPER, Drawing, code128, tint
from edge.cli.card_layout import MARGIN, PAGE_H, PAGE_W, owner_band
from edge.cli.card_sheet import LOCK_SIZE, SheetWords, draw_band
from edge.model.badge import Badge, Role
from edge.model.card import Card, Icon, Zone

WALLET_W, WALLET_H = 85.6, 54.0
"""ISO/IEC 7810 ID-1, as a bank card."""
WALLET_MODULE = 0.235
"""27 characters must fit the card; a scanner that cannot read so fine takes the QR code."""
QR_SIZE = 27.0
TITLES: Mapping[Role, tuple[str, str]] = {
    Role.OWNER: ("店主卡", "Owner's card"), Role.COURIER: ("快递员卡", "Courier's badge"),
    Role.TECHNICIAN: ("技术员卡", "Technician's badge"),
}  # fmt: skip
GROUND: Mapping[Role, Zone] = {Role.OWNER: Zone.OWNER, Role.COURIER: Zone.BLUE, Role.TECHNICIAN: Zone.KEYS}
ADVICE = (
    ("剪下塑封，放钱包，不要拍照：照片也能用", "Cut out, laminate, keep in the wallet. A photo of it works, too"),
    ("丢了马上停用，换一张新的", "Lost: have it revoked at once and get a new one"),
    ("印好后删除这个文件", "Delete this file once it is printed"),
)  # fmt: skip
LOCKED = ("带锁的卡：先扫店主卡，一分钟内再扫", "With a lock: the owner's card first, then this within a minute")


def draw_badge(badge: Badge, code: str, cards: Mapping[int, Card], words: SheetWords) -> Drawing:
    """One page. `code` is the secret that only this paper has."""
    drawing = Drawing(words.made_at, words.of(*TITLES[badge.role]))
    drawing.page()
    drawing.text(MARGIN, MARGIN + 6.6, words.shop, pt=17, bold=True, width=160)
    made = f"{words.store}  ·  {words.version}  ·  {words.made_at:%Y-%m-%d}"
    drawing.right(PAGE_W - MARGIN, MARGIN + 6.6, made, pt=8, colour=FAINT)
    _wallet(drawing, MARGIN, MARGIN + 14, badge, code, words)
    for at, advice in enumerate(ADVICE):
        drawing.text(MARGIN + WALLET_W + 14, MARGIN + 26 + 9 * at, words.of(*advice), pt=10.5, width=178)
    if badge.role is Role.OWNER:
        band = owner_band(cards, MARGIN + WALLET_H + 26)
        draw_band(drawing, band, words.language)
        note = words.of(*LOCKED)
        drawing.icon(MARGIN, band.y + band.h + 4.2, LOCK_SIZE, Icon.LOCK, COLOURS[Zone.OWNER])
        drawing.text(MARGIN + LOCK_SIZE + 2, band.y + band.h + 8, note, pt=10.5)
    drawing.text(MARGIN, PAGE_H - 5, f"{badge.id}", pt=7, colour=FAINT)
    return drawing


def _wallet(drawing: Drawing, x: float, y: float, badge: Badge, code: str, words: SheetWords) -> None:
    colour = COLOURS[GROUND[badge.role]]
    drawing.box(x, y, WALLET_W, WALLET_H, tint(colour, 0.12), round_to=3)
    drawing.box(x, y, WALLET_W, 11, colour, round_to=3)
    drawing.box(x, y + 6, WALLET_W, 5, colour, round_to=0)
    drawing.icon(x + 4, y + 2.5, 6, Icon.LOCK, PAPER)
    drawing.text(x + 12, y + 7.6, words.of(*TITLES[badge.role]), pt=13, colour=PAPER, bold=True, width=70)
    drawing.text(x + 4, y + 19, badge.name, pt=15, bold=True, width=49)
    drawing.text(x + 4, y + 25, words.shop, pt=9, colour=INK, width=49)
    drawing.text(x + 4, y + 30, badge.id, pt=7, colour=FAINT)
    if badge.expires_at is not None:
        until = words.of(f"有效期至 {badge.expires_at:%Y-%m-%d}", f"until {badge.expires_at:%Y-%m-%d}")
        drawing.text(x + 4, y + 35, until, pt=7, colour=FAINT, width=49)
    drawing.qr(x + WALLET_W - QR_SIZE - 3, y + 12.5, QR_SIZE, code)
    wide = (len(code128(code)) + 20) * WALLET_MODULE
    drawing.bars(x + (WALLET_W - wide) / 2, y + 41, 9.5, code, module=WALLET_MODULE)
    drawing.frame(x, y, WALLET_W, WALLET_H, FAINT, dashed=True)
