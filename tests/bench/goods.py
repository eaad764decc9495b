"""A catalogue as large as the contract's example: 50,000 goods as a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from counter_bench import ean
from shop_bench import PRICES

MANY = 50_000


def codes(count: int = MANY) -> list[str]:
    """EAN-13 of so many goods, beside those that the shop has anyway."""
    return [ean(f"692{n:09d}") for n in range(count)]


def write_csv(path: Path, barcodes: Sequence[str]) -> Path:
    """A table with these goods and the shop's own three."""
    own = [f"{code},商品 {code[-6:-1]},{price},瓶" for code, price in PRICES.items()]
    many = [f"{code},商品 {n} 号 500ml 装,{100 + n % 9900},件" for n, code in enumerate(barcodes)]
    path.write_text("\n".join(["gtin,name,price_fen,unit", *own, *many, ""]), encoding="utf-8")
    return path
