"""Carriers as data: the files that ship, a shop's own, what is wrong in one, and numbers that two things share."""

from __future__ import annotations

import re
import timeit
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.number_pattern import NUMBER_MAX, meant_for_others, read_pattern
from edge.codec.waybill import carrier_names
from edge.errors import CodecError, SettingsError
from edge.model.carrier import OTHER, Carriers, CheckDigit, TakeBack
from edge.model.cell import Size
from edge.platform_file import load_carriers, platform_names, read_platforms
from edge.toml_file import TomlFile

ROOT = Path(__file__).resolve().parent.parent

OURS = ("CAINIAO", "CHINA_POST", "DEPPON", "JD", "JT", "S10", "SF", "STO", "YTO", "YUNDA", "ZTO")
VILLAGE = """\
[carriers.VILLAGE]
zh-CN = "乡村快线"
en = "Village Line"
numbers = ["XC[0-9]{10}", "88[0-9]{12,13}"]
shelf_days = 7
locker_days = 2
remind_hours = [24, 100, 12]
cells = ["S", "M"]
take_back = "own"
label = { zh-CN = ["乡村快线"], en = ["Village Line"] }
slip = { zh-CN = ["谢谢"], en = ["Thank you"] }
"""
WRONG = {
    "an unknown table": ('[shops.A]\nname = "a"\n', ["line 1", "unknown table [shops], known are: carriers, services"]),
    "a misspelled table": (VILLAGE.replace("carriers.", "carrier."), ["line 1", "did you mean 'carriers'?"]),
    "a key outside": ('zh-CN = "a"\n' + VILLAGE, ["line 1", "unknown table [zh-CN]", "[carriers.ID]"]),
    "carriers that are no tables": ("carriers = 3\n", ["line 1", "'carriers' is not a table"]),
    "a carrier that is no table": ("[carriers]\nSF = 3\n", ["line 2", "'SF' is not a carrier", "got 3"]),
    "a small id": (VILLAGE.replace("VILLAGE", "village"), ["line 1", "no id for a carrier", "a capital first"]),
    "the id of goods": (VILLAGE.replace("VILLAGE", "EAN13"), ["line 1", "no id for a carrier"]),
    "a carrier twice": (VILLAGE + VILLAGE, ["line 12", "stands there twice"]),
    "an unknown key": (VILLAGE + "colour = 1\n", ["line 12", "unknown setting 'colour' in [carriers.VILLAGE]"]),
    "a misspelled key": (VILLAGE.replace("locker_days", "lockerdays"), ["line 6", "did you mean 'locker_days'?"]),
    "another spelling": (VILLAGE.replace('zh-CN = "乡', 'zh-cn = "乡'), ["line 2", "did you mean 'zh-CN'?"]),
    "no numbers": (VILLAGE.replace("numbers", "# numbers"), ["line 1", "'numbers' is missing", "1 to 8 patterns"]),
    "no name": (VILLAGE.replace("zh-CN = \"乡", "# \"乡"), ["line 1", "'zh-CN' is missing", "1 to 6 characters"]),
    "a long name": (VILLAGE.replace("\"乡村快线\"\ne", "\"乡村快线快递公司\"\ne"), ["line 2", "1 to 6 characters"]),
    "an English name in Chinese": (VILLAGE.replace("Village Line\"\nn", "乡村\"\nn"), ["line 3", "1 to 24 letters"]),
    "no pattern at all": (VILLAGE.replace('"XC[0-9]{10}", "88[0-9]{12,13}"', ""), ["line 4", "1 to 8 patterns"]),
    "a number for a pattern": (VILLAGE.replace('"XC[0-9]{10}"', "7"), ["line 4", "text in quotes", "got 7"]),
    "days in words": (VILLAGE.replace("= 7", '= "week"'), ["line 5", "expected days, 1 to 30", 'got "week"']),
    "no free day": (VILLAGE.replace("= 7", "= 0"), ["line 5", "expected days, 1 to 30", "got 0"]),
    "hours of a year": (VILLAGE.replace("100", "10000"), ["line 7", "720 or less", "got 10000"]),
    "a size that there is not": (VILLAGE.replace('"M"]', '"XXL"]'), ["line 8", "no size 'XXL'", "S, M, L, XL"]),
    "no cells": (VILLAGE.replace('["S", "M"]', "[]"), ["line 8", 'expected some of "S", "M", "L", "XL"']),
    "rights that there are not": (VILLAGE.replace('"own"', '"all"'), ["line 9", '"carrier" or "own"', 'got "all"']),
    "a paper in one language": (VILLAGE.replace(', en = ["Thank you"]', ""), ["line 11", "speaks one language"]),
    "a line too wide": (VILLAGE.replace("谢谢", "谢" * 17), ["line 11", "too long for the paper", "16 Chinese or 32"]),
    "a line with a control": (VILLAGE.replace("谢谢", "谢\\u001b"), ["line 11"]),
    "no TOML": (VILLAGE + "[", ["line 12", "this is not TOML"]),
}  # fmt: skip
WRONG_PATTERNS = {
    "(([0-9]+)+)+X": "cannot be read",
    "[0-9]*[0-9]*[0-9]*X": "cannot be read",
    "[0-9]{1,12}[0-9]{1,12}": "more than one part of varying length",
    ".{13}": "cannot be read",
    r"SF\d{12}": "cannot be read",
    "SF[0-9]{13}|": "cannot be read",
    "SF[0-9]{13}$": "cannot be read",
    "sf[0-9]{13}": "cannot be read",
    "SF[^0-9]{13}": "cannot be read",
    "SF[9-0]{13}": "set cannot be read",
    "SF[A-9]{13}": "set cannot be read",
    "SF[0-]{13}": "set cannot be read",
    "SF[]{13}": "cannot be read",
    "SF[0-9]{0,13}": "from 1 on",
    "SF[0-9]{13,8}": "from 1 on",
    "SF[0-9]{,13}": "cannot be read",
    "SF[0-9]{13}{2}": "cannot be read",
    "SF[０-９]{13}": "cannot be read",
    "SF[0-9]{5}": "wrong length",
    "SF[0-9]{99}": "wrong length",
    "SF" * 50: "too long",
    "": "wrong length",
    "69[0-9]{11}": "the barcode of goods (13 digits",
    "[0-9]{13}": "the barcode of goods (13 digits",
    "6[0-9]{11,12}": "the barcode of goods (13 digits",
    "[A-Z0-9]{13}": "the barcode of goods (13 digits",
    "[67][79][0-9]{6}": "the barcode of goods (8 digits",
    "0[0-9]{13}": "the barcode of goods (14 digits",
    "R[0-9]{13}": "a receipt of this terminal",
    "[A-Z][0-9]{11}": "a slip of this terminal",
    "M[0-9]{10}": "a member card",
}


def own(folder: Path, text: str) -> Path:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_three_platforms_bring_the_carriers_of_the_vectors() -> None:
    assert platform_names() == ("alibaba", "china_post", "jd")
    brought = [carrier.id for name in platform_names() for carrier in load_carriers([name]).all]
    assert sorted(brought) == sorted(OURS)
    assert [carrier.id for carrier in load_carriers().all] == brought


def test_each_carrier_that_ships_has_what_its_parcels_need() -> None:
    for carrier in load_carriers().all:
        assert (carrier.shelf_days, carrier.locker_days) == (3, 1)
        assert carrier.rights.cells == frozenset(Size) and carrier.rights.take_back is TakeBack.CARRIER
        assert carrier.slip.lines("zh-CN") and carrier.slip.lines("en") != carrier.slip.lines("zh-CN")
        assert all(meant_for_others(read_pattern(pattern.pattern)) is None for pattern in carrier.numbers)
    assert load_carriers().named("S10").check_digit is CheckDigit.S10


def test_the_order_in_which_platforms_are_named_is_not_the_order_of_candidates() -> None:
    assert load_carriers(["jd", "china_post", "alibaba"]) == load_carriers()
    assert load_carriers([]) == Carriers()


def test_a_shop_without_a_platform_does_not_know_its_numbers() -> None:
    without = load_carriers(["alibaba", "jd"])
    assert carrier_names("EA260123458CN", without) == ()
    assert carrier_names("5112345678901", without) == ("YUNDA",)
    assert carrier_names("5112345678901", load_carriers(["china_post"])) == ("CHINA_POST",)
    assert carrier_names("JDX024407261700-1-1-", load_carriers(["alibaba"])) == ()


def test_a_carrier_of_the_shop_is_read_whole(tmp_path: Path) -> None:
    carriers = load_carriers(own=own(tmp_path, VILLAGE))
    assert [carrier.id for carrier in carriers.all[:-1]] == [carrier.id for carrier in load_carriers().all]
    village = carriers.named("VILLAGE")
    assert (village.spoken("zh-CN"), village.spoken("en")) == ("乡村快线", "Village Line")
    assert (village.shelf_days, village.locker_days) == (7, 2)
    assert village.rights.cells == {Size.S, Size.M} and village.rights.take_back is TakeBack.OWN
    assert (village.label.lines("zh-CN"), village.slip.lines("en")) == (("乡村快线",), ("Thank you",))
    for number in ("XC1234567890", "88123456789012", "881234567890123", "xc 12345 67890"):
        assert carrier_names(number, carriers) == ("VILLAGE",)
    assert carrier_names("XC123456789", carriers) == ()


def test_a_shop_changes_one_thing_of_a_carrier_that_ships(tmp_path: Path) -> None:
    carriers = load_carriers(own=own(tmp_path, "[carriers.SF]\nlocker_days = 2\n"))
    ours = load_carriers().named("SF")
    assert carriers.named("SF").locker_days == 2
    assert carriers.named("SF").numbers == ours.numbers
    assert [carrier.id for carrier in carriers.all] == [carrier.id for carrier in load_carriers().all]
    with pytest.raises(SettingsError, match="'numbers' is missing"):
        load_carriers(["jd"], own(tmp_path, "[carriers.SF]\nlocker_days = 2\n"))


def test_reminders_are_counted_from_check_in_and_never_before_it() -> None:
    sf = load_carriers().named("SF")
    assert [at / timedelta(hours=1) for at in sf.reminders(locker=False)] == [24, 68]
    assert [at / timedelta(hours=1) for at in sf.reminders(locker=True)] == [20]
    assert sf.free_time(locker=False) == timedelta(days=3)
    village = read_platforms(TomlFile("own.toml", VILLAGE)).carriers.named("VILLAGE")
    assert [at / timedelta(hours=1) for at in village.reminders(locker=True)] == [24, 36]


def test_a_parcel_of_a_carrier_that_left_the_settings_is_still_handed_out() -> None:
    assert load_carriers(["jd"]).named("SF") is OTHER
    assert OTHER.spoken("zh-CN") == "快递" and OTHER.free_time(locker=True) == timedelta(days=1)
    assert not OTHER.matches("SF1234567890123")


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_place(what: str, tmp_path: Path) -> None:
    text, words = WRONG[what]
    assert text != VILLAGE
    with pytest.raises(SettingsError) as refused:
        load_carriers(own=own(tmp_path, text))
    for word in ("own.toml", *words):
        assert word in str(refused.value), str(refused.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = VILLAGE.replace("= 7", "= 0") + VILLAGE.replace("VILLAGE", "B1").replace("XC", "xc") + "[purses]\n"
    with pytest.raises(SettingsError) as refused:
        read_platforms(TomlFile("own.toml", text))
    for line in (5, 15, 23):
        assert f"own.toml line {line}:" in str(refused.value)


def test_too_many_carriers_are_another_file() -> None:
    text = "".join(VILLAGE.replace("VILLAGE", f"V{n}") for n in range(51))
    with pytest.raises(SettingsError, match="too many carriers"):
        read_platforms(TomlFile("own.toml", text))


@pytest.mark.parametrize("pattern", WRONG_PATTERNS)
def test_a_pattern_that_runs_away_or_takes_goods_is_refused(pattern: str, tmp_path: Path) -> None:
    text = VILLAGE.replace("XC[0-9]{10}", pattern.replace("\\", "\\\\"))
    with pytest.raises(SettingsError) as refused:
        load_carriers(own=own(tmp_path, text))
    told = str(refused.value)
    assert "line 4" in told and WRONG_PATTERNS[pattern] in told and "expected" in told, told


@given(st.from_regex(r"(69[0-9]{11}|69[0-9]{6}|069[0-9]{11})", fullmatch=True))
def test_no_carrier_that_ships_takes_goods_of_china(barcode: str) -> None:
    assert load_carriers().candidates(barcode) == ()


@given(st.text(st.sampled_from("[]{}-,0189AZS("), max_size=24))
def test_a_pattern_that_is_read_matches_what_its_shapes_say(text: str) -> None:
    try:
        pattern = read_pattern(text)
    except CodecError:
        return
    for shape in pattern.shapes:
        assert pattern.regex.fullmatch("".join(map(min, shape)))
        assert pattern.regex.fullmatch("".join(map(max, shape)))
        assert not pattern.regex.fullmatch("".join(map(max, shape)) + "-")


HOSTILE_S = 10.0
"""For 100,000 texts; a scan has 1 ms for all that it can be, so this is ten times less than it may take."""


def test_a_hundred_thousand_hostile_numbers_are_answered_in_time() -> None:
    """All carriers that ship, and a file of the slowest patterns that are taken."""
    slowest = [f'"[A-Z0-9]{{1,{NUMBER_MAX - 9}}}[AB]{{8}}Z"', '"Z[0-9]{7,23}"', '"[789][A-Z0-9]{11,22}Z"']
    text = VILLAGE.replace('"XC[0-9]{10}", "88[0-9]{12,13}"', ", ".join(slowest))
    carriers = Carriers(load_carriers().all + read_platforms(TomlFile("own.toml", text)).carriers.all)
    hostile = [
        stem * times + end
        for stem in ("7", "AB", "SF", "A", "0-", "JD-1-1-", " 7", "Z9", "１")
        for times in (1, 12, 23, 24, 40, 5000)
        for end in ("", "-", "Z", "-1-1-", "!")
    ]
    runs = 100_000 // len(hostile) + 1
    taken_s = timeit.timeit(lambda: [carrier_names(text, carriers) for text in hostile], number=runs)
    assert taken_s < HOSTILE_S


def test_the_page_says_of_each_carrier_how_sure_its_numbers_are() -> None:
    page = (ROOT / "docs" / "carriers.md").read_text(encoding="utf-8").partition("## How sure")[2]
    named = {word for row in re.findall(r"^\| ([A-Z0-9_, ]+) \|", page, flags=re.MULTILINE) for word in row.split(", ")}
    assert named == set(OURS)
