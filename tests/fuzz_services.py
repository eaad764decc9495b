"""What the desk for services reads of others: quotes, answers, late news."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from counter_bench import TID, TOPICS
from fuzz_target import Read, Target, of_json
from service_bench import EXACT, STOP, TEN, TOP_UP, ServiceBench, phone

from edge.codec import wire_service as wire
from edge.codec.topics import Down
from edge.codec.wire_down import Response
from edge.errors import WireError
from edge.messages import CloudMessage, MessageFailed

SOID = "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f"
QUOTE = {"soid": SOID, "offer": "PHONE", "cur": "CNY", "amt": 1_000, "price": 1_000, "valid_s": 600,
         "what": "杭州到上海", "when": "24日九点半", "due": "2026-11-30", "lines": ["二等座 1人"]}  # fmt: skip
ANSWER = {
    "soid": SOID, "price": 1_000, "cur": "CNY", "ref": "T1", "lines": ["08车 06F"], "ticket": "TICKET:1", "fee": 100,
    "why": "declined", "state": "completed",
}  # fmt: skip
QUOTES_TOLD = (
    QUOTE, QUOTE | {"lines": [], "due": None}, {"min": 1_000, "max": 50_000, **QUOTE},
    QUOTE | {"when": "2026-11-24T09:30:00+08:00", "until": "2026-11-23T10:00:00.000Z", "fee": 100, "nights": 2},
)  # fmt: skip
QUOTES = tuple(json.dumps(quote, ensure_ascii=False).encode() for quote in QUOTES_TOLD)
ANSWERS = tuple(
    json.dumps(one, ensure_ascii=False).encode() for one in (ANSWER, ANSWER | {"state": "failed", "extra": 1})
)


def _quote_read(value: object) -> None:
    quote = wire.read_quote(value)
    if quote is not None:
        assert 0 < quote.price <= wire.MAX_FEN and wire.LEAST_VALID_S <= quote.valid_s <= wire.MOST_VALID_S
        assert len(quote.slip_lines()) <= 8
        assert quote.back_until is None or quote.back_until.tzinfo is UTC
        assert quote.when is not None or quote.when_at is None


def _answer_read(value: object) -> None:
    out = value if isinstance(value, dict) else None
    for state in sorted(wire.STATES):
        answer = wire.read_answer(Response(tid=TID, cid=SOID, ok=True, state=state, out=out))
        assert answer is None or answer.fee is None or answer.fee >= 0


@contextmanager
def at_the_desk(folder: Path) -> Iterator[Read]:
    """An answer to a submission, whatever is in it: what went back was paid before, and each order ends once."""
    shop = ServiceBench(folder / "shop")
    failed: list[MessageFailed] = []
    shop.bus.on(MessageFailed, lambda message, tx: failed.append(message))
    shop.go_online()

    def hear(octets: bytes) -> None:
        shop.hush()
        shop.card(STOP)
        shop.card(TOP_UP)
        shop.keys(f"{phone(94)}E")
        shop.card(TEN)
        shop.keys("E")
        shop.answer(shop.asked()[-1])
        shop.keys("E")
        shop.card(EXACT)
        cid = shop.asked(wire.SUBMIT)[-1].cid
        state = json.dumps(("completed", "failed", "unknown", "reversed")[len(octets) % 4])
        head = json.dumps({"v": 1, "tid": TID, "cid": cid, "ok": True})
        out = octets.replace(SOID.encode(), cid.encode())
        shop.tell(
            CloudMessage(TOPICS.down(TID, Down.RES), f'{head[:-1]}, "state": {state}, "out": '.encode() + out + b"}")
        )
        told = shop.told()
        assert told.count("refunded") <= told.count("failed") <= told.count("paid")
        assert told.count("completed") + told.count("failed") <= told.count("submitted")
        if failed:
            raise failed[0].error

    yield hear
    assert shop.verdict() == ""


SERVICE_PARSERS: tuple[Target, ...] = (
    Target("wire_service.quote", of_json(_quote_read), QUOTES),
    Target("wire_service.offered", of_json(wire.read_offered), QUOTES, (WireError,)),
    Target("wire_service.range", of_json(wire.read_range), QUOTES),
    Target("wire_service.answer", of_json(_answer_read), ANSWERS),
    Target("wire_service.changed", of_json(wire.read_changed), ANSWERS, (WireError,)),
)
SERVICE_STANDS: tuple[Target, ...] = (Target("counter_services", at_the_desk, ANSWERS, share=500),)
"""A shop on virtual time is slow: fewer cases than other stands have."""
