"""One [suppliers.ID], one [wallets.CHANNEL], and [texts] of a platform file (docs/platforms.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.model.money import Fen
from edge.model.platform import LEAD_DAYS, REVIEW_DAYS, PlatformText, Supplier, Wallet
from edge.model.sale import WALLETS, Method
from edge.platform_row import MAX_DAYS, NamedRow, PaperRow, SomeSum, Sum

CHANNEL_EXPECTED = f"one of {', '.join(wallet.value for wallet in WALLETS)}"
MAX_WAYBILLS = 8


def is_channel(text: str) -> bool:
    """The list is the contract's, so a file cannot add to it."""
    return text in {wallet.value for wallet in WALLETS}


class WalletRow(NamedRow):
    def brought(self, channel: str, platform: str) -> Wallet:
        return Wallet(Method(channel), platform, self.name, self.name_en)


class SupplierRow(NamedRow):
    free_delivery_fen: SomeSum = None
    delivery_fee_fen: Sum = 0
    lead_days: int = Field(LEAD_DAYS, ge=0, le=MAX_DAYS, description=f"days, 0 to {MAX_DAYS}")
    review_days: int = Field(REVIEW_DAYS, ge=1, le=MAX_DAYS, description=f"days, 1 to {MAX_DAYS}")
    waybills: tuple[Annotated[str, Field(max_length=16)], ...] = Field(
        (), max_length=MAX_WAYBILLS, description=f'up to {MAX_WAYBILLS} carriers, such as ["YTO"]'
    )
    slip: PaperRow = PaperRow()

    def brought(self, supplier_id: str, platform: str) -> Supplier:
        return Supplier(
            supplier_id, platform, self.name, self.name_en,
            None if self.free_delivery_fen is None else Fen(self.free_delivery_fen), Fen(self.delivery_fee_fen),
            self.lead_days, self.review_days, self.waybills, self.slip.lines,
        )  # fmt: skip


class TextRow(NamedRow):
    slip: PaperRow = PaperRow()
    help: PaperRow = PaperRow()

    def brought(self, _: str, platform: str) -> PlatformText:
        return PlatformText(platform, self.name, self.name_en, self.slip.lines, self.help.lines)
