"""X and Z as they must stand on paper, by sums that nobody of the terminal made: those of the script's own records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from day_script import Booked

from edge.model.day_slip import WORDS
from edge.model.money import yuan
from edge.model.tender_names import tender_name

LANGUAGE = "zh-CN"


def rows_wanted(booked: Iterable[Booked]) -> Iterator[tuple[str, str]]:
    """(left, right) of each row with what was sold, given back, paid and moved. Not of discounts and counts."""
    words, sums, times = WORDS[LANGUAGE], Counter[str](), Counter[str]()
    for one in booked:
        times[one.kind] += 1
        sums[one.kind] += one.fen
        for method, fen, _ in one.pay:
            key = method if one.kind == "sale" else f"back {method}"
            times[key] += 1
            sums[key] += fen
    paid = {key: fen for key, fen in sums.items() if key in _METHODS}
    back = {key: fen for key, fen in sums.items() if key.startswith("back ")}
    for kind in ("refund", "void"):
        if times[kind]:
            yield words["n"].format(word=words[kind], n=times[kind]), yuan(-sums[kind])
    yield words["net"], f"￥{yuan(sum(paid.values()) - sum(back.values()))}"
    for method, fen in paid.items():
        yield words["times"].format(word=tender_name(method, LANGUAGE), n=times[method]), yuan(fen)
    for key, fen in back.items():
        word = words["back"].format(word=tender_name(key.removeprefix("back "), LANGUAGE))
        yield words["times"].format(word=word, n=times[key]), yuan(-fen)
    for kind, sign in (("pay_in", 1), ("pay_out", -1)):
        yield words["times"].format(word=words[kind], n=times[kind]), yuan(sign * sums[kind])
    yield words["no_sale"], str(times["no_sale"])
    yield words["cancelled"], str(times["cancelled"])


def rows_missing(paper: str, booked: Iterable[Booked]) -> list[str]:
    """Rows that must stand on the paper and do not."""
    lines = {re.sub(r"\s+", " ", line.strip()) for line in paper.splitlines()}
    return [f"{left} {right}" for left, right in rows_wanted(booked) if f"{left} {right}" not in lines]


_METHODS = ("cash", "alipay", "wechat", "unionpay", "jdpay", "ecny", "external_unverified")
