"""The file of promotions: what is wrong in it is said with line, expected and got; nothing of it is then used."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.cli.check import check
from edge.config_tables import Promotions as PromotionsTable
from edge.errors import SettingsError
from edge.model.promotion import Kind
from edge.promotion_file import load_promotions, read_promotions
from edge.settings_table import validate_table
from edge.toml_file import TomlFile

ROOT = Path(__file__).resolve().parent.parent

GOOD = """\
[cola-3]
kind = "multi_buy"
name = "可乐3件10元"
skus = ["6901234567892"]
count = 3
price_fen = 1000
starts = 2026-11-01
ends = 2026-11-30
weekdays = ["mon", "sun"]
hours = "22:00-02:00"
"""
WRONG = {
    "a duplicate id": (GOOD + GOOD, ["line 11", "[cola-3] stands there twice"]),
    "an unknown key": (GOOD + "colour = 1\n", ["line 11", "unknown setting 'colour' in [cola-3]"]),
    "a misspelled key": (GOOD.replace("count", "cuont"), ["line 5", "did you mean 'count'?"]),
    "an unknown kind": (GOOD.replace("multi_buy", "multibuy"), ["line 2", "unknown kind", "did you mean 'multi_buy'?"]),
    "no kind": (GOOD.replace("kind", "kinda"), ["line 1", "'kind' is missing", "one of simple"]),
    "a price of zero": (GOOD.replace("1000", "0"), ["line 6", "'price_fen'", "expected fen, 1 to", "got 0"]),
    "a price in yuan": (GOOD.replace("1000", "10.00"), ["line 6", "'price_fen'", "expected fen, 1 to", "got 10.0"]),
    "no goods": (GOOD.replace('"6901234567892"', ""), ["line 1", "names no goods"]),
    "an empty sku": (GOOD.replace("6901234567892", ""), ["line 4", "skus"]),
    "a count of one": (GOOD.replace("= 3", "= 1"), ["line 5", "expected pieces, 2 to 100", "got 1"]),
    "a day that there is not": (GOOD.replace("2026-11-30", "2026-11-31"), ["line 8"]),
    "a day in words": (GOOD.replace("2026-11-30", '"soon"'), ["line 8", "expected a date such as", 'got "soon"']),
    "ends before it starts": (GOOD.replace("2026-11-30", "2026-10-30"), ["line 1", "before it starts"]),
    "an unknown weekday": (GOOD.replace('"sun"', '"son"'), ["line 9", "weekdays"]),
    "hours that are none": (GOOD.replace("22:00-", "24:00-"), ["line 10", "two times of the day"]),
    "hours without length": (GOOD.replace("22:00-02:00", "02:00-02:00"), ["line 10", "two times of the day"]),
    "a long name": (GOOD.replace("可乐", "可乐" * 9), ["line 3", "expected 1 to 20 characters"]),
    "an id with blanks": (GOOD.replace("[cola-3]", '["cola 3"]'), ["line 1", "no id for a promotion"]),
    "a key outside": ("count = 3\n" + GOOD, ["line 1", "'count' is not a promotion"]),
    "no TOML": (GOOD + "[", ["line 11", "this is not TOML"]),
    "nothing is paid": ('[a]\nkind = "simple"\nname = "a"\nskus = ["1"]\n', ["line 1", "exactly one of price_fen"]),
    "two prices": (
        '[a]\nkind = "simple"\nname = "a"\nskus = ["1"]\npercent = 5\noff_fen = 5\n',
        ["line 1", "exactly one of price_fen, off_fen, percent"],
    ),
    "free by percent": ('[a]\nkind = "simple"\nname = "a"\nskus = ["1"]\npercent = 100\n', ["line 5", "1 to 99"]),
    "a set of one": (
        '[a]\nkind = "mix_match"\nname = "a"\nprice_fen = 5\nparts = [{ skus = ["1"] }]\n', ["line 5", "2 to 6 parts"],
    ),
    "a part without goods": (
        '[a]\nkind = "mix_match"\nname = "a"\nprice_fen = 5\nparts = [{ skus = ["1"] }, { count = 2 }]\n',
        ["line 5", "names no goods"],
    ),
    "an unknown key in a part": (
        '[a]\nkind = "mix_match"\nname = "a"\nprice_fen = 5\nparts = [{ skus = ["1"] }, { sku = ["2"] }]\n',
        ["line 5", "unknown setting 'sku'", "did you mean 'skus'?"],
    ),
    "a threshold that takes all": (
        '[a]\nkind = "threshold"\nname = "a"\nfrom_fen = 500\noff_fen = 500\n', ["line 1", "off_fen below from_fen"],
    ),
    "a coupon for goods and bill": (
        '[a]\nkind = "coupon"\nname = "a"\nfrom_fen = 500\noff_fen = 50\nskus = ["1"]\n', ["has goods and from_fen"],
    ),
    "a coupon price for no goods": ('[a]\nkind = "coupon"\nname = "a"\nprice_fen = 50\n', ["names no goods"]),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_place(what: str, tmp_path: Path) -> None:
    text, words = WRONG[what]
    assert text != GOOD
    file = tmp_path / "promotions.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_promotions(file)
    told = str(refused.value)
    assert "promotions.toml" in told
    for word in words:
        assert word in told, told


def test_all_that_is_wrong_is_said_at_once() -> None:
    file = TomlFile("p.toml", GOOD.replace("1000", "0") + '[b]\nkind = "what"\nname = "b"\n')
    with pytest.raises(SettingsError) as refused:
        read_promotions(file)
    assert "p.toml line 6" in str(refused.value) and "p.toml line 12" in str(refused.value)


def test_a_promotion_is_read_whole() -> None:
    (promotion,) = read_promotions(TomlFile("p.toml", GOOD))
    assert (promotion.id, promotion.kind, promotion.name) == ("cola-3", Kind.MULTI_BUY, "可乐3件10元")
    assert (promotion.span.starts, promotion.span.ends) == (date(2026, 11, 1), date(2026, 11, 30))
    assert promotion.span.weekdays == {0, 6} and promotion.span.hours == (time(22), time(2))
    assert [cut.value for cut in promotion.slots[0].cuts] == [334, 333, 333]


def test_the_examples_of_the_page_are_good() -> None:
    page = (ROOT / "docs" / "promotions.md").read_text(encoding="utf-8")
    settings, *examples = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    table = validate_table(PromotionsTable, tomllib.loads(settings)["promotions"], table=("promotions",), file=None)
    assert (table.file.name, table.hint_percent) == ("promotions.toml", 20)
    promotions = [promotion for text in examples for promotion in read_promotions(TomlFile("page", text))]
    assert {promotion.kind for promotion in promotions} == set(Kind)


def test_a_file_without_promotions_is_good_and_a_missing_one_is_not(tmp_path: Path) -> None:
    empty = tmp_path / "promotions.toml"
    empty.write_text("# none yet\n", encoding="utf-8")
    assert load_promotions(empty) == ()
    with pytest.raises(SettingsError, match="cannot be read"):
        load_promotions(tmp_path / "none.toml")


def test_too_many_promotions_are_another_file() -> None:
    text = "".join(f'[p{n}]\nkind = "simple"\nname = "p"\nskus = ["1"]\npercent = 5\n' for n in range(501))
    with pytest.raises(SettingsError, match="too many promotions"):
        read_promotions(TomlFile("p.toml", text))


def test_edge_check_reads_the_promotions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = tmp_path / "shop.toml"
    shop.write_text(
        '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "./data"\n[promotions]\nfile = "promotions.toml"\n',
        encoding="utf-8",
    )
    promotions = tmp_path / "promotions.toml"
    promotions.write_text(GOOD, encoding="utf-8")
    assert check(str(shop)) == 0
    assert "promotions: 1, good" in capsys.readouterr().out
    promotions.write_text(GOOD.replace("1000", "0"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"promotions.toml line 6: 'price_fen' in \[cola-3\] is wrong"):
        check(str(shop))


@given(st.text(max_size=120))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    for whole in (text, GOOD + text, GOOD.replace("cola-3", text), GOOD.replace("1000", text)):
        try:
            read_promotions(TomlFile("p.toml", whole))
        except SettingsError as refused:
            assert str(refused).startswith("p.toml")
