"""How the box speaks now: what cards changed, else what the settings say. Paper follows the language (decisions 3)."""

from __future__ import annotations

from dataclasses import replace

from edge.model.manner import LANGUAGES, LOUDEST, QUIETEST, Manner, Pace
from edge.model.receipt import ReceiptText
from edge.ports import Transaction

KEY = "manner"
"""Of the ledger's `meta`: language, volume and pace, with blanks between them."""


def manner_of(tx: Transaction, language: str) -> Manner:
    """`language` is the settings'. What the ledger holds in another shape is as if it held nothing."""
    words = (tx.get(KEY) or "").split()
    if len(words) != 3 or words[0] not in LANGUAGES or not all(word.isdecimal() for word in words[1:]):
        return Manner(language)
    volume, pace = int(words[1]), int(words[2])
    if not (QUIETEST <= volume <= LOUDEST and pace < len(Pace)):
        return Manner(language)
    return Manner(words[0], volume, Pace(pace))


def on_paper(text: ReceiptText, tx: Transaction) -> ReceiptText:
    """What the shop prints on every slip, in the language that is spoken now."""
    return replace(text, language=manner_of(tx, text.language).language)


def keep_manner(manner: Manner, tx: Transaction) -> None:
    tx.put(KEY, f"{manner.language} {manner.volume} {int(manner.pace)}")
