"""The booklet of goods to order: what is wrong in its file is said with its line, and it is drawn as a PDF."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import ean

from edge.__main__ import main
from edge.codec.booklet_csv import MAX_ITEMS, read_booklet
from edge.codec.gtin import to_gtin14
from edge.errors import SettingsError

COOKER, FAN = ean("690123000000"), ean("690123000001")
HEAD = "gtin,name,price_fen,days,name_en,offer\n"
GOOD = f"{HEAD}{COOKER},电饭锅 3L,15900,3,Rice cooker,JD_ORDER\n{FAN},电风扇,8900,0,,\n"
OFFERS = {"ALI_ORDER", "JD_ORDER"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_booklet_is_read_as_spreadsheets_write_it(encoding: str) -> None:
    booklet = read_booklet(GOOD.encode(encoding), name="b.csv", offers=OFFERS)
    cooker, fan = booklet.items
    assert (cooker.name, cooker.price, cooker.days, cooker.offer) == ("电饭锅 3L", 15_900, 3, "JD_ORDER")
    assert (fan.named("en"), fan.offer) == ("电风扇", "")
    assert booklet.find(to_gtin14(FAN)) is fan and booklet.find(to_gtin14(ean("690123000002"))) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the booklet is empty"),
        ("gtin,name\n", "lacks price_fen, days"),
        (f"{HEAD}{COOKER[:-1]}9,x,100,3,,\n", "line 2, column gtin"),
        (f"{HEAD}{COOKER},,100,3,,\n", "line 2, column name"),
        (f"{HEAD}{COOKER},x,1.5,3,,\n", "line 2, column price_fen"),
        (f"{HEAD}{COOKER},x,100,99,,\n", "line 2, column days"),
        (f"{HEAD}{COOKER},x,100,3,,AMAZON\n", "line 2, column offer.*ALI_ORDER"),
        (f"{HEAD}{COOKER},x,100,3,,\n{COOKER},y,100,3,,\n", "line 3, column gtin.*line 2"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=f"(?s){told}"):
        read_booklet(text.encode(), name="b.csv", offers=OFFERS)


def test_a_booklet_has_an_end() -> None:
    lines = "".join(f"{ean(f'690{n:09d}')},x,100,3,,\n" for n in range(MAX_ITEMS + 1))
    with pytest.raises(SettingsError, match="too many goods"):
        read_booklet((HEAD + lines).encode(), name="b.csv", offers=OFFERS)


def test_the_booklet_is_drawn_and_a_wrong_one_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "shop.toml"
    config.write_text('[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "./data"\n[orders]\nbooklet = "b.csv"\n')
    (tmp_path / "b.csv").write_text(GOOD, encoding="utf-8")
    out = tmp_path / "out.pdf"
    assert main(["booklet", "--config", str(config), "--pdf", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF") and "2 goods to order" in capsys.readouterr().out
    assert main(["check", "--config", str(config)]) == 0
    assert "booklet: 2 goods, good" in capsys.readouterr().out
    (tmp_path / "b.csv").write_text("gtin\n", encoding="utf-8")
    assert main(["booklet", "--config", str(config), "--pdf", str(out)]) == 2
