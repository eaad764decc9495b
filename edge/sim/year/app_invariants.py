"""What must hold of orders from apps: of each row as it comes, and at rest between shop, platform and people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from edge.sim.year.app_books import APP_ROWS, OPEN
from edge.sim.year.app_market import KIND
from edge.sim.year.box import TID
from edge.sim.year.witness import Witness

_ENDS = {"handed_over": "success", "cancelled": "cancel"}


def app_orders_go_their_way(seen: Witness) -> Iterator[str]:
    """Each is placed, packed, handed over or called off once, for the goods that were ordered; what left is sold."""
    for row in seen.new:
        if row.type not in APP_ROWS:
            continue
        data = json.loads(row.body)
        before = seen.books.apps.states.get(data["oid"], "")
        yield from seen.books.apps.enter(row.type, data)
        state = APP_ROWS[row.type]
        if state == "placed" and (differs := _differs(data["oid"], seen)):
            yield f"order {data['oid']} is of {data['lines']}, asked for were {differs}"
        if (end := _ENDS.get(state)) is not None:
            seen.services.ends[KIND, "decline" if data.get("why") == "none" else end] += before != ""
        if state == "handed_over":
            for line in data["lines"]:
                seen.books.sold[line["sku"]] += 1000 * int(line["got"])
                seen.books.sold_on[line["sku"], data["bday"]] += 1000 * int(line["got"])


def _differs(oid: str, seen: Witness) -> Counter[tuple[str, int]]:
    """What its customer ordered, where the shop has something else; empty where it is the same."""
    wanted = seen.apps.orders.get(oid)
    asked: Counter[tuple[str, int]] = Counter()
    for line in wanted.args["lines"] if wanted is not None else ():
        asked[line["sku"], line["price"]] += line["qty"]
    lines = {key: pieces for key, (pieces, _) in seen.books.apps.lines[oid].items()}
    return Counter() if dict(asked) == lines else asked


def no_order_of_an_app_is_forgotten(seen: Witness) -> Iterator[str]:
    """What was paid in an app was handed out or called off, and shop and platform say the same of it; whoever showed
    its code has its bag, and nobody else. A box that was restored from a copy forgot.
    """
    states = seen.books.apps.states
    for oid, wanted in seen.apps.orders.items():
        state = states.get(oid, "")
        if not wanted.is_answered:
            yield f"the platform waits for an answer to {wanted.kind} of {oid}, which is {state or 'nothing'}"
        if oid in seen.services.forgotten:
            continue
        if wanted.is_promised and oid not in seen.books.apps.placed:
            yield f"order {oid} was promised to its customer, and was never placed"
        if state in ("", *OPEN):
            yield f"order {oid} is {state or 'nothing'}, its customer has paid"
        if wanted.given != (state == "handed_over"):
            yield f"order {oid} is {state}, its bag was {'given' if wanted.given else 'kept'}"
        said = ("cancelled" if wanted.answer == "done" else "handed_over") if wanted.is_off else "handed_over"
        if wanted.is_answered and state != said:
            yield f"order {oid} is {state}, its platform was told {wanted.answer} to {wanted.kind}"


def the_platform_knows_what_the_shop_knows(seen: Witness) -> Iterator[str]:
    """By what the cloud was told: the newest word of each order is the shop's, but for what a restored box forgot."""
    told: dict[str, str] = {}
    gone: Counter[str] = Counter()
    for row in seen.cloud.report.rows(TID, "tx"):
        if row.type in APP_ROWS:
            told[row.data["oid"]] = APP_ROWS[row.type]
            gone[row.data["oid"]] += APP_ROWS[row.type] == "handed_over"
    for oid, state in seen.books.apps.states.items():
        if told.get(oid) != state and oid not in seen.services.forgotten:
            yield f"order {oid} is {state}, the cloud was told {told.get(oid)}"
    for oid, times in gone.items():
        if times > 1 and oid not in seen.services.forgotten:
            yield f"order {oid} was handed over {times} times"


def what_is_put_aside_is_for_somebody(seen: Witness) -> Iterator[str]:
    """The ledger's table says what the journal says of each order; what is over may be forgotten in time."""
    states = seen.books.apps.states
    kept = dict(seen.rows("SELECT id, state FROM app_order"))
    for oid, state in kept.items():
        if states.get(oid) != ("placed" if state == "picking" else state):
            yield f"order {oid} is {state} in its table, {states.get(oid)} in the journal"
    for oid, state in states.items():
        if state in OPEN and oid not in kept:
            yield f"order {oid} is {state}, and not in its table"
