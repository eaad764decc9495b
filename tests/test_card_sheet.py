"""The printed cards: each bar is read by another's reader, at a printer's resolution and by a bad eye."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageFilter
from pyzbar.pyzbar import Decoded, decode

from edge.__main__ import main
from edge.card_table import load_cards
from edge.cli.badge_sheet import draw_badge
from edge.cli.card_drawing import Drawing, code128
from edge.cli.card_icons import GRID, STROKES, strokes
from edge.cli.card_layout import (
    BARS_DOWN,
    BARS_H,
    MODULE,
    PAGE_H,
    PAGE_W,
    Band,
    Place,
    owner_band,
    pages_of,
)
from edge.cli.card_sheet import LANGUAGES, STEPS, SheetWords, draw_sheet
from edge.codec.badge import badge_id, find_badge, new_badge_code
from edge.codec.command_card import card_code, find_own_code
from edge.model.badge import Badge, Role
from edge.model.card import Card, Icon, Zone
from edge.model.counter import Verb
from edge.paper.barcode import CODE128, bar_symbol
from edge.store.folder_lock import FolderLock

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
CARDS = load_cards()
SHEET = sorted(card_code(number) for number, card in CARDS.items() if card.zone is not Zone.OWNER)
MIN_CARD_W, MIN_CARD_H = 55.0, 25.0
"""What a hand finds and a scanner takes one at a time (product C1)."""
BETWEEN_BARS = 15.0
"""At least, so that the neighbour is not scanned (product C1)."""
STRIP = sorted(card_code(number) for number, card in CARDS.items() if card.strip)
SETTINGS = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
shop_name = "巷口便利店"
data_dir = "data"
"""


def words(language: str) -> SheetWords:
    return SheetWords("巷口便利店", "S-00817", "0.1.0", language, AT)


def pixels(pdf: Path, dpi: int) -> Iterator[Image.Image]:
    """Its pages, as poppler sees them."""
    head = pdf.with_name(f"{pdf.stem}-{dpi}")
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", str(pdf), str(head)], check=True)
    for page in sorted(pdf.parent.glob(f"{head.name}-*.png")):
        with Image.open(page) as picture:
            yield picture.convert("L")


def read(picture: Image.Image) -> list[Decoded]:
    return list(decode(picture))


def texts(pages: Iterator[Image.Image]) -> list[str]:
    return sorted(found.data.decode() for page in pages for found in read(page))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The settings of a shop in a folder of its own."""
    config = tmp_path / "shop.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    return config


# --- scannable -------------------------------------------------------------------------------------------------------


SLOW = [(language, dpi) for language in LANGUAGES for dpi in (200, 300) if (language, dpi) != ("both", 200)]


@pytest.mark.parametrize(
    ("language", "dpi"), [("both", 200), *(pytest.param(*each, marks=pytest.mark.chaos) for each in SLOW)]
)
def test_every_card_of_the_sheet_is_read_as_its_command_and_no_other(tmp_path: Path, language: str, dpi: int) -> None:
    out = tmp_path / "cards.pdf"
    draw_sheet(CARDS, words(language)).write(out)
    found = texts(pixels(out, dpi))
    assert found == sorted(SHEET + STRIP)
    assert {find_own_code(text) for text in found} == {n for n, card in CARDS.items() if card.zone is not Zone.OWNER}


def test_an_eye_that_is_blurred_and_noisy_reads_them_at_150_dpi(tmp_path: Path) -> None:
    chance, out = Random(4), tmp_path / "cards.pdf"
    draw_sheet(CARDS, words("both")).write(out)

    def worn(page: Image.Image) -> Image.Image:
        noise = Image.frombytes("L", page.size, chance.randbytes(page.width * page.height))
        noisy = Image.blend(page.filter(ImageFilter.GaussianBlur(0.7)), noise, 0.04)
        return noisy.filter(ImageFilter.GaussianBlur(0.5))

    assert texts(map(worn, pixels(out, 150))) == sorted(SHEET + STRIP)


@pytest.mark.parametrize("role", Role)
def test_a_badge_is_read_from_its_bars_and_from_its_square(tmp_path: Path, role: Role) -> None:
    code, out = new_badge_code(Random(3)), tmp_path / "badge.pdf"
    badge = Badge(badge_id(code.hash), code.hash, role, "王姐", AT)
    draw_badge(badge, code.text, CARDS, words("zh-CN")).write(out)
    (page,) = pixels(out, 300)
    found = read(page)
    of_badge = [(each.type, each.data.decode()) for each in found if each.data.startswith(b"O")]
    assert sorted(of_badge) == [("CODE128", code.text), ("QRCODE", code.text)]
    commands = {each.data.decode() for each in found} - {code.text}
    owners = {card_code(number) for number, card in CARDS.items() if card.zone is Zone.OWNER}
    assert commands == (owners if role is Role.OWNER else set())


def test_no_owners_card_is_on_the_counters_sheet() -> None:
    placed = [place.card for page in pages_of(CARDS) for band in page for place in band.places]
    assert [card for card in placed if card.zone is Zone.OWNER] == []
    assert len(placed) == len(SHEET) + len(STRIP)


def test_the_bars_of_all_numbers_mean_what_they_say() -> None:
    for number in range(1000):
        code = card_code(number)
        assert code128(code) == bar_symbol(CODE128, f"{{BZZ{{C{chr(int(code[2:4]))}{chr(int(code[4:]))}".encode()).bars


# --- for hands -------------------------------------------------------------------------------------------------------


def crowd() -> Mapping[int, Card]:
    """A shop that has added a hundred cards of its own."""
    more = {n: Card(n, "卡", "card", Zone.ORANGE, Icon.BOX, Verb.HELP) for n in range(300, 400)}
    return {**CARDS, **more}


@pytest.mark.parametrize("cards", [CARDS, crowd(), {}], ids=["ours", "crowd", "none"])
def test_cards_are_large_enough_on_the_page_and_far_enough_apart(cards: Mapping[int, Card]) -> None:
    pages = [[place for band in page for place in band.places] for page in pages_of(cards)]
    pages.append(list(owner_band(cards, 80).places))
    for places in pages:
        for place in places:
            assert (place.w >= MIN_CARD_W, place.h >= MIN_CARD_H) == (True, True)
            assert 0 <= place.x <= PAGE_W - place.w
            assert 0 <= place.y <= PAGE_H - place.h
        for at, place in enumerate(places):
            assert all(apart(place, other) >= BETWEEN_BARS for other in places[at + 1 :])


def apart(one: Place, other: Place) -> float:
    """Between the bars of two cards of the same page, in millimetres."""
    wide = len(code128(card_code(one.card.number))) * MODULE
    beside = abs(one.x - other.x) - wide
    below = abs(one.y - other.y) - max(one.h, other.h) + (max(one.h, other.h) - BARS_H * 1.6)
    return max(beside, below)


@pytest.mark.parametrize("page", [*pages_of(CARDS)[1:], [owner_band(CARDS, 80)]])
def test_on_a_page_no_two_cards_that_ask_for_different_things_look_alike(page: Sequence[Band]) -> None:
    looks: dict[Icon, Verb | None] = {}
    for card in (place.card for band in page for place in band.places if place.card.icon is not Icon.DIGIT):
        assert looks.setdefault(card.icon, card.verb) == card.verb, card.name


def test_cash_alone_looks_like_a_banknote() -> None:
    assert {card.verb for card in CARDS.values() if card.icon is Icon.CASH} == {Verb.CASH, Verb.EXACT_CASH}
    assert {icon for icon, _, _ in STEPS} & {CARDS[109].icon} == set()


def test_no_row_of_the_sell_page_has_one_card_alone() -> None:
    (green,) = pages_of(CARDS)[1]
    rows = Counter(place.y for place in green.places)
    assert min(rows.values()) > 1
    assert len(rows) == 6


def test_the_three_steps_name_cards_of_their_own_page() -> None:
    strip = {card.name for card in CARDS.values() if card.strip}
    assert {chinese.removeprefix("扫") for _, chinese, _ in STEPS[1:]} <= strip


def test_the_cards_of_a_crowd_are_all_drawn() -> None:
    placed = [place.card.number for page in pages_of(crowd())[1:] for band in page for place in band.places]
    assert sorted(placed) == sorted(n for n, card in crowd().items() if card.zone is not Zone.OWNER)


def test_bars_stand_inside_their_card() -> None:
    assert BARS_DOWN + BARS_H + 2.4 < 26.0
    assert MODULE >= 0.38


@pytest.mark.parametrize("icon", Icon)
def test_every_icon_is_drawn_inside_its_square(icon: Icon) -> None:
    assert (icon in STROKES) is (icon is not Icon.DIGIT)
    for kind, *rest in strokes(icon):
        assert kind in "pofrat"
        for point in rest if kind == "p" else rest[:1]:
            x, y = map(float, point.split(","))
            assert 0 <= x <= GRID
            assert 0 <= y <= GRID


def test_a_sheet_is_the_same_file_for_the_same_day() -> None:
    drawn = [draw_sheet(CARDS, words("both")).octets() for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_the_font_is_inside_and_only_what_is_needed_of_it(tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    draw_sheet(CARDS, words("both")).write(out)
    fonts = subprocess.run(["pdffonts", str(out)], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
    assert len(fonts) == 1
    assert "yes yes yes" in fonts[0]
    assert out.stat().st_size < 200_000


# --- the commands ----------------------------------------------------------------------------------------------------


def test_edge_cards_draws_the_shops_own_sheet(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = shop.with_name("own.toml")
    own.write_text("[150]\nleft_out = true\n", encoding="utf-8")
    shop.write_text(SETTINGS + '[cards]\nfile = "own.toml"\n', encoding="utf-8")
    out = shop.with_name("cards.pdf")
    assert main(["cards", "--config", str(shop), "--pdf", str(out)]) == 0
    assert f"{len(SHEET) - 1} cards" in capsys.readouterr().out
    assert main(["check", "--config", str(shop)]) == 0
    assert (
        f"cards: {len(CARDS) - 1}, {len(SHEET) - 1} on the counter's sheet and 6 on the owner's"
        in capsys.readouterr().out
    )
    assert texts(pixels(out, 200)) == sorted([code for code in SHEET if code != card_code(150)] + STRIP)


def test_a_wrong_line_of_the_shops_file_is_told_and_nothing_is_drawn(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.with_name("own.toml").write_text('[101]\nzone = "pink"\n', encoding="utf-8")
    shop.write_text(SETTINGS + '[cards]\nfile = "own.toml"\n', encoding="utf-8")
    out = shop.with_name("cards.pdf")
    for command in (["cards", "--pdf", str(out)], ["check"], ["run"]):
        assert main([*command, "--config", str(shop)]) == 2
        assert "own.toml line 2: 'zone' in [101] is wrong" in capsys.readouterr().err
    assert not out.exists()


def test_without_the_library_it_says_what_to_install_and_a_terminal_does_not_miss_it(shop: Path) -> None:
    without = "import sys; sys.modules['fpdf'] = None; import edge.daemon; from edge.__main__ import main"
    words = ["cards", "--config", str(shop), "--pdf", str(shop.with_name("x.pdf"))]
    asked = subprocess.run(
        [sys.executable, "-c", f"{without}; sys.exit(main({words!r}))"], cwd=ROOT, capture_output=True, text=True
    )
    assert asked.returncode == 2
    assert "the PDF library is not installed, expected the Python package fpdf2" in asked.stderr


def test_a_pdf_that_cannot_be_written_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cards", "--config", str(shop), "--pdf", str(shop.parent)]) == 2
    assert "the PDF cannot be written" in capsys.readouterr().err


def issued(shop: Path, *more: str, role: str = "owner") -> Path:
    out = shop.with_name(f"{role}.pdf")
    words = ["badge", "issue", "--config", str(shop), "--role", role, "--name", "王姐", "--pdf", str(out), *more]
    assert main(words) == 0
    return out


def test_a_badge_from_the_command_line_is_on_its_paper_alone_and_listed_by_its_id(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = issued(shop)
    (page,) = pixels(out, 300)
    code = next(text for text in (each.data.decode() for each in read(page)) if text.startswith("O"))
    assert find_badge(code) is not None
    kept = b"".join(path.read_bytes() for path in shop.with_name("data").rglob("*") if path.is_file())
    assert code.encode() not in kept
    assert out.stat().st_mode & 0o077 == 0
    issued(shop, "--days", "30", role="courier")
    capsys.readouterr()
    assert main(["badge", "list", "--config", str(shop)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [("owner" in line, "courier" in line) for line in lines] == [(True, False), (False, True)]
    assert main(["journal", "--config", str(shop)]) == 0
    assert capsys.readouterr().out.count('"card.issued"') == 2


def test_the_slip_of_a_badge_as_a_picture_can_be_scanned(shop: Path) -> None:
    png = shop.with_name("slip.png")
    assert main(
        ["badge", "issue", "--config", str(shop), "--role", "owner", "--name", "王姐", "--png", str(png)]
    ) == 0  # fmt: skip
    with Image.open(png) as picture:
        (found,) = read(picture.convert("L"))
    assert find_badge(found.data.decode()) is not None


def test_a_badge_is_revoked_by_its_id(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issued(shop)
    badge = capsys.readouterr().out.partition("badge ")[2].split()[0]
    assert main(["badge", "revoke", "--config", str(shop), "--badge", badge]) == 0
    capsys.readouterr()
    assert main(["badge", "list", "--config", str(shop)]) == 0
    assert f"{badge}  owner       revoked" in capsys.readouterr().out
    assert main(["badge", "revoke", "--config", str(shop), "--badge", "nobody"]) == 1
    assert "there is no such badge" in capsys.readouterr().err


def test_while_the_terminal_runs_it_says_who_can_issue_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = FolderLock(shop.with_name("data"))
    lock.take()
    out = shop.with_name("owner.pdf")
    words = ["badge", "issue", "--config", str(shop), "--role", "owner", "--name", "王姐", "--pdf", str(out)]
    assert main(words) == 2
    assert "Stop it first, or let the cloud send card.issue" in capsys.readouterr().err
    assert not out.exists()
    lock.release()


@pytest.mark.parametrize(
    ("name", "more"), [("", ["--pdf", "x"]), ("王" * 33, ["--pdf", "x"]), ("王\n姐", ["--pdf", "x"]), ("王姐", [])]
)
def test_a_badge_without_name_or_paper_is_refused(shop: Path, name: str, more: list[str]) -> None:
    assert main(["badge", "issue", "--config", str(shop), "--role", "owner", "--name", name, *more]) == 2
    assert not shop.with_name("data").exists()


def test_a_place_that_cannot_be_written_issues_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["badge", "issue", "--config", str(shop), "--role", "owner", "--name", "王姐", "--pdf"]
    assert main([*words, str(shop.parent / "no" / "x.pdf")]) == 2
    assert main([*words, str(shop.parent)]) == 2
    capsys.readouterr()
    assert main(["badge", "list", "--config", str(shop)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999", "3651"])
def test_a_number_of_days_that_is_none_is_refused(shop: Path, days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        issued(shop, "--days", days)
    assert "expected 1 to 3650 days" in capsys.readouterr().err


def test_long_words_are_made_smaller_and_stay_on_the_card() -> None:
    drawing = Drawing(AT, "test")
    drawing.page()
    drawing.text(10, 10, "W" * 24, pt=16, width=48)
    drawing.pdf.set_font("cjk", size=drawing.pdf.font_size_pt)
    assert drawing.pdf.get_string_width("W" * 24) <= 48.01
    assert drawing.octets().startswith(b"%PDF")
