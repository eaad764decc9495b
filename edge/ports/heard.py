"""The payments that were told of aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.model.heard_payment import HeardPayment


class HeardPayments(Protocol):
    """Filled by `payment.received` and by payments of our own that were approved."""

    def has(self, payment_id: str) -> bool:
        """For 90 days after it was heard; row 80 asks for seven."""
        ...

    def newest(self, limit: int) -> Sequence[HeardPayment]:
        """As they were heard, the newest first."""
        ...
