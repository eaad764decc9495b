"""What the desk for loans reads of others: offers, and answers about cash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counter_bench import TID, TOPICS
from fuzz_target import Read, Target, of_json
from loan_bench import LOAN, STOP, LoanBench, token

from edge.codec import wire_loan as wire
from edge.codec.topics import Down
from edge.codec.wire_down import Response
from edge.messages import CloudMessage, MessageFailed

SOID, MARK = "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f", "9f86d081884c7d65"
TERMS = {"cur": "CNY", "amt": 200_000, "cost": 7_800, "rate": 720, "parts": 12, "each": 17_316, "last": 17_324}
OFFER = TERMS | {"soid": SOID, "mark": MARK, "valid_s": 600}
ANSWER = {
    "soid": SOID, "ref": "LN-9F86D081", "way": "till", "cur": "CNY", "amt": 200_000, "valid_s": 900, "terms": TERMS,
    "repay": "AR00004711261123",
}  # fmt: skip
OFFERS = tuple(json.dumps(one).encode() for one in (OFFER, OFFER | {"parts": 1, "name": "x"}))
ANSWERS = tuple(json.dumps(one).encode() for one in (ANSWER, ANSWER | {"way": "wallet", "amt": None, "extra": 1}))


def _offer_read(value: object) -> None:
    offer = wire.read_offer(value)
    if offer is not None:
        terms = offer.terms
        assert terms.adds_up and 0 < terms.amount <= wire.MAX_FEN and terms.rate_text


def _answer_read(value: object) -> None:
    out = value if isinstance(value, dict) else None
    for state in sorted(wire.STATES):
        answer = wire.read_answer(Response(tid=TID, cid=SOID, ok=True, state=state, out=out))
        assert answer is None or answer.amt is None or answer.amt > 0


@contextmanager
def at_the_lender(folder: Path) -> Iterator[Read]:
    """An answer about an authorisation, whatever is in it: cash moves at most once, by the amount told."""
    shop = LoanBench(folder / "shop", counted="90000")
    failed: list[MessageFailed] = []
    shop.bus.on(MessageFailed, lambda message, tx: failed.append(message))
    numbers = iter(range(10**6))

    def hear(octets: bytes) -> None:
        shop.hush()
        code = token("T", 2_000, f"FUZZ{next(numbers):04d}")
        shop.accepted(code)
        shop.scan(LOAN, code)
        shop.quiet = True
        shop.keys("02000123E")
        asked = shop.questions[-1]
        state = ("paying", "approved", "expired", "cancelled")[len(octets) % 4]
        head = json.dumps({"v": 1, "tid": TID, "cid": asked.cid, "ok": True, "state": state})
        out = octets.replace(SOID.encode(), asked.args["soid"].encode())
        before = shop.paid_out
        shop.tell(CloudMessage(TOPICS.down(TID, Down.RES), f'{head[:-1]}, "out": '.encode() + out + b"}"))
        shop.keys("E")
        shop.card(STOP)
        shop.scan(LOAN)
        shop.keys("-")
        shop.card(STOP)
        shop.quiet = False
        assert shop.paid_out - before in (0, 200_000)
        if failed:
            raise failed[0].error

    yield hear
    assert shop.verdict() == ""


LOAN_PARSERS: tuple[Target, ...] = (
    Target("wire_loan.offer", of_json(_offer_read), OFFERS),
    Target("wire_loan.answer", of_json(_answer_read), ANSWERS),
)
LOAN_STANDS: tuple[Target, ...] = (Target("lender", at_the_lender, ANSWERS, share=1_000),)
"""A shop on virtual time is slow: fewer cases than other stands have."""
