"""What the store room asks: the next scan, how many, whether that is all."""

from __future__ import annotations

from edge.messages import Say, Tone
from edge.model.counter import Counter, Verb, Waiting

_SCAN = {
    Waiting.RECEIVE: "recv.scan", Waiting.COUNT: "count.scan", Waiting.WRITE_OFF: "loss.scan",
    Waiting.EXPIRY: "exp.scan",
}  # fmt: skip
_ALL = {Waiting.RECEIVE: "recv.all_q", Waiting.COUNT: "count.all_q", Waiting.WRITE_OFF: "loss.all_q"}
TITLES = {
    "zh-CN": {
        Waiting.RECEIVE: "收货", Waiting.COUNT: "盘点", Waiting.WRITE_OFF: "报损", Waiting.EXPIRY: "保质期",
    },
    "en": {
        Waiting.RECEIVE: "Receive goods", Waiting.COUNT: "Stock count", Waiting.WRITE_OFF: "Write off",
        Waiting.EXPIRY: "Expiry dates",
    },
}  # fmt: skip
PAUSED = {Waiting.RECEIVE: "recv.paused", Waiting.COUNT: "count.paused", Waiting.WRITE_OFF: "loss.paused"}
"""Goods are sold again; what was scanned waits."""
NOT_DONE = {Waiting.RECEIVE: "recv.open", Waiting.COUNT: "count.open", Waiting.WRITE_OFF: "loss.open"}
"""After a start of the terminal."""


def store_question(counter: Counter) -> Say:
    """Of a counter that waits for goods of the store room."""
    if counter.verb is Verb.CANCEL_SALE:
        return Say("stock.drop_q", Tone.ATTENTION)
    if counter.verb is Verb.ALL_SCANNED:
        return Say(_ALL[counter.waiting], Tone.ATTENTION, words=(("n", str(counter.value)),))
    return Say(_SCAN[counter.waiting], Tone.ATTENTION)
