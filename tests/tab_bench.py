"""A shop that gives credit: what its hands do at the counter, for the tests of the customer tab."""

from __future__ import annotations

from counter_bench import CounterBench
from habits import Habits

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code

CARD_NUMBER = "87654321"
NUMBER = Habits().members.of(CARD_NUMBER)
"""What the ledger calls the customer of this card."""
MEMBER = slip_code(OwnSlip(SlipKind.MEMBER, CARD_NUMBER))
STRANGER = slip_code(OwnSlip(SlipKind.MEMBER, "11112222"))
TAB = card_code(128)


def enrol(shop: CounterBench, limit: str, customer: str = MEMBER) -> None:
    """The owner lets this customer owe so many yuan."""
    shop.as_owner(TAB, customer)
    shop.keys(f"{limit}EE")


def on_the_tab(shop: CounterBench, *goods: str, customer: str = MEMBER) -> None:
    shop.scan(*goods, TAB, customer)
    shop.keys("E")


def repay(shop: CounterBench, amount: str, customer: str = MEMBER) -> None:
    """Exactly, in cash."""
    shop.scan(TAB, customer)
    shop.keys(f"{amount}E")
    shop.card(card_code(102))


def confirm(shop: CounterBench) -> None:
    """A refund: the sum, and then yes."""
    shop.keys("E")
    shop.pass_s(1)
    shop.keys("E")


def balance(shop: CounterBench, number: str) -> int | None:
    """What the ledger says that a customer owes, by the number of the card or by pseudonym; None: no tab."""
    tx = shop.begin()
    tab = tx.tabs.find(shop.habits.members.of(number) if number.isdigit() else number)
    tx.rollback()
    return tab.balance if tab is not None else None


def owed(shop: CounterBench) -> int:
    found = balance(shop, NUMBER)
    assert found is not None
    return found
