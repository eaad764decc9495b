"""What suppliers ask: the shop's file of it with all that is wrong in it, and which offer is the best."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from purchase_bench import FAR, NEAR, offer

from edge.codec.supplier_offer_csv import COLUMNS, read_offers
from edge.errors import SettingsError
from edge.model.money import Fen
from edge.model.supplier_offer import (
    ALONE,
    CHEAPER,
    EQUAL,
    IN_TIME,
    LESS,
    SMALLER,
    SOONER,
    SupplierOffer,
    Wanted,
    best,
    shown_piece,
)
from edge.store.ledger import import_offers

COLA = "6901234567892"
SUPPLIERS = (NEAR, FAR)


def read(text: str) -> tuple[SupplierOffer, ...]:
    return read_offers(text.encode(), name="offers.csv", suppliers=SUPPLIERS)


def test_a_file_of_offers_is_read() -> None:
    offers = read(
        "supplier,gtin,pack,cost_fen,min_packs,lead_days,discount_fen,carton\n"
        f"NEAR,{COLA},24,4800,2,1,100,16901234567899\n"
        f"FAR,{COLA},12,2500,,,,\n"
    )
    assert offers == (
        SupplierOffer("NEAR", f"0{COLA}", 24, Fen(4_800), 1, 2, Fen(100), "16901234567899"),
        SupplierOffer("FAR", f"0{COLA}", 12, Fen(2_500), FAR.lead_days),
    )


def test_goods_without_a_gtin_are_named_by_their_sku_and_one_that_is_a_gtin_is_one() -> None:
    offers = read(f"supplier,sku,pack,cost_fen\nNEAR,米-散装,25,9900\nNEAR,{COLA},24,4800\n")
    assert [one.sku for one in offers] == ["米-散装", f"0{COLA}"]


def test_a_spreadsheet_may_save_gb18030() -> None:
    octets = "supplier,sku,pack,cost_fen\nNEAR,散米,25,9900\n".encode("gb18030")
    assert read_offers(octets, name="x", suppliers=SUPPLIERS)[0].sku == "散米"


def test_every_wrong_line_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read(
            "supplier,gtin,pack,cost_fen,discount_fen,min_packs\n"
            f"NEER,{COLA},24,4800,,\n"
            "NEAR,6901234567893,24,4800,,\n"
            f"NEAR,{COLA},0,4800,,\n"
            f"NEAR,{COLA},24,48.00,,\n"
            f"NEAR,{COLA},24,4800,4800,\n"
            f"NEAR,{COLA},24,4800,,1000\n"
            "NEAR,,24,4800,,\n"
            f"NEAR,{COLA},24\n"
            f"NEAR,{COLA},24,4800,,\n"
            f"NEAR,{COLA},24,4700,,\n"
        )
    told = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in told] == [
        "offers.csv line 2, column supplier", "offers.csv line 3, column gtin", "offers.csv line 4, column pack",
        "offers.csv line 5, column cost_fen", "offers.csv line 6, column discount_fen",
        "offers.csv line 7, column min_packs", "offers.csv line 8, column gtin", "offers.csv line 9",
        "offers.csv line 11, column pack",
    ]  # fmt: skip
    assert "expected NEAR, FAR, got 'NEER'. Did you mean NEAR?" in told[0]
    assert "expected 2, got 3" in told[1]


@pytest.mark.parametrize("text, told", [
    ("", "is empty"), ("supplier,pack\n", "lacks cost_fen"), ("supplier,pack,cost_fen\n", "names no goods"),
    ("supplier,gtin,pack,cost_fen,cartn\n", "did you mean 'carton'"), ("supplier,gtin,gtin,pack,cost_fen\n", "twice"),
    ('supplier,gtin,pack,cost_fen\n"NEAR', "not CSV"),
])  # fmt: skip
def test_a_file_that_is_wrong_as_a_whole_says_so(text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read(text)


def test_a_shop_without_suppliers_hears_why() -> None:
    text = f"supplier,gtin,pack,cost_fen\nNEAR,{COLA},24,4800\n"
    with pytest.raises(SettingsError, match="no platform of the shop has suppliers"):
        read_offers(text.encode(), name="x", suppliers=())


def test_a_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    assert import_offers(path, [offer("NEAR", COLA, 24, 4_800), offer("FAR", COLA, 24, 4_800)]) == 1
    assert import_offers(path, [offer("FAR", COLA, 12, 2_500)]) == 2
    from random import Random

    from hand_clock import HandClock

    from edge.store.ledger import Ledger

    ledger = Ledger.open(path, HandClock(), Random(1))
    tx = ledger.begin(lambda record, tx: None)
    assert (tx.supplier_offers.version(), len(tx.supplier_offers.of(COLA, f"0{COLA}"))) == (2, 1)
    tx.rollback()
    ledger.close(clean=True)


def none(_: Wanted) -> Fraction:
    return Fraction(0)


def why(*wanted: Wanted, lasts: Fraction | None = None) -> tuple[str, str]:
    found = best(wanted, none, lasts_days=lasts)
    return found.wanted.offer.supplier, found.why


def test_the_best_offer_and_why() -> None:
    near = Wanted(offer("NEAR", COLA, 24, 4_800), 2)
    assert why(near) == ("NEAR", ALONE)
    assert why(near, Wanted(offer("FAR", COLA, 24, 4_799), 2)) == ("FAR", CHEAPER)
    assert why(near, Wanted(offer("FAR", COLA, 12, 2_400), 2)) == ("FAR", SMALLER)
    assert why(near, Wanted(offer("FAR", COLA, 24, 4_800, lead_days=1), 2)) == ("FAR", SOONER)
    assert why(near, Wanted(offer("FAR", COLA, 24, 4_800), 2)) == ("FAR", EQUAL)
    assert why(near, Wanted(offer("FAR", COLA, 24, 10, lead_days=9), 2), lasts=Fraction(3)) == ("NEAR", IN_TIME)
    assert why(near, Wanted(offer("FAR", COLA, 24, 10), 20, too_much=True)) == ("NEAR", LESS)


def test_a_share_of_the_delivery_is_part_of_the_price() -> None:
    near, far = Wanted(offer("NEAR", COLA, 24, 4_800), 2), Wanted(offer("FAR", COLA, 24, 4_500), 2)
    shares = {"NEAR": Fraction(0), "FAR": Fraction(1, 10)}
    found = best([near, far], lambda one: shares[one.offer.supplier], lasts_days=None)
    assert (found.wanted, found.why) == (near, CHEAPER)
    assert [shown_piece(piece) for _, piece in found.others] == [207], "206.25 is not shown as less than it is"


def test_all_columns_are_known_to_the_command() -> None:
    assert COLUMNS[:3] == ("supplier", "gtin", "sku")
