"""What a day comes to: the same for whoever played it, but for ids, times and what day_changes names."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from day_eyes import Eyes, booked_in
from day_script import Booked

from edge.model.item import OPEN_PRICE_SKU
from edge.model.sale import WALLETS
from edge.sim.year.day_books import DayBooks
from edge.sim.year.witness import milli

Row = tuple[str, str, dict[str, Any]]
_BACK = ("sale.refunded", "sale.voided")


@dataclass(frozen=True, slots=True)
class DayEnd:
    """`charged`: fen by wallet that the provider has in the end, after what went back."""

    booked: Counter[Booked]
    sold: Counter[tuple[Any, ...]]
    """Each sale by its lines and what paid it."""
    tenders: Counter[str]
    stock: dict[str, int]
    z: dict[str, Any]
    charged: Counter[str]


def day_end(eyes: Eyes, cloud_file: Path) -> DayEnd:
    journal = eyes.journal()
    (z,) = [body for _, kind, body in journal if kind == "report.z"]
    return DayEnd(
        Counter(booked_in(journal)), Counter(_contents(journal)), _tenders(journal), eyes.stock(), z,
        _charged(cloud_file),
    )  # fmt: skip


def quarrels(eyes: Eyes, cloud_file: Path) -> list[str]:
    """Where journal, Z report, stock and provider do not say the same to the fen."""
    return list(quarrels_of(eyes.journal(), eyes.stock(), _charges(cloud_file)))


def quarrels_of(journal: list[Row], stock: dict[str, int], charges: dict[str, int]) -> Iterator[str]:
    """`charges`: fen that the provider kept, by payment."""
    books = DayBooks()
    for row_id, kind, body in journal:
        yield from books.enter(kind, row_id, body)
    own, recorded = _moved(journal), _recorded(journal)
    if stock != own:
        yield f"stock says {stock}, the journal {own}"
    for pid in sorted(charges.keys() | recorded.keys()):
        if charges.get(pid, 0) != recorded.get(pid, 0):
            yield f"payment {pid}: the provider has {charges.get(pid, 0)}, the journal {recorded.get(pid, 0)}"


def _contents(journal: list[Row]) -> Iterator[tuple[Any, ...]]:
    for _, kind, body in journal:
        if kind == "sale.completed":
            gone = {line["voids"] for line in body["lines"] if "voids" in line}
            lines = sorted(
                (line["sku"], line["qty"], line["amt"], line.get("promo", ""))
                for line in body["lines"]
                if "voids" not in line and line["n"] not in gone
            )
            pay = tuple((part["m"], part["amt"]) for part in body["pay"])
            yield (body["total"], body["rounding"], body.get("disc", 0), tuple(lines), pay)


def _tenders(journal: list[Row]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for _, kind, body in journal:
        if kind == "sale.completed" or kind in _BACK:
            for part in body["pay"]:
                sums[part["m"]] += part["amt"] if kind == "sale.completed" else -part["amt"]
    return sums


def _moved(journal: list[Row]) -> dict[str, int]:
    """Milli-units that left the shelf and did not come back, by the lines of the records."""
    sums: Counter[str] = Counter()
    for _, kind, body in journal:
        if kind == "sale.completed":
            for line in body["lines"]:
                sums[line["sku"]] += milli(line["qty"])
        elif kind in _BACK:
            of = next(sale for row_id, _, sale in journal if row_id == body["of"])
            skus = {line["n"]: line["sku"] for line in of["lines"]}
            for line in body["lines"]:
                sums[skus[line["n"]]] -= milli(line["qty"])
    return {sku: n for sku, n in sums.items() if n and sku != OPEN_PRICE_SKU}


def _recorded(journal: list[Row]) -> dict[str, int]:
    """Fen that a payment brought and kept, by its id."""
    sums: Counter[str] = Counter()
    paid_by: dict[str, dict[str, str]] = {}
    for row_id, kind, body in journal:
        if kind == "sale.completed":
            wallets = {part["m"]: part["pid"] for part in body["pay"] if part["m"] in WALLETS}
            paid_by[row_id] = wallets
            for part in body["pay"]:
                if part["m"] in WALLETS:
                    sums[part["pid"]] += part["amt"]
        elif kind in _BACK:
            for part in body["pay"]:
                if part["m"] in WALLETS:
                    sums[paid_by[body["of"]][part["m"]]] -= part["amt"]
    return {pid: fen for pid, fen in sums.items() if fen}


def _charges(cloud_file: Path) -> dict[str, int]:
    return {pid: fen for pid, _, fen in _wallets(cloud_file) if fen}


def _charged(cloud_file: Path) -> Counter[str]:
    sums: Counter[str] = Counter()
    for _, channel, fen in _wallets(cloud_file):
        sums[channel] += fen
    return sums


def _wallets(cloud_file: Path) -> list[tuple[str, str, int]]:
    """(payment, channel, fen that the provider kept): what was undone by a cancel went back as well."""
    with closing(sqlite3.connect(f"{cloud_file.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(
            "SELECT pid, channel, CASE WHEN state = 'approved' THEN amount - refunded ELSE 0 END FROM wallet"
        ).fetchall()
