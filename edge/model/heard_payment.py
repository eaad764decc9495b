"""Money of a wallet that came, as the loudspeaker told it: what 最近收款 says again."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.money import Fen


@dataclass(frozen=True, slots=True)
class HeardPayment:
    """`at`: when the money came, UTC. `sale`: the sale that it belongs to; empty: none was found for it."""

    id: str
    at: str
    amount: Fen
    sale: str
