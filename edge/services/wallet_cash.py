"""Cash in place of a wallet: what a provider refuses to take back of a payment that nobody wanted is paid out (B1).

The sale was paid otherwise meanwhile, so no sale explains this cash: it is booked as taken out, with the payment that
it is for, and a slip that the customer signs.
"""

from __future__ import annotations

from edge.bus import Bus
from edge.model.payment import PAID, RefundState
from edge.model.records import PaymentChanged
from edge.model.takings import PAID_OUT
from edge.ports import Transaction
from edge.services.drawer_count import SlipWords, move_cash
from edge.services.till_day import TillRules


class WalletCash:
    """Built after `Wallets`, which says that cash is to be given."""

    def __init__(self, bus: Bus, rules: TillRules, words: SlipWords) -> None:
        self._rules = rules
        self._words = words
        bus.on(PaymentChanged, self._changed)

    def _changed(self, record: PaymentChanged, tx: Transaction) -> None:
        payment, refund = record.payment, tx.payments.find_refund(record.refund) if record.refund else None
        if refund is None or refund.of != payment.id:
            return  # of goods: `Refunds` books it with them
        if refund.state is RefundState.REFUSED and payment.state in PAID:
            move_cash(PAID_OUT, refund.amount, tx, self._rules, self._words, payment=payment.id)
