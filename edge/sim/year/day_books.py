"""The shop day as the rows of the journal tell it: sums of its own, against which shifts and reports are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from edge.sim.year.bill import is_service
from edge.sim.year.cash_books import LOAN, NOTE

TOLD_OF_THE_DAY = frozenset(
    ("shift.opened", "shift.closed", "report.z", "sale.completed", "sale.refunded", "sale.voided", "sale.cancelled",
     "cash.counted", "cash.moved", "drawer.opened", LOAN, NOTE)
)  # fmt: skip
"""Types of rows that a day is made of."""
Sums = Counter[str]
"""Fen by what they are: pay.cash, pay_out, …; `times.sale` and the like count."""


@dataclass(slots=True)
class DayBooks:
    """Turned back with the box when it is restored from a backup. `keyed` is the newest amount that somebody keyed."""

    z: int = 0
    day: str = ""
    """Of the newest Z report."""
    since_z: Sums = field(default_factory=Counter)
    sold_on: frozenset[str] = frozenset()
    """Business days of the sales since then."""
    shift: str | None = None
    opened: int = 0
    since_opened: Sums = field(default_factory=Counter)
    keyed: int = 0

    def copy(self) -> DayBooks:
        return replace(self, since_z=Counter(self.since_z), since_opened=Counter(self.since_opened))

    def enter(self, kind: str, row_id: str, data: dict[str, Any]) -> Iterator[str]:
        """The next row of the journal; a sentence for each thing in it that does not agree with those before."""
        match kind:
            case "shift.opened":
                yield from self._open(row_id, data)
            case "shift.closed":
                yield from self._close(data)
            case "report.z":
                yield from self._report(data)
            case "sale.completed" | "sale.refunded" | "sale.voided":
                if data["shift"] != self.shift:
                    yield f"sale {data['receipt']} is of shift {data['shift']}, open is {self.shift}"
                self.sold_on |= {data["bday"]}
            case "cash.counted" | "cash.moved":
                self.keyed = data["amt"]
            case "service.agent_note" | "service.loan" if data.get("shift", self.shift) != self.shift:
                yield f"{kind} of {data['amt']} fen is of shift {data['shift']}, open is {self.shift}"
        self._add(_sums(kind, data))
        if kind == NOTE and data["way"] == "out" and self.in_drawer < 0:
            yield f"{data['amt']} fen were noted out of a drawer that is short of {-self.in_drawer}"

    @property
    def in_drawer(self) -> int:
        """What should lie there: the float and all that the rows since then changed."""
        took = self.since_opened
        came = took["pay.cash"] + took["pay_in"] + took["agent_in"]
        return self.opened + came - took["back.cash"] - took["pay_out"] - took["agent_out"] - took["loan_out"]

    def _open(self, row_id: str, data: dict[str, Any]) -> Iterator[str]:
        if self.shift is not None:
            yield f"shift {row_id} opens while {self.shift} is open"
        self.shift, self.opened, self.since_opened = row_id, data["float"], Counter()

    def _close(self, data: dict[str, Any]) -> Iterator[str]:
        """Expected is what should lie in the drawer."""
        took, expected = self.since_opened, self.in_drawer
        if (data["shift"], data["expected"], data["sales"]) != (self.shift, expected, took["times.sale"]):
            yield f"shift {self.shift} of {took['times.sale']} sales expects {expected} fen, its end says {data}"
        self.shift = None

    def _report(self, data: dict[str, Any]) -> Iterator[str]:
        """The next number, never a lower day, one day only, and the sums of what nobody reported yet."""
        if data["no"] != self.z + 1:
            yield f"Z report {data['no']} follows {self.z}"
        if data["bday"] < self.day or not self.sold_on <= {data["bday"]}:
            yield f"Z report {data['no']} is of {data['bday']}, after {self.day}, with sales of {sorted(self.sold_on)}"
        said, booked = _said(data), {what: fen for what, fen in self.since_z.items() if fen}
        if said != booked:
            yield f"Z report {data['no']} says {said}, the journal {booked}"
        self.z, self.day, self.since_z, self.sold_on = data["no"], data["bday"], Counter(), frozenset()

    def _add(self, sums: Sums) -> None:
        self.since_z.update(sums)
        self.since_opened.update(sums)


def _sums(kind: str, data: dict[str, Any]) -> Sums:
    """What a row adds, by nothing but what it says."""
    sums: Sums = Counter()
    match kind:
        case "sale.completed":
            sums.update({"times.sale": 1, "sale": data["total"], "rounding": data["rounding"], "disc": data["disc"]})
            sums["svc"] += _for_services(data)
            for part in data["pay"]:
                sums[f"pay.{part['m']}"] += part["amt"]
        case "sale.refunded" | "sale.voided":
            what = "refund" if kind == "sale.refunded" else "void"
            sums.update({f"times.{what}": 1, what: data["total"]})
            sums["svc_back"] += _for_services(data)
            for part in data["pay"]:
                sums[f"back.{part['m']}"] += part["amt"]
        case "sale.cancelled" if data["why"] != "empty":
            sums[f"times.{data['why']}"] += 1
        case "cash.moved":
            sums[data["why"]] += data["amt"]
        case "service.agent_note":
            sums[f"agent_{data['way']}"] += data["amt"]
        case "service.loan" if data["state"] == "paid_out":
            sums["loan_out"] += data["amt"]
        case "drawer.opened" if data["why"] == "no_sale":
            sums["times.no_sale"] += 1
        case "shift.closed" if "over_short" in data:
            sums.update({"times.over_short": 1, "over_short": data["counted"] - data["expected"]})
    return sums


def _for_services(data: dict[str, Any]) -> int:
    """What of it was for orders; a line that was taken out again has its amount once more, below zero."""
    return sum(line["amt"] for line in data["lines"] if is_service(line["sku"]))


def _said(z: dict[str, Any]) -> dict[str, int]:
    """The same sums as a Z report has them."""
    said = {
        "times.sale": z["sales"], "sale": z["total"], "rounding": z["rounding"], "disc": z["disc"],
        "times.cancelled": z["cancelled"],
        "times.expired": z["expired"], "pay_in": z["paid_in"], "pay_out": z["paid_out"], "times.no_sale": z["no_sale"],
        "times.over_short": z["shifts"], "over_short": z["over_short"], "times.refund": z["refunds"],
        **{what: z.get(what, 0) for what in ("agent_in", "agent_out", "loan_out")},
        "svc": z.get("services", 0), "svc_back": z.get("services_back", 0),
        "refund": z["refunded"], "times.void": z["voids"], "void": z["voided"],
        **{f"pay.{part['m']}": part["amt"] for part in z["pay"]},
        **{f"back.{part['m']}": part["amt"] for part in z["back"]},
    }  # fmt: skip
    return {what: fen for what, fen in said.items() if fen}
