"""What a desk of services refuses is said and journaled: one without the other tells half of what happened."""

from __future__ import annotations

from edge.messages import Say, Tone
from edge.model.refusal_records import ServiceRefused
from edge.ports import Transaction


def refuse(say: Say, tx: Transaction, *, offer: str = "", order: str = "") -> None:
    """Say why a service is not sold, paid or given, and journal it; no money has moved.

    `offer` and `order` as far as they are known: ids alone, never the number or the code that was shown.
    """
    tx.append(ServiceRefused(say.prompt, offer, order))
    tx.after_commit(say)


def told(say: Say | None, tx: Transaction, *, offer: str = "", order: str = "") -> None:
    """Say how something ended; what ended with an error was refused. None: there is nothing to say."""
    if say is not None and say.tone is Tone.ERROR:
        refuse(say, tx, offer=offer, order=order)
    else:
        tx.after_commit(say)
