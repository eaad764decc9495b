"""`edge booklet`: the goods that the shop can order for customers, as a PDF to print."""

from __future__ import annotations

from pathlib import Path

from edge.card_table import load_cards
from edge.cli.booklet_sheet import draw_booklet
from edge.cli.cards import sheet_words
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.shop_files import shop_booklet, shop_platforms


def print_booklet(config: str, pdf: str, language: str) -> int:
    """2 when the settings, the file of goods or the place for the PDF is wrong, or there is no such file."""
    settings = load_settings(Path(config), load_driver)
    booklet = shop_booklet(settings, shop_platforms(settings))
    if not booklet.items:
        raise SettingsError(
            "this shop has no booklet", where=config, expected='[orders] with booklet = "booklet.csv"',
            cure="A platform sends one, or docs/orders.md says how to write it.",
        )  # fmt: skip
    draw_booklet(booklet, load_cards(settings.cards.file), sheet_words(settings, language)).write(Path(pdf))
    print(f"{pdf}: {len(booklet.items)} goods to order, print at 100 %")
    return 0
