"""The services for wallet money, wired as the terminal wires them."""

from __future__ import annotations

from collections.abc import Callable

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.services.completion import Completion
from edge.services.drawer_count import SlipWords
from edge.services.money_back import MoneyBack
from edge.services.payment_answers import PaymentAnswers
from edge.services.payment_requests import PaymentRequests
from edge.services.payments import Payments
from edge.services.wallet_cash import WalletCash
from edge.services.wallets import Wallets


def wallet_services(
    bus: Bus, completion: Completion, words: SlipWords, *, tid: str, topics: Topics, online: Callable[[], bool]
) -> None:
    requests = PaymentRequests(tid=tid, topics=topics, online=online)
    payments, back = Payments(bus, requests), MoneyBack(bus, requests)
    PaymentAnswers(bus, requests, payments, back)
    Wallets(bus, completion, online=online)
    WalletCash(bus, completion.rules, words)
