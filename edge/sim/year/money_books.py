"""Payments, what pays a sale and what went back of it, as the rows of the journal tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from edge.sim.year.bill import is_service

TOLD_OF_MONEY = frozenset(("payment.changed", "sale.completed", "sale.refunded", "sale.voided", "training.sale"))
"""Types of rows that these books are made of."""
NO_END = frozenset(("created", "sent", "unknown"))
PAID = frozenset(("approved", "partially_refunded", "refunded"))
WALLETS = frozenset(("alipay", "wechat", "unionpay", "jdpay", "ecny"))


@dataclass(frozen=True, slots=True)
class Paid:
    """A completed sale. `sold` is in milli-units by line; `back` and `fen` are what came back of it already. `kept` are
    fees of services that their providers took back.
    """

    receipt: str
    amount: int
    wallets: dict[str, int]
    sold: dict[int, int]
    skus: dict[int, str]
    back: Counter[int] = field(default_factory=Counter)
    fen: int = 0
    kept: int = 0
    voided: bool = False

    @property
    def is_back(self) -> bool:
        """All goods came back: of services the shop itself takes none."""
        return all(self.back[n] >= milli or is_service(self.skus[n]) for n, milli in self.sold.items())

    @property
    def is_all_back(self) -> bool:
        return all(self.back[n] >= milli for n, milli in self.sold.items())


@dataclass(slots=True)
class MoneyBooks:
    """Turned back with the box when it is restored from a backup."""

    sales: dict[str, Paid] = field(default_factory=dict)
    """By the sale's id."""
    states: dict[str, str] = field(default_factory=dict)
    """Of each payment, as the journal said last."""
    open: dict[str, str] = field(default_factory=dict)
    """By sale, its payment that has no end."""
    charged: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Sale and fen of each payment that pays one."""
    wallet_back: Counter[str] = field(default_factory=Counter)
    """Fen that went back by payment."""
    refunds: int = 0

    def copy(self) -> MoneyBooks:
        return MoneyBooks(
            dict(self.sales), dict(self.states), dict(self.open), dict(self.charged), Counter(self.wallet_back),
            self.refunds,
        )  # fmt: skip

    def enter(self, kind: str, row_id: str, data: dict[str, Any], *, fee: int = 0) -> Iterator[str]:
        """The next row of the journal; a sentence for each thing in it that does not agree with those before. `fee`:
        what a provider keeps of it.
        """
        match kind:
            case "payment.changed":
                yield from self._moved(data)
            case "sale.completed":
                yield from self._sold(row_id, data)
            case "sale.refunded" | "sale.voided":
                yield from self._returned(data, is_void=kind == "sale.voided", fee=fee)

    def _moved(self, data: dict[str, Any]) -> Iterator[str]:
        """An end stays; what was paid can go back, also what was paid after the end. One payment at a time."""
        pid, state, sale = data["pid"], data["state"], data["sale"]
        before = self.states.get(pid)
        is_refund = "rid" in data
        ended = before is not None and before not in NO_END
        if ended and not (is_refund and (state == before or (before in PAID and state in PAID))):
            yield f"payment {pid} was {before} and is {state}"
        self.states[pid] = state
        if state in NO_END:
            if (other := self.open.get(sale, pid)) != pid:
                yield f"sale {sale} has payment {pid} beside {other}, which has no end"
            self.open[sale] = pid
        elif self.open.get(sale) == pid:
            del self.open[sale]

    def _sold(self, sale_id: str, data: dict[str, Any]) -> Iterator[str]:
        """Each wallet tender has a payment of its own, which was approved."""
        wallets = {part["pid"]: part["amt"] for part in data["pay"] if part["m"] in WALLETS}
        for pid, fen in wallets.items():
            if self.states.get(pid) != "approved":
                yield f"{data['receipt']} is paid by payment {pid}, which is {self.states.get(pid)}"
            if pid in self.charged:
                yield f"payment {pid} pays {sale_id} and {self.charged[pid][0]}"
            self.charged[pid] = (sale_id, fen)
        gone = {line["voids"] for line in data["lines"] if "voids" in line}
        standing = [line for line in data["lines"] if "voids" not in line and line["n"] not in gone]
        self.sales[sale_id] = Paid(
            data["receipt"], data["total"] + data["rounding"], wallets,
            {line["n"]: int(Decimal(line["qty"]) * 1000) for line in standing},
            {line["n"]: line["sku"] for line in standing},
        )  # fmt: skip

    def _returned(self, data: dict[str, Any], *, is_void: bool, fee: int) -> Iterator[str]:
        """Never more than was sold or paid, and in all exactly what was; a voided sale is over."""
        self.refunds += 1
        receipt, sale = data["receipt"], self.sales.get(data["of"])
        if sale is None:
            yield f"{receipt} gives back of {data['of_receipt']}, which is no sale"
            return
        back = Counter(sale.back)
        back.update({line["n"]: int(Decimal(line["qty"]) * 1000) for line in data["lines"]})
        after = replace(sale, back=back, fen=sale.fen + data["total"], kept=sale.kept + fee, voided=is_void)
        self.sales[data["of"]] = after
        if sale.voided or (is_void and sale.back):
            yield f"{receipt} gives back of {sale.receipt}, of which something came back: {dict(sale.back)}"
        if any(milli > sale.sold.get(n, 0) for n, milli in back.items()):
            yield f"{receipt}: {dict(back)} came back of {sale.receipt}, sold were {sale.sold}"
        owed = sale.amount - after.kept
        if after.fen > owed or (after.is_all_back and after.fen != owed):
            less = f", {after.kept} are kept" if after.kept else ""
            yield f"{receipt}: {after.fen} fen in all went back of {sale.receipt}, paid were {sale.amount}{less}"
        if not sum(part["amt"] for part in data["pay"]) == sum(line["amt"] for line in data["lines"]) == data["total"]:
            yield f"{receipt}: what went back and what came back is not {data['total']}"
        for part in data["pay"]:
            if part["m"] in WALLETS:
                self.wallet_back[part["pid"]] += part["amt"]
                if self.wallet_back[part["pid"]] > sale.wallets.get(part["pid"], 0):
                    yield f"{receipt}: payment {part['pid']} gave {self.wallet_back[part['pid']]} fen back"
