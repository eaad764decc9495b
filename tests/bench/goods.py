"""A catalogue as large as the contract's example: 50,000 goods as a CSV file; and 200 promotions on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from counter_bench import ean
from shop_bench import PRICES

MANY = 50_000
PROMOTIONS = 200
IN_BASKET = 30
"""So many of them are on goods that the counter sells, which then are in one promotion each; two are thresholds."""


def codes(count: int = MANY) -> list[str]:
    """EAN-13 of so many goods, beside those that the shop has anyway."""
    return [ean(f"692{n:09d}") for n in range(count)]


def write_csv(path: Path, barcodes: Sequence[str]) -> Path:
    """A table with these goods and the shop's own three."""
    own = [f"{code},商品 {code[-6:-1]},{price},瓶" for code, price in PRICES.items()]
    many = [f"{code},商品 {n} 号 500ml 装,{100 + n % 9900},件" for n, code in enumerate(barcodes)]
    path.write_text("\n".join(["gtin,name,price_fen,unit", *own, *many, ""]), encoding="utf-8")
    return path


def write_promotions(path: Path, basket: Sequence[str], others: Sequence[str]) -> Path:
    """Pairs of goods, three ways in turn; the first pairs are of the basket, the rest of `others`."""
    pairs = [(basket[2 * n], basket[2 * n + 1]) for n in range(IN_BASKET)]
    pairs += [(others[2 * n], others[2 * n + 1]) for n in range(PROMOTIONS - 2 - IN_BASKET)]
    kinds = (
        'kind = "multi_buy"\ncount = 2\nprice_fen = 150',
        'kind = "nth_item"\npercent = 50',
        'kind = "simple"\npercent = 10',
    )
    tables = [
        f'[p{n}]\n{kinds[n % len(kinds)]}\nname = "促销 {n} 号"\nskus = ["{one}", "{other}"]\n'
        for n, (one, other) in enumerate(pairs)
    ]
    thresholds = [
        f'[from-{fen}]\nkind = "threshold"\nname = "满{fen}"\nfrom_fen = {fen}\noff_fen = 300\n'
        for fen in (5000, 90_000)
    ]
    path.write_text("\n".join([*tables, *thresholds]), encoding="utf-8")
    return path
