"""The services that customers want: of each kind how it is asked for. One more kind is one more row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from edge.codec.command_card import card_code
from edge.codec.gtin import check_digit
from edge.model.counter import Waiting
from edge.reference_cloud.providers import PLANS

ODD_PLANS = 0.6
"""How often a number is one whose provider does as one of PLANS."""
SPEAKS = tuple(PLANS)


@dataclass(frozen=True, slots=True)
class Ware:
    """`number` makes one that ends in how its provider behaves. `scanned`: how often it is scanned and not keyed.
    `amounts`: cards, and the fen that each means; empty: the provider says how much it is.
    """

    kind: str
    card: str
    number: Callable[[Random, str], str]
    scanned: float = 0.0
    amounts: tuple[tuple[str, int], ...] = ()
    can_go_back: bool = False
    """After it was done."""
    waiting: Waiting = Waiting.SERVICE
    """What the counter waits for meanwhile."""


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _phone(chance: Random, plan: str) -> str:
    return f"13{chance.choice('5789')}{_digits(chance, 6)}{plan}"


def _account(chance: Random, plan: str) -> str:
    """It looks like no wallet's code."""
    return f"33{_digits(chance, 8)}{plan}"


def _journey(chance: Random, plan: str) -> str:
    return f"TRIP-k{_digits(chance, 4)}-{plan}"


def _contract(chance: Random, plan: str) -> str:
    """The reference of a loan, in bars on its contract."""
    return f"{chance.choice(('AR', 'JR'))}{_digits(chance, 12)}{plan}"


def _article(chance: Random, plan: str) -> str:
    """The barcode of goods that no shelf here has; some are brought home on a day that is chosen."""
    begins = chance.choice(("690123", "690123", "690799"))
    while not (code := _with_check(begins + _digits(chance, 5) + plan[0])).endswith(plan):
        continue
    return code


def _with_check(text: str) -> str:
    return text + str(check_digit(text))


AMOUNTS = tuple((card_code(number), fen) for number, fen in ((142, 1_000), (143, 2_000), (144, 5_000), (145, 10_000)))
WARES: tuple[Ware, ...] = (
    Ware("top_up", card_code(141), _phone, amounts=AMOUNTS),
    Ware("bill", card_code(146), _account, scanned=0.5),
    Ware("repayment", card_code(146), _contract, scanned=1.0),
    Ware("travel", card_code(149), _journey, scanned=1.0, can_go_back=True),
    Ware("order", card_code(147), _article, scanned=1.0, can_go_back=True, waiting=Waiting.ORDER),
)  # fmt: skip


def plan_of(chance: Random) -> str:
    """Two digits: how the provider of the next number behaves."""
    return chance.choice(SPEAKS) if chance.random() < ODD_PLANS else f"{chance.randrange(80):02d}"
