"""docs/state-machines.md from the tables of the model: a diagram and a matrix of each machine.

tests/test_states_page.py compares; by hand: `.venv/bin/python scripts/states.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from edge.model.app_order import APP_ORDER_MOVES, AppOrderEvent, AppOrderState
from edge.model.app_order import OPEN as WAITING
from edge.model.cell import CELL_MOVES, CellEvent, CellState
from edge.model.fleet import TERMINAL_MOVES, TerminalEvent, TerminalState
from edge.model.loan import ENDED, LOAN_MOVES, LoanEvent, LoanState
from edge.model.parcel import GONE, PARCEL_MOVES, ParcelEvent, ParcelState
from edge.model.payment import FINAL, PAYMENT_MOVES, PaymentEvent, PaymentState
from edge.model.purchase import FINAL as OVER
from edge.model.purchase import PURCHASE_MOVES, PurchaseEvent, PurchaseState
from edge.model.rollout import ROLLOUT_MOVES, RolloutEvent, RolloutState
from edge.model.sale import MOVES, Event, State
from edge.model.service_order import OWING, SERVICE_MOVES, ServiceEvent, ServiceState

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "state-machines.md"
HEAD = """\
# State machines

Written by `scripts/states.py` from the tables in `edge/model/`: `sale.py`, `payment.py`, `parcel.py`, `cell.py`,
`purchase.py`, `service_order.py`, `app_order.py`, `fleet.py`, `rollout.py`; a test compares.
A pair that has no cell here raises `IllegalMove` and changes nothing.
"""
SALE = """
## Sale

What lies on the counter (product B1). `held` sales stand aside in the ledger; a sale in `pay_unknown` may stand aside
too and keeps its state. What pays the last fen completes the sale in the same commit, so there is no state between.
"""
PAYMENT = """
## Wallet payment

One payment of one sale, made by the cloud for this box (product B2). `unknown` is left by the provider's word alone: it
is asked for 5, 10, 20, 40, then every 60 s, and at each welcome. A final state never changes except to refunded.
"""

PARCEL = """
## Parcel

In or out (product B3). A move is a hand-over of custody, with a record of its own, or the way to one. A parcel that was
to be handed out and was not is kept: its code stays good, and where its free time was over it is `overdue` as before,
without a second record; the same holds of one that is found. What the power left in doubt is told by the contact and
the sensor of its cell, else by a person ([parcels](parcels.md)).
"""
CELL = """
## Locker cell

What the books say of it. Whether its door is open is what the lock board says now, and is written nowhere; `check` is a
cell that somebody must look into before it is given to anybody.
"""
SERVICE = """
## Service order

What others do for a customer who pays here (product B4). `unknown` is left by the provider's word alone: it is asked
about after 5 s, then after half of the time that it has been unknown, at most every 10 min, and at each welcome. That
it lies in a basket, or that its slip is good, is no state of it. `completed` can still be taken back, or be undone by
the provider ([services](services.md)).
"""
LOAN = """
## Loan

What a lender lends to a customer who asks here (product B4). The lender's words make most moves; cash moves in
`paying_out`, which is on the disk before the drawer opens, and what the power cut there is `unknown` until a person
says what became of it ([loans](loans.md)).
"""

PURCHASE = """
## Purchase order

What the shop orders of a supplier (product B5). `proposed` and `edited` are paper: nobody has promised anything, and
after a day they are over. `confirmed` waits until the cloud says that it has it, however often it must be asked;
`changed` waits for the owner; `cancelling` is left by the supplier's word alone ([buying](buying.md)).
"""


ORDER = """
## Order from an app

Paid in the app, picked and handed out here (product row 76). While it is not over its goods are put aside. How far
it is picked is kept beside its state. It is cancelled by the cloud, or where nothing of it is here
([orders](orders.md)).
"""

FLEET = """
## Terminal in the fleet's books

What its owner has to do with it ([commands of the cloud](cloud-commands.md)). Whether it is connected right now is no
state of it.
"""
ROLLOUT = """
## Rollout

One command for many terminals, wave by wave ([commands of the cloud](cloud-commands.md#rollouts)). The cloud itself
finishes, pauses where nobody of a wave can be reached, and aborts where too many fail.
"""


def page() -> str:
    """The whole page."""
    parts = [
        HEAD,
        SALE,
        *_diagram(MOVES, State, {State.COMPLETED, State.CANCELLED, State.VOIDED}, State.OPEN),
        *_matrix(MOVES, State, Event),
        PAYMENT,
        *_diagram(PAYMENT_MOVES, PaymentState, FINAL, PaymentState.CREATED),
        *_matrix(PAYMENT_MOVES, PaymentState, PaymentEvent),
        PARCEL,
        *_diagram(PARCEL_MOVES, ParcelState, GONE, ParcelState.EXPECTED),
        *_matrix(PARCEL_MOVES, ParcelState, ParcelEvent),
        CELL,
        *_diagram(CELL_MOVES, CellState, frozenset(), CellState.CHECK),
        *_matrix(CELL_MOVES, CellState, CellEvent),
        PURCHASE,
        *_diagram(PURCHASE_MOVES, PurchaseState, OVER, PurchaseState.SUGGESTED),
        *_matrix(PURCHASE_MOVES, PurchaseState, PurchaseEvent),
        SERVICE,
        *_diagram(SERVICE_MOVES, ServiceState, set(ServiceState) - OWING - {ServiceState.QUOTED}, ServiceState.QUOTED),
        *_matrix(SERVICE_MOVES, ServiceState, ServiceEvent),
        LOAN,
        *_diagram(LOAN_MOVES, LoanState, ENDED, LoanState.TOKEN_SCANNED),
        *_matrix(LOAN_MOVES, LoanState, LoanEvent),
        ORDER,
        *_diagram(APP_ORDER_MOVES, AppOrderState, set(AppOrderState) - WAITING, AppOrderState.PLACED),
        *_matrix(APP_ORDER_MOVES, AppOrderState, AppOrderEvent),
        FLEET,
        *_diagram(TERMINAL_MOVES, TerminalState, {TerminalState.RETIRED}, TerminalState.ORDERED),
        *_matrix(TERMINAL_MOVES, TerminalState, TerminalEvent),
        ROLLOUT,
        *_diagram(ROLLOUT_MOVES, RolloutState, {RolloutState.DONE, RolloutState.ABORTED}, RolloutState.PROPOSED),
        *_matrix(ROLLOUT_MOVES, RolloutState, RolloutEvent),
    ]
    return "\n".join(parts) + "\n"


def _diagram(
    moves: Mapping[tuple[S, E], S], states: type[S], ends: Collection[S], first: S
) -> Iterator[str]:  # fmt: skip
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {first.value}"
    together: dict[tuple[S, S], list[str]] = {}
    for (state, event), target in moves.items():
        if state is not target:
            together.setdefault((state, target), []).append(event.value)
    for (state, target), events in together.items():
        yield f"    {state.value} --> {target.value}: {', '.join(events)}"
    yield from (f"    {state.value} --> [*]" for state in states if state in ends)
    yield "```\n"


def _matrix(moves: Mapping[tuple[S, E], S], states: type[S], events: type[E]) -> Iterator[str]:
    yield "| state | " + " | ".join(event.value for event in events) + " |"
    yield "|---|" + "---|" * len(events)
    for state in states:
        cells = (moves.get((state, event)) for event in events)
        yield f"| **{state.value}** | " + " | ".join("" if cell is None else cell.value for cell in cells) + " |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
