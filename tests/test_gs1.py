"""GTIN, UPC-E, element strings and Digital Links, against biip and python-stdnum."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import biip
import pytest
import stdnum.ean
import stdnum.gs1_128
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.upc import Upc
from hypothesis import given
from hypothesis import strategies as st

from edge.codec import gs1, gtin
from edge.codec.digital_link import parse_digital_link
from edge.codec.gs1 import GS, LOST_GS, parse_elements
from edge.errors import CodecError

CHARACTERS = "ABCXYZabcxyz0123456789-/."


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def checked(length: int) -> st.SearchStrategy[str]:
    return digits(length - 1).map(lambda text: text + gtin.check_digit(text))


DATES = st.dates(date(2000, 1, 1), date(2049, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
WORDS = st.text(CHARACTERS, min_size=1, max_size=20)
COUNTS = st.text("0123456789", min_size=1, max_size=8)
VALUES = {
    "00": checked(18),
    "01": checked(14),
    "10": WORDS,
    "11": DATES,
    "15": DATES,
    "17": DATES,
    "21": WORDS,
    "30": COUNTS,
    "37": COUNTS,
    "3103": digits(6),
    "3922": st.text("0123456789", min_size=3, max_size=15),
}
VARIABLE = frozenset({"10", "21", "30", "37", "3922"})
LABELS = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, unique=True).flatmap(
    lambda ais: st.fixed_dictionaries({ai: VALUES[ai] for ai in ais})
)


def written(elements: dict[str, str]) -> str:
    pieces = [ai + value + (GS if ai in VARIABLE else "") for ai, value in elements.items()]
    return "".join(pieces).removesuffix(GS)


@given(st.sampled_from([8, 12, 13, 14]).flatmap(digits))
def test_check_digit_agrees_with_stdnum(text: str) -> None:
    assert gtin.is_gtin(text) == stdnum.ean.is_valid(text)
    assert gtin.check_digit(text[:-1]) == stdnum.ean.calc_check_digit(text[:-1])


@given(st.sampled_from([8, 12, 13, 14]).flatmap(checked), st.data())
def test_one_wrong_digit_is_always_noticed(text: str, choice: st.DataObject) -> None:
    at = choice.draw(st.integers(0, len(text) - 1))
    wrong = choice.draw(st.sampled_from("0123456789").filter(lambda digit: digit != text[at]))
    with pytest.raises(CodecError, match="check digit"):
        gtin.to_gtin14(text[:at] + wrong + text[at + 1 :])


def test_a_wrong_check_digit_is_named_with_the_right_one() -> None:
    with pytest.raises(CodecError) as caught:
        gtin.to_gtin14("6901234567893")
    assert (caught.value.expected, caught.value.got) == ("2", "3")


@pytest.mark.parametrize(
    "text", ["", "690123456789²", "６９０１２３４５６７８９２", "690123456", "69012345678 2", "x" * 5000]
)
def test_other_shapes_are_no_gtin(text: str) -> None:
    with pytest.raises(CodecError, match="not a GTIN"):
        gtin.to_gtin14(text)


@given(st.tuples(st.sampled_from("01"), digits(6)))
def test_upc_e_expands_as_in_biip(parts: tuple[str, str]) -> None:
    body = "".join(parts)
    check = Upc.parse(body).check_digit
    assert gtin.upce_to_upca(f"{body}{check}") == Upc.parse(f"{body}{check}").as_upc_a()


def test_eight_digits_are_ean_8_when_the_scanner_says_so() -> None:
    upce, ean8 = "04252614", "96385074"
    assert gtin.readings(upce, "]E4") == ((), gtin.WrongCheck("GTIN-8", "0", "4"))
    assert gtin.readings(upce, None)[0] == ("00042100005264",)
    assert gtin.readings(ean8, None)[0] == ("00000096385074",)


def test_eight_digits_that_are_both_name_upc_e_first() -> None:
    both = next(
        text for n in range(10**6) if len(gtin.readings(text := f"0{n:07d}", None)[0]) == 2 and text[6] in "56789"
    )
    assert gtin.readings(both, None)[0] == (gtin.upce_to_upca(both).zfill(14), both.zfill(14))


@given(LABELS)
def test_element_strings_read_as_in_biip(label: dict[str, str]) -> None:
    text = written(label)
    message = biip.parse(text).gs1_message
    assert message is not None
    assert parse_elements(text).raw == {e.ai.ai: e.value for e in message.element_strings} == label


@given(LABELS)
def test_amounts_weights_and_dates_read_as_in_stdnum(label: dict[str, str]) -> None:
    read = parse_elements(written(label))
    oracle = stdnum.gs1_128.info(written(label), separator=GS)
    assert read.amount == oracle.get("3922")
    assert read.weight_kg == oracle.get("3103")
    assert read.expiry == oracle.get("17")
    assert read.best_before == oracle.get("15")


def test_amounts_and_weights_are_exact() -> None:
    label = parse_elements("01069012345678923103000735392201050")
    assert (label.amount, label.weight_kg, label.weight_g) == (Decimal("10.50"), Decimal("0.735"), 735)


@pytest.mark.parametrize(
    ("text", "day"),
    [("17240200", date(2024, 2, 29)), ("17260200", date(2026, 2, 28)), ("17261231", date(2026, 12, 31))],
)
def test_day_00_is_the_last_of_the_month(text: str, day: date) -> None:
    assert parse_elements(text).expiry == day


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("0106901234567893", "AI 01", "expected 2, got 3"),
        ("00106141412345678907", "AI 00", "expected 8, got 7"),
        ("17261301", "AI 17", "no such month"),
        ("17260230", "AI 17", "no such day"),
        ("01069012345678", "AI 01", "cut short"),
        ("10" + "A" * 21, "AI 10", "too long"),
        ("3103ABCDEF", "AI 3103", "not a number"),
        ("0106901234567892" * 2 + "10A" + GS + "10B", "AI 10", "twice"),
        ("5512345", "character 1", "no application identifier"),
        ("", "character 1", "not a GS1 element string"),
        (GS, "character 2", "not a GS1 element string"),
    ],
)
def test_a_broken_label_is_refused_where_it_breaks(text: str, where: str, words: str) -> None:
    with pytest.raises(CodecError) as caught:
        parse_elements(text)
    assert caught.value.where == where
    assert words in str(caught.value)


def test_a_lost_gs_is_warned_of_and_not_guessed() -> None:
    swallowed = parse_elements("010690123456789210ABC21XYZ")
    assert (swallowed.raw["10"], swallowed.warning) == ("ABC21XYZ", LOST_GS)


@pytest.mark.parametrize(
    "text", ["010690123456789210ABC", f"010690123456789210ABC21{GS}21XYZ", "0106901234567892392201050"]
)
def test_a_label_that_ends_properly_gives_no_warning(text: str) -> None:
    assert parse_elements(text).warning is None


@given(st.text(max_size=60) | st.text("0123456789" + GS, max_size=60))
def test_any_text_gives_elements_or_our_error(text: str) -> None:
    for parse in (parse_elements, parse_digital_link, gtin.to_gtin14, gtin.upce_to_upca):
        try:
            parse(text)
        except CodecError as err:
            assert err.what


@given(st.text(max_size=40))
def test_any_web_address_gives_elements_or_our_error(tail: str) -> None:
    for uri in (f"https://{tail}", f"https://id.gs1.org/01/{tail}", f"https://a/01/06901234567892/{tail}"):
        try:
            assert parse_digital_link(uri).raw
        except CodecError as err:
            assert err.what


@given(checked(14), WORDS.filter(lambda word: word not in (".", "..")), DATES)
def test_digital_links_read_as_in_biip(number: str, batch: str, day: str) -> None:
    uri = f"https://id.gs1.org/01/{number}/10/{batch.replace('/', '%2F')}?17={day}&3103=000500&linkType=all"
    message = biip.parse(uri).gs1_digital_link_uri
    assert message is not None
    assert parse_digital_link(uri).raw == {e.ai.ai: e.value for e in message.element_strings}


@pytest.mark.parametrize(
    "uri",
    [
        "HTTPS://ID.GS1.ORG/01/06901234567892",
        "http://shop.example/goods/food/01/6901234567892",
        "https://shop.example/01/06901234567892/10/A%2FB?17=261200#top",
    ],
)
def test_digital_links_of_any_domain_name_the_goods(uri: str) -> None:
    assert parse_digital_link(uri).gtin == "06901234567892"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://id.gs1.org/01/06901234567893", "expected 2, got 3"),
        ("https://id.gs1.org/gtin/06901234567892", "names no goods"),
        ("https://id.gs1.org/01/06901234567892/10", "no value"),
        ("https://id.gs1.org/01/06901234567892?17=261399", "no such month"),
        ("https://[broken/01/06901234567892", "malformed"),
        ("ftp://id.gs1.org/01/06901234567892", "not a GS1 Digital Link"),
        ("https://id.gs1.org/01/06901234567892/" + "10/A/" * 900, "not a GS1 Digital Link"),
    ],
)
def test_a_broken_link_says_what_is_wrong(uri: str, words: str) -> None:
    with pytest.raises(CodecError, match=words):
        parse_digital_link(uri)


def known_to_biip() -> list[GS1ApplicationIdentifier]:
    found = []
    for width in (2, 3, 4):
        for number in range(10**width):
            with contextlib.suppress(biip.ParseError):
                found.append(GS1ApplicationIdentifier.extract(f"{number:0{width}d}"))
    return found


def test_every_ai_of_biip_has_its_length_and_its_need_of_a_gs() -> None:
    assert len({identifier.ai for identifier in known_to_biip()}) > 500
    for identifier in known_to_biip():
        fixed = gs1.FIXED_LENGTHS.get(identifier.ai[:2])
        assert gs1.AI_LENGTHS[identifier.ai[:2]] == len(identifier.ai), identifier
        assert (fixed is None) == identifier.separator_required, identifier
