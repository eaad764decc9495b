"""Draws the pictures of docs/cards: `.venv/bin/python scripts/sheets.py`. It needs pdftoppm (poppler-utils)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from PIL import Image

from edge.card_table import load_cards
from edge.cli.badge_sheet import draw_badge
from edge.cli.booklet_sheet import draw_booklet
from edge.cli.card_drawing import Drawing
from edge.cli.card_sheet import SheetWords, draw_sheet
from edge.codec.badge import badge_id, new_badge_code
from edge.codec.booklet_csv import read_booklet
from edge.model.badge import Badge, Role

BOOKLET = Path(__file__).resolve().parent.parent / "docs" / "cards" / "booklet.csv"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "cards"
AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DPI, COLOURS = 80, 64
PAGES = {
    "both": {1: "strip", 2: "sell", 3: "parcels", 4: "day-and-help", 5: "numbers"},
    "en": {2: "sell-en"},
    "zh-CN": {4: "day-and-help-zh"},
}
"""The page's number in the sheet of a language, and its picture."""


def pictures() -> Iterator[tuple[str, Image.Image]]:
    cards = load_cards()
    for language, names in PAGES.items():
        pages = seen(draw_sheet(cards, words(language)))
        yield from ((name, pages[page - 1]) for page, name in names.items())
    yield "booklet", seen(draw_booklet(read_booklet(BOOKLET.read_bytes(), name=BOOKLET.name, offers=()), cards,
                                       words("both")))[0]  # fmt: skip
    code = new_badge_code(Random(3))
    badge = Badge(badge_id(code.hash), code.hash, Role.OWNER, "王姐", AT)
    yield "owner", seen(draw_badge(badge, code.text, cards, words("both")))[0]


def words(language: str) -> SheetWords:
    return SheetWords("巷口便利店", "S-00817", "0.1.0", language, AT)


def seen(drawing: Drawing) -> list[Image.Image]:
    """Its pages as pixels."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "sheet.pdf"
        drawing.write(pdf)
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", str(pdf), str(pdf.with_suffix(""))], check=True)
        return [Image.open(page).convert("RGB") for page in sorted(Path(folder).glob("*.png"))]


def main(say: Callable[[str], object] = print) -> int:
    for name, picture in pictures():
        path = FOLDER / f"{name}.png"
        picture.quantize(COLOURS).save(path, optimize=True)
        say(str(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
