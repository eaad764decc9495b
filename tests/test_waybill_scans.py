"""A waybill or a pick-up code at the counter: what is a parcel, and what is goods, money or a misread all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from counter_bench import COLA, SCANNER, CounterBench, Habits

from edge.codec.classification import Known, Mode, candidates, classify
from edge.codec.gtin import is_gtin
from edge.messages import ParcelScanned, PickupCodeScanned
from edge.model.carrier import Carriers
from edge.model.counter import Waiting, at_rest
from edge.model.parcel import Parcel, ParcelState
from edge.model.parcel_records import ParcelExpected
from edge.platform_file import load_carriers, load_platforms, read_platforms
from edge.ports import Transaction
from edge.toml_file import TomlFile

CARRIERS = load_carriers()
EMS_AND_EAN = "1207119765021"
TWO_CARRIERS = "5112345678901"
ZTO = "73610555582883"
SF = "SF1234567890123"
JD = "JDX024407261700-1-2-"
SSCC = "00106141412345678908"
WECHAT = "134567890123456789"
SELLING = (Mode.IDLE, Mode.OPEN, Mode.SUBTOTAL, Mode.PAYING, Mode.PRICE_CHECK, Mode.REFUND, Mode.COUNT)
NOTHING = Known()
BUT_BANK = [mode for mode in Mode if mode not in (Mode.BANK_SLIP, Mode.LOAN)]
"""There any text is what the bank's own terminal printed, or what a lender's app shows."""
IN_CATALOGUE = Known(in_catalogue=lambda _: True)
EXPECTED = Known(expected_parcel=lambda number: number in (EMS_AND_EAN, TWO_CARRIERS, ZTO, "JDX024407261700"))
BOTH = Known(lambda _: True, EXPECTED.expected_parcel)


def rule(text: str, mode: Mode, known: Known, carriers: Carriers = CARRIERS) -> str:
    found = classify(candidates(text, carriers=carriers), mode, known)
    return f"{found.rule} {found.kind}"


class Station(CounterBench):
    """A shop whose parcel scans are kept; nobody answers them."""

    def boot(self) -> None:
        super().boot()
        self.parcels: list[ParcelScanned | PickupCodeScanned] = []
        self.bus.on(ParcelScanned, self._parcel)
        self.bus.on(PickupCodeScanned, self._parcel)

    def _parcel(self, scan: ParcelScanned | PickupCodeScanned, _: Transaction) -> None:
        self.parcels.append(scan)

    def expect(self, *waybills: str) -> None:
        tx = self.ledger.begin(lambda *_: None)
        for waybill in waybills:
            parcel = Parcel(tx.new_id(), waybill, "", ParcelState.EXPECTED, at=datetime(2026, 11, 23, tzinfo=UTC))
            tx.append(ParcelExpected(parcel))
        tx.commit()

    def scanned(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        self.parcels.clear()
        self.pass_s(2)
        self.scan(text)
        return [(scan.waybill, scan.carriers) for scan in self.parcels if isinstance(scan, ParcelScanned)]


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path / "shop", Habits(parcels=True))


def test_thirteen_digits_of_ems_that_are_an_ean_are_what_the_shop_knows_of_them() -> None:
    assert is_gtin(EMS_AND_EAN)
    for mode in BUT_BANK:
        awaits_parcel = mode in (Mode.PARCEL_IN, Mode.PICKUP)
        for known, elsewhere in (
            (NOTHING, "9 item"), (IN_CATALOGUE, "5 item"), (EXPECTED, "7 waybill"), (BOTH, "5 item"),
        ):  # fmt: skip
            is_bill = mode is Mode.SERVICE and known is NOTHING
            said = "2 waybill" if awaits_parcel else "2 app_code" if is_bill else elsewhere
            assert rule(EMS_AND_EAN, mode, known) == said, mode


def test_the_symbol_of_goods_is_no_waybill_however_much_one_is_expected() -> None:
    for aim in ("]E0", "]E3"):
        for mode in BUT_BANK:
            assert rule(aim + EMS_AND_EAN, mode, EXPECTED) == "9 item", mode
    assert rule("]C0" + EMS_AND_EAN, Mode.OPEN, EXPECTED) == "7 waybill"
    assert rule("]E0012345678905", Mode.PARCEL_IN, NOTHING) == "9 item"


def test_digits_of_two_carriers_name_both_and_are_taken_where_a_parcel_is_awaited() -> None:
    for number in ("5012345678901", TWO_CARRIERS, "5212345678901"):
        assert candidates(number, carriers=CARRIERS).carriers == ("YUNDA", "CHINA_POST")
        assert rule(number, Mode.PARCEL_IN, NOTHING) == "2 waybill"
        assert all(rule(number, mode, NOTHING) == "10 waybill" for mode in SELLING)
    assert candidates("5312345678901", carriers=CARRIERS).carriers == ("YUNDA",)
    assert all(rule(TWO_CARRIERS, mode, EXPECTED) == "7 waybill" for mode in SELLING)


@pytest.mark.parametrize("code", [SF, JD, "YT8962345678901", "JT5261988016578", "DPK202252612836", "EA260123458CN"])
def test_a_letter_in_front_is_a_waybill_in_every_mode(code: str) -> None:
    assert {rule(code, mode, NOTHING) for mode in SELLING} == {"6 waybill"}
    assert rule(code, Mode.PARCEL_IN, NOTHING) == "2 waybill"


def test_a_payment_code_is_never_a_waybill_by_its_shape() -> None:
    text = '[carriers.XX]\nzh-CN = "某某"\nen = "XX"\nnumbers = ["1[0-9]{17}"]\n'
    greedy = read_platforms(TomlFile("own.toml", text)).carriers
    assert candidates(WECHAT, carriers=greedy).carriers == ("XX",)
    for mode in Mode:
        assert "pay_code" in rule(WECHAT, mode, NOTHING, greedy), mode


def test_a_waybill_while_selling_is_handed_on_and_the_basket_stays(station: Station) -> None:
    station.scan(COLA)
    assert station.scanned(SF) == [(SF, ("SF",))]
    assert station.scanned(JD) == [("JDX024407261700", ("JD",))]
    assert isinstance(scan := station.parcels[0], ParcelScanned) and (scan.raw, scan.device) == (JD, SCANNER)
    assert len(station.lines) == 1


def test_digits_alone_are_no_parcel_unless_they_are_expected(station: Station) -> None:
    station.scan(COLA)
    for number in (ZTO, TWO_CARRIERS):
        assert station.scanned(number) == []
        assert station.prompts[-1] == "scan.unknown"
    station.expect(ZTO, TWO_CARRIERS, EMS_AND_EAN)
    assert station.scanned(ZTO) == [(ZTO, ("ZTO",))]
    assert station.scanned(TWO_CARRIERS) == [(TWO_CARRIERS, ("YUNDA", "CHINA_POST"))]
    assert station.scanned(EMS_AND_EAN) == [(EMS_AND_EAN, ("CHINA_POST",))]
    assert station.scanned(f"]E0{EMS_AND_EAN}") == []
    assert station.prompts[-1] == "item.unknown"


def test_a_number_of_no_carrier_is_a_parcel_where_it_is_expected(station: Station) -> None:
    station.expect("ABCDE")
    assert station.scanned("abcde") == [("ABCDE", ())]


def test_a_pick_up_code_is_handed_on_where_it_is_awaited_and_shown_nowhere(station: Station) -> None:
    station.scan("123456", "3-1-3001")
    assert station.parcels == []
    tx = station.begin()
    tx.keep(replace(at_rest(None), waiting=Waiting.PICKUP))
    tx.commit()
    station.pass_s(2)
    station.scan("3-1-3001", "123456")
    (scan,) = station.parcels
    assert isinstance(scan, PickupCodeScanned) and scan.text == "123456"
    assert "123456" not in repr(scan)


def test_a_logistic_unit_is_a_parcel_only_where_one_is_awaited(station: Station) -> None:
    assert station.scanned(SSCC) == []
    assert station.prompts[-1] == "scan.unknown"


@pytest.mark.parametrize("code", [SF, JD, ZTO, TWO_CARRIERS, "EA260123458CN", "3-1-3001", SSCC])
def test_a_shop_that_is_no_station_refuses_them_all(tmp_path: Path, code: str) -> None:
    shop = Station(tmp_path / "shop", Habits())
    shop.expect(ZTO)
    assert shop.scanned(code) == [] and shop.parcels == []
    assert shop.prompts[-1] == "scan.unknown"
    assert shop.scanning.refused == 1


def test_a_station_where_nobody_sees_to_parcels_says_so(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(parcels=True))
    for code in (SF, "3-1-3001"):
        shop.hush()
        shop.scan(code)
        assert shop.prompts == ["scan.unknown"]


def test_a_fourth_carrier_is_a_file_and_its_waybill_is_read(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[carriers.VILLAGE]\nzh-CN = "乡村快线"\nen = "Village Line"\nnumbers = ["XC[0-9]{10}", "88[0-9]{12}"]\n',
        encoding="utf-8",
    )
    platforms = load_platforms(own=own)
    carriers = platforms.carriers
    station = Station(tmp_path / "shop", Habits(parcels=True, platforms=platforms))
    assert station.scanned("xc 12345 67890") == [("XC1234567890", ("VILLAGE",))]
    assert rule("88123456789012", Mode.PARCEL_IN, NOTHING, carriers) == "2 waybill"
    assert candidates("88123456789012", carriers=carriers).carriers == ("VILLAGE",)
