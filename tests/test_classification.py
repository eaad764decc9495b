"""What a scan is, in each mode: the order of the rules, and that nothing is taken for money by its shape alone."""

from __future__ import annotations

import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec import classification
from edge.codec.classification import REFUSED, RULES, Known, Mode, ScanCandidates, ScanKind, classify
from edge.codec.command_card import OwnSlip, SlipKind, card_code, find_own_code, receipt_code, slip_code
from edge.codec.gtin import WrongCheck
from edge.codec.instore import DEFAULT_TEMPLATES, LabelTemplate, label_readings
from edge.codec.scan import describe_scan
from edge.errors import CodecError
from edge.platform_file import load_carriers

COLA = "6901234567892"
WECHAT = "134567890123456789"
ALIPAY_LIKE_LABEL = "282345678901234567"
WEIGHED = "2200123010506"
EMS_AND_EAN = "1207119765021"
SSCC = "00106141412345678908"
RECEIPT = receipt_code("261123-1-0042")

CARRIERS = load_carriers()
EVERYTHING = Known(in_catalogue=lambda _: True, expected_parcel=lambda _: True)
NOTHING = Known()
SHOP = Known(in_catalogue=lambda gtin: gtin == "0" + COLA, expected_parcel=lambda number: number == EMS_AND_EAN)

BUDGET_US = 500
"""Ten times what a scan may typically take: catches a change of order, not a busy machine."""


def candidates(text: str, templates: tuple[LabelTemplate, ...] = DEFAULT_TEMPLATES) -> ScanCandidates:
    return classification.candidates(text, templates, CARRIERS)


def rule(text: str, mode: str, known: Known = SHOP) -> str:
    found = classify(candidates(text), Mode(mode), known)
    return f"{found.rule} {found.kind}"


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("ZZ1014", "idle", "1 card"),
        ("ZZ1908", "paying", "1 card"),
        ("ZZ2011", "parcel_in", "1 card"),
        ("ZZ1015", "open", "10 misread"),
        (RECEIPT, "refund", "2 slip"),
        (RECEIPT, "idle", "3 slip"),
        (RECEIPT, "parcel_in", "3 slip"),
        (slip_code(OwnSlip(SlipKind.HOLD, "000123")), "refund", "3 slip"),
        (slip_code(OwnSlip(SlipKind.SERVICE, "000123")), "open", "3 slip"),
        (WECHAT, "paying", "4 pay_code"),
        (WECHAT, "subtotal", "4 pay_code"),
        (WECHAT, "open", "4b pay_code"),
        (WECHAT, "idle", "10 pay_code"),
        (WECHAT, "price_check", "10 pay_code"),
        (WECHAT, "parcel_in", "10 pay_code"),
        (f"]C1{WECHAT}", "paying", "10 misread"),
        (f"]Q1{WECHAT}", "paying", "4 pay_code"),
        (COLA, "idle", "5 item"),
        (f"]E0{COLA}", "open", "5 item"),
        (COLA, "paying", "5 item"),
        (COLA, "parcel_in", "5 item"),
        (f"]Q1https://id.gs1.org/01/0{COLA}", "open", "5 item"),
        (f"010{COLA}10ABC", "open", "5 item"),
        ("SF1234567890123", "open", "6 waybill"),
        ("SF1234567890123", "parcel_in", "2 waybill"),
        ("JDVA11408814483-1-1-", "idle", "6 waybill"),
        ("EA260123458CN", "idle", "6 waybill"),
        ("73610555582883", "parcel_in", "2 waybill"),
        ("73610555582883", "idle", "10 waybill"),
        ("443123456789", "parcel_in", "2 waybill"),
        ("ABC12345678", "parcel_in", "2 waybill"),
        (EMS_AND_EAN, "open", "7 waybill"),
        ("9712345678905", "open", "9 item"),
        (WEIGHED, "open", "8 label"),
        ("210012301234005006", "open", "8 label"),
        ("6900000000007", "open", "9 item"),
        ("04252614", "open", "9 item"),
        ("6901234567893", "open", "10 misread"),
        ("2200123010507", "open", "10 misread"),
        ("2200123000002", "open", "10 misread"),
        ("210012301234005007", "open", "10 misread"),
        ("]d20106901234567893", "open", "10 misread"),
        ("https://id.gs1.org/01/06901234567893", "open", "10 misread"),
        ("RB123456786US", "open", "10 misread"),
        ("12-2-1203", "pickup", "2 pickup_code"),
        ("482913", "pickup", "2 pickup_code"),
        ("482913", "open", "10 unknown"),
        ("A-1-7", "idle", "10 pickup_code"),
        (SSCC, "receiving", "2 sscc"),
        (SSCC, "parcel_in", "2 sscc"),
        (SSCC, "open", "10 sscc"),
        ("https://example.com/", "open", "10 unknown"),
        ("", "open", "10 unknown"),
        ("你好", "paying", "10 unknown"),
    ],
)
def test_a_scan_is_what_the_mode_makes_of_it(text: str, mode: str, expected: str) -> None:
    assert rule(text, mode) == expected


def test_eighteen_digits_from_25_on_are_a_label_only_where_the_shop_says_so() -> None:
    template = LabelTemplate("FFWWWWWEEEEENNNNNC")
    label = candidates(ALIPAY_LIKE_LABEL, (template,))
    assert classify(label, Mode.OPEN, NOTHING).kind is ScanKind.LABEL
    assert classify(label, Mode.PAYING, NOTHING).kind is ScanKind.PAY_CODE
    assert rule(ALIPAY_LIKE_LABEL, "open") == "4b pay_code"
    assert DEFAULT_TEMPLATES[2].prefixes == ("20", "21", "22", "23", "24")


def test_the_catalogue_settles_which_of_two_readings_is_meant() -> None:
    both = "00000093"
    gtins = candidates(both).gtins
    assert len(gtins) == 2
    ean8 = Known(in_catalogue=lambda gtin: gtin == gtins[1])
    assert classify(candidates(both), Mode.OPEN, ean8).gtin == gtins[1]
    assert classify(candidates(both), Mode.OPEN, NOTHING).gtin == gtins[0]


def test_an_add_on_behind_an_ean_13_is_left_out() -> None:
    assert candidates(f"]E3{COLA}12").gtins == ("0" + COLA,)


def test_a_zero_label_is_still_an_article_that_the_catalogue_has() -> None:
    assert rule("2200123000002", "open", EVERYTHING) == "5 item"


@given(st.text(max_size=40) | st.text("0123456789ZRHV-]\x1d", max_size=40), st.sampled_from(Mode))
def test_any_text_is_classified_in_any_mode(text: str, mode: Mode) -> None:
    scan = candidates(text)
    for known in (NOTHING, EVERYTHING):
        found = classify(scan, mode, known)
        assert found.rule in {rule.number for rule in RULES}
        assert (found.gtin is not None) == (found.kind is ScanKind.ITEM)
    assert describe_scan(text, CARRIERS, mode)["text"] == text


@given(st.from_regex(r"1[0-5][0-9]{16}|(2[5-9]|30)[0-9]{14,22}", fullmatch=True))
def test_a_payment_code_opens_a_payment_only_in_a_sale(code: str) -> None:
    for mode in Mode:
        found = classify(candidates(code), mode, NOTHING)
        in_sale = mode in (Mode.OPEN, Mode.SUBTOTAL, Mode.PAYING)
        assert found.kind is ScanKind.PAY_CODE
        assert found.refused != in_sale


def test_what_a_supplier_sent_is_neither_goods_nor_a_customers_parcel() -> None:
    ours = Known(in_catalogue=lambda gtin: gtin.endswith(COLA), delivery=lambda number: number == "YT7512345678901")
    for mode in set(Mode) - {Mode.SERVICE}:  # there any number may be what a bill is paid by
        found = classify(candidates("YT7512345678901"), mode, ours)
        assert found.kind in (ScanKind.DELIVERY, ScanKind.WAYBILL)
        assert found.kind is ScanKind.DELIVERY or mode is Mode.PICKUP, "where customers take parcels, nobody asks"
    assert classify(candidates(COLA), Mode.RECEIVING, ours).kind is ScanKind.ITEM


def test_the_docstring_has_every_rule_in_order() -> None:
    numbers = list(dict.fromkeys(rule.number for rule in RULES))
    assert numbers == ["1", "2", "3", "4", "4b", "5", "5b", "6", "7", "8", "9", REFUSED]


@pytest.mark.parametrize("text", [COLA, WECHAT, WEIGHED, "210012301234005006", "SF1234567890123"])
def test_a_typical_scan_costs_microseconds(text: str) -> None:
    best_s = min(timeit.repeat(lambda: classify(candidates(text), Mode.OPEN, SHOP), number=100, repeat=5)) / 100
    assert best_s * 1e6 < BUDGET_US


@pytest.mark.parametrize(
    "code", ["ZZ1014", "ZZ1021", "ZZ1212", "ZZ1908", "ZZ1502", "ZZ2011", "ZZ2028", "ZZ2066", "ZZ0000"]
)
def test_cards_of_the_sheet_have_our_check_digit(code: str) -> None:
    number = find_own_code(code)
    assert isinstance(number, int)
    assert card_code(number) == code


@given(st.integers(0, 999), st.integers(0, 9))
def test_only_one_check_digit_makes_a_card(number: int, digit: int) -> None:
    found = find_own_code(f"ZZ{number:03d}{digit}")
    expected = card_code(number)[-1]
    assert found == (number if str(digit) == expected else WrongCheck("command card", expected, str(digit)))


@given(st.dates(), st.integers(1, 99), st.integers(1, 9999))
def test_a_receipts_barcode_gives_its_number_back(day: object, till: int, n: int) -> None:
    receipt = f"{day:%y%m%d}-{till}-{n:04d}"
    slip = find_own_code(receipt_code(receipt))
    assert isinstance(slip, OwnSlip)
    assert (slip.kind, slip.receipt) == (SlipKind.RECEIPT, receipt)


def test_numbers_that_no_slip_has_are_refused() -> None:
    with pytest.raises(CodecError):
        receipt_code("261123-100-0001")
    with pytest.raises(CodecError):
        card_code(1000)
    assert find_own_code("R12") is None
    assert find_own_code("Z" * 5000) is None


def test_a_label_template_that_cannot_be_read_is_refused() -> None:
    for layout in ("", "FFWWWWWEEEEE", "FFWWWWWEEEEEE", "FFWWWEEWWEEEC", "AAWWWWWEEEEEC", "FFEEEEEEEEEEC"):
        with pytest.raises(CodecError, match="layout"):
            LabelTemplate(layout)


def test_a_label_counts_in_the_unit_of_the_scale() -> None:
    template = LabelTemplate("FFWWWWWEEEEEC", prefixes=("21",), amount_unit_fen=10)
    assert [label.amount_fen for label in label_readings("2106013040083", (template,))] == [40080]
    assert label_readings(WEIGHED, (template,)) == ()


def test_both_check_rules_of_18_digit_labels_are_taken_and_named() -> None:
    readings = {label_readings(f"21001230123400500{digit}")[0].check_rule for digit in range(10)}
    assert readings == {"gs1", "forward", None}


def test_a_wrong_check_digit_is_named_in_words() -> None:
    found = describe_scan("6901234567893", CARRIERS)
    assert found["problem"] == "the check digit of this GTIN-13 is wrong: expected 2, got 3"
    assert (found["class"], found["expected_check"], found["got_check"]) == ("misread", "2", "3")


def test_a_mode_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(CodecError, match="no such mode") as caught:
        describe_scan(COLA, CARRIERS, "sleeping")
    assert "price_check" in caught.value.expected
