"""`edge cards`: the command cards of a shop as a PDF to print and laminate."""

from __future__ import annotations

from pathlib import Path

from edge import __version__
from edge.card_table import load_cards
from edge.cli.card_sheet import SheetWords, draw_sheet
from edge.clock import SystemClock
from edge.config import Settings, load_settings
from edge.devices import load_driver
from edge.model.card import Zone


def draw_cards(config: str, pdf: str, language: str) -> int:
    """2 when the settings, the file of cards or the place for the PDF is wrong."""
    settings = load_settings(Path(config), load_driver)
    cards = load_cards(settings.cards.file)
    draw_sheet(cards, sheet_words(settings, language)).write(Path(pdf))
    owners = sum(card.zone is Zone.OWNER for card in cards.values())
    drawn = len(cards) - owners
    print(f"{pdf}: {drawn} cards, print at 100 %, laminate matt; the owner's {owners} come with `edge badge issue`")
    return 0


def sheet_words(settings: Settings, language: str) -> SheetWords:
    own = settings.terminal
    return SheetWords(own.shop, own.store, __version__, language, SystemClock().wall().astimezone(own.zone))
