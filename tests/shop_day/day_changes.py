"""All that a power cut may change of a day, each with its reason; everything else is the same to the fen."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType

CHANGES = MappingProxyType(
    {
        "boot": "the box started once more",
        "payment.changed": "a payment under way became unknown and was settled by asking; one that never reached the"
        " cloud was cancelled, and the customer showed a code again",
        "payment approved": "see payment.changed",
        "payment cancelled": "a code that had never reached the cloud was shown again",
        "payment declined": "a code that had never reached the cloud was shown again",
        "drawer.ended": "the power went between the pulse and the drawer's answer: unknown, never pulsed again",
        "drawer done": "see drawer.ended",
        "drawer expired": "a pulse that was not begun at the cut: nobody stands there any more",
        "drawer unknown": "see drawer.ended",
        "print.ended": "the power went while a slip was printed: unknown, never sent again; a card prints a copy",
        "print printed": "see print.ended; and a slip of a question that was asked again",
        "print unknown": "see print.ended",
        "sale.cancelled": "an empty basket that nobody came back to",
        "auth.ok": "the owner's card was shown again, as a cut forgets it",
        "drawer.opened": "a count that was asked for again opened it again; after a pay-in that was booked right before"
        " the cut it stayed shut",
        "printer.ok": "the printer hangs on the same socket as the box, or told of its state anew at the start",
        "printer.fault": "see printer.ok",
        "paper.out": "see printer.ok",
        "item.unknown": "the barcode was scanned again, as a cut forgot the question",
    }
)
"""By type of a journal row, or what and state of an effect or payment."""


def changed(calm: Counter[str], other: Counter[str]) -> set[str]:
    """What there is more or less of."""
    return {key for key in calm | other if calm[key] != other[key]}
