"""Shifts and Z reports as the terminals told them, held against the sales that the cloud itself has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edge.codec.bodies import BODIES
from edge.model.item import DEPOSIT_SKU, ORDER_SKU
from edge.model.money import yuan
from edge.reference_cloud.report import CloudReport, CloudRow

_BACK = ("sale.refunded", "sale.voided")


@dataclass(frozen=True, slots=True)
class DayLine:
    """A shift or a Z report. `wrong`: where the terminal's sums are not the cloud's own, an empty tuple if nowhere."""

    tid: str
    what: str
    business_day: str
    sales: int
    fen: int
    wrong: tuple[str, ...]


def day_lines(report: CloudReport) -> list[DayLine]:
    """Of all terminals: first the shifts, then the Z reports, each in the order in which they ended."""
    found: list[DayLine] = []
    for tid in sorted({lane.tid for lane in report.lanes()}):
        rows = [row for row in _rows(report, tid) if _is_understood(row)]
        found += [_shift(row, rows) for row in rows if row.type == "shift.closed"]
        found += [_z(row, rows) for row in rows if row.type == "report.z"]
    return found


def newer_texts(report: CloudReport) -> Iterator[str]:
    """One line for each terminal that sends what a newer version alone can read: no sum has those rows in it."""
    for tid in sorted({lane.tid for lane in report.lanes()}):
        newer = Counter(f"{row.type} sv {row.sv}" for row in _rows(report, tid) if not _is_understood(row))
        if newer:
            kinds = ", ".join(f"{times} {kind}" for kind, times in sorted(newer.items()))
            yield f"{tid:<24}{newer.total()} rows of a newer version are left out of its sums: {kinds}"


def day_texts(lines: list[DayLine]) -> Iterator[str]:
    """For a person: one line each, and what does not agree below it."""
    for line in lines:
        verdict = "as its sales say" if not line.wrong else "NOT AS ITS SALES SAY"
        yield f"{line.tid:<24}{line.business_day}  {line.what:<10}{line.sales:>6} sales {yuan(line.fen):>12}  {verdict}"
        yield from (f"{'':<24}{sentence}" for sentence in line.wrong)


def _rows(report: CloudReport, tid: str) -> list[CloudRow]:
    return [*report.rows(tid, "tx"), *report.rows(tid, "ev")]


def _is_understood(row: CloudRow) -> bool:
    """Whether its body was checked when it came; those of a newer version are kept as they are."""
    return row.type not in BODIES or row.sv <= BODIES[row.type].SV


def _shift(row: CloudRow, rows: list[CloudRow]) -> DayLine:
    told, shift = row.data, row.data["shift"]
    sales = [one.data for one in rows if one.type == "sale.completed" and one.data.get("shift") == shift]
    back = [one.data for one in rows if one.type in _BACK and one.data.get("shift") == shift]
    moved: Counter[str] = Counter()
    for one in rows:
        if one.type == "cash.moved" and one.data["shift"] == shift:
            moved[one.data["why"]] += one.data["amt"]
    own = {"sales": _buyers(sales), "cash_sales": _paid(sales)["cash"], "cash_refunds": _paid(back)["cash"],
           "paid_in": moved["pay_in"], "paid_out": moved["pay_out"], **_beside(rows, shift)}  # fmt: skip
    wrong = _differences({key: told.get(key, 0) for key in own}, own)
    return DayLine(row.tid, "shift", told["bday"], told["sales"], told["cash_sales"], wrong)


def _beside(rows: list[CloudRow], shift: str) -> dict[str, int]:
    """Against slips of the bank's terminal, and paid out for lenders."""
    notes = [one.data for one in rows if one.type == "service.agent_note" and one.data["shift"] == shift]
    loans = [one.data for one in rows if one.type == "service.loan" and one.data.get("shift") == shift]
    agent = {f"agent_{way}": sum(note["amt"] for note in notes if note["way"] == way) for way in ("in", "out")}
    return agent | {"loan_out": sum(loan["amt"] for loan in loans if loan["state"] == "paid_out")}


def _z(row: CloudRow, rows: list[CloudRow]) -> DayLine:
    told = row.data
    sales = [one.data for one in rows if one.type == "sale.completed" and _is_of(one.data, told)]
    own = {"sales": _buyers(sales), "total": sum(sale["total"] - _repaid(sale) for sale in sales),
           "repaid": sum(_repaid(sale) for sale in sales),
           "rounding": sum(sale.get("rounding", 0) for sale in sales),
           "disc": sum(sale.get("disc", 0) for sale in sales), "services": _sums_of(ORDER_SKU, sales),
           **_paid(sales)}  # fmt: skip
    said = {key: told.get(key, 0) for key in ("sales", "total", "repaid", "rounding", "disc", "services")}
    said |= {part["m"]: part["amt"] for part in told["pay"]}
    return DayLine(row.tid, f"Z {told['no']}", told["bday"], told["sales"], told["total"], _differences(said, own))


def _repaid(sale: dict[str, Any]) -> int:
    """What of it was no price of goods but paid back on a tab; a line that was taken out is there twice."""
    return _sums_of(DEPOSIT_SKU, [sale])


def _sums_of(begins: str, sales: list[dict[str, Any]]) -> int:
    """What the lines come to whose sku begins so."""
    return sum(line["amt"] for sale in sales for line in sale["lines"] if str(line["sku"]).startswith(begins))


def _buyers(sales: list[dict[str, Any]]) -> int:
    """Sales but those in which somebody only paid back."""
    return sum(not _repaid(sale) or sale["total"] != _repaid(sale) for sale in sales)


def _is_of(sale: dict[str, Any], z: dict[str, Any]) -> bool:
    """Whether its receipt lies between the first and the last of that report."""
    if "first" not in z or (sale["bday"], sale["till"]) != (z["bday"], z["till"]):
        return False
    first, number, last = (_number(receipt) for receipt in (z["first"], sale["receipt"], z["last"]))
    return first <= number <= last


def _number(receipt: str) -> int:
    """Of a receipt within its day; -1 where it is none of our form."""
    number = receipt.rpartition("-")[2]
    return int(number) if number.isdecimal() and number.isascii() else -1


def _paid(sales: list[dict[str, Any]]) -> Counter[str]:
    """Fen by method; a post-void need not say them."""
    paid: Counter[str] = Counter()
    for sale in sales:
        for part in sale.get("pay") or ():
            paid[part["m"]] += part["amt"]
    return paid


def _differences(told: dict[str, int], own: dict[str, int]) -> tuple[str, ...]:
    keys = sorted(told.keys() | own.keys())
    return tuple(
        f"{key}: the terminal says {told.get(key, 0)}, its sales {own.get(key, 0)}"
        for key in keys
        if told.get(key, 0) != own.get(key, 0)
    )
