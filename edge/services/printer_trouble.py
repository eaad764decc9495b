"""What keeps the printer from printing, as a row of the ledger: whoever lays a slip ready says that it comes later."""

from __future__ import annotations

from edge.messages import PrinterState, Say, Tone
from edge.ports import Transaction

COMPLAINTS = {
    PrinterState.PAPER_OUT: "print.paper",
    PrinterState.COVER_OPEN: "print.cover",
    PrinterState.FAULT: "print.fault",
}
"""What is said of each."""
_TROUBLE = "printer.trouble"
"""In `meta`: the state; empty: none. A start of the terminal knows of none yet."""


def note_trouble(state: PrinterState | None, tx: Transaction) -> None:
    """What the printer says of itself now; None: nothing is known."""
    trouble = state.value if state in COMPLAINTS else ""
    if (tx.get(_TROUBLE) or "") != trouble:
        tx.put(_TROUBLE, trouble)


def printer_complaint(tx: Transaction) -> Say | None:
    """What somebody must do about it."""
    trouble = tx.get(_TROUBLE)
    return Say(COMPLAINTS[PrinterState(trouble)], Tone.ATTENTION) if trouble else None


def printed_later(tx: Transaction) -> Say | None:
    """To whoever waits for a paper that cannot come now."""
    trouble = tx.get(_TROUBLE)
    if not trouble:
        return None
    return Say("print.later" if trouble == PrinterState.PAPER_OUT else "print.later_fixed", Tone.ATTENTION)
