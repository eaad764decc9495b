"""The table of a payment's states: every pair is in it or refused, ends stay ends, no more goes back than came."""

from __future__ import annotations

import pytest

from edge.errors import IllegalMove
from edge.model.money import Fen
from edge.model.payment import (
    FINAL,
    PAYMENT_MOVES,
    Payment,
    PaymentEvent,
    PaymentState,
    payment_moved,
    payment_refunded,
)


@pytest.mark.parametrize("state", list(PaymentState))
@pytest.mark.parametrize("event", list(PaymentEvent))
def test_every_pair_of_state_and_event_is_in_the_table_or_refused(state: PaymentState, event: PaymentEvent) -> None:
    payment = Payment("p", "s", "alipay", Fen(300), 1, 1, state=state)
    if (state, event) in PAYMENT_MOVES:
        assert payment_moved(payment, event).state is PAYMENT_MOVES[state, event]
    else:
        with pytest.raises(IllegalMove):
            payment_moved(payment, event)


def test_a_final_state_changes_only_to_refunded() -> None:
    ends = {target for (state, _), target in PAYMENT_MOVES.items() if state in FINAL}
    assert ends == {PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED}


def test_no_more_is_given_back_than_was_paid() -> None:
    paid = Payment("p", "s", "alipay", Fen(300), 1, 1, state=PaymentState.APPROVED)
    part = payment_refunded(paid, Fen(100))
    assert (part.state, part.rest) == (PaymentState.PARTIALLY_REFUNDED, 200)
    with pytest.raises(IllegalMove, match="more than was paid"):
        payment_refunded(part, Fen(201))
    assert payment_refunded(part, Fen(200)).state is PaymentState.REFUNDED
