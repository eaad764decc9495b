"""What must be true when all is sold and healed: paper, drawer, ledger and cloud tell the same story."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from shop_bench import Shop, disagreements

from edge.__main__ import main
from edge.codec.command_card import receipt_code

_NUMBER = re.compile(r"单号 (\S+)")


@dataclass(frozen=True, slots=True)
class Paper:
    """Originals on the paper by receipt: how often one was begun, and those that were printed to their end."""

    begun: Counter[str]
    whole: set[str]


def faults(shop: Shop) -> list[str]:
    """Everything that is wrong, in words; empty when nothing is."""
    found = [*disagreements(shop), *paper_faults(shop), *drawer_faults(shop), *ledger_faults(shop)]
    if main(["journal", "--config", str(shop.config), "--verify"]) != 0:
        found.append("the journal is broken")
    return found


def ledger_faults(shop: Shop) -> list[str]:
    """The journal's sales are the ledger's, and nothing was ever taken for damage."""
    found = []
    journal = [sale["data"]["receipt"] for sale in shop.books.sales()]
    sales = [receipt for (receipt,) in shop.books.rows("SELECT receipt FROM sale ORDER BY n")]
    if journal != sales:
        found.append(f"{len(journal)} sales in the journal, {len(sales)} in the ledger, or in another order")
    if len(set(sales)) != len(sales):
        found.append("two sales of the day share a receipt number")
    found += [f"kept aside: {file.name}" for file in (shop.folder / "data" / "aside").glob("*")]
    found += [f"the terminal: {line}" for line in shop.terminal.said("Traceback|handler failed")]
    return found


def paper_faults(shop: Shop) -> list[str]:
    """At most one original of a sale; one that has no whole original has a job that says so."""
    paper = look_at(shop)
    found = [f"{receipt}: {count} originals on paper" for receipt, count in paper.begun.items() if count > 1]
    receipts = dict(shop.books.rows("SELECT id, receipt FROM sale"))
    found += [f"{receipt}: on paper, and not in the journal" for receipt in paper.begun.keys() - receipts.values()]
    jobs = dict(shop.books.rows("SELECT of, state FROM print_job WHERE copy_no = 0 AND of IN (SELECT id FROM sale)"))
    for sale, receipt in receipts.items():
        state = jobs.get(sale, "missing")
        if receipt not in paper.whole and state not in ("queued", "unknown"):
            found.append(f"{receipt}: no whole original on paper, and its job is {state}")
    return found


def look_at(shop: Shop) -> Paper:
    """Read the roll as a person would, slip by slip: two receipts can hang on one, where the first was cut short."""
    slips = [*shop.devices.printer.paper.slips, shop.devices.printer.paper.open_slip]
    codes = {receipt_code(receipt): receipt for (receipt,) in shop.books.rows("SELECT receipt FROM sale")}
    begun: Counter[str] = Counter()
    whole: set[str] = set()
    for slip in slips:
        if not slip.is_copy:
            begun.update(_NUMBER.findall(slip.text))
            whole.update(codes[code] for code in slip.barcodes if code in codes)
    return Paper(begun, whole)


def drawer_faults(shop: Shop) -> list[str]:
    """A pulse for each that is done, at most one more for each that nobody knows about; none without a reason."""
    states = Counter(state for (state,) in shop.books.rows("SELECT state FROM drawer_kick"))
    reasons = Counter(shop.books.rows("SELECT id, why FROM drawer_kick"))
    sales = {sale for (sale,) in shop.books.rows("SELECT id FROM sale")}
    found = [f"a pulse for {id}, which is no sale" for id, why in reasons if why != "sale" or id not in sales]
    if not states["done"] <= shop.devices.pulses <= states["done"] + states["unknown"]:
        found.append(f"{shop.devices.pulses} pulses, and the ledger knows of {dict(states)}")
    if len(reasons) != len(sales):
        found.append(f"{len(sales)} cash sales, {len(reasons)} reasons to open the drawer")
    return found
