"""Receipts as they stand on the paper: which, whole or torn, original or copy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from edge.codec.command_card import SlipKind
from edge.model.held_slip import WORDS as HELD_WORDS
from edge.model.refund_slip import WORDS as REFUND_WORDS
from edge.model.training_slip import MARK as TRAINING_MARK
from edge.paper.mark import COPY_WORDS, PaperSlip

_OTHER_SLIP = re.compile(f"{HELD_WORDS['zh-CN']['title']}|{TRAINING_MARK['zh-CN']}")
"""What begins a slip without a number, which has a total of its own."""
_MARK = re.compile(rf"=+\n[^\n]*(?:{'|'.join(COPY_WORDS)})[^\n]*\n=+\n")
_TITLES = "|".join(REFUND_WORDS["zh-CN"][kind] for kind in ("return", "post_void"))
_BEGINS_COPY = re.compile(_MARK.pattern + rf"[^\n=]+\n(?:(?:{_TITLES})\n)?$")
"""Right above the shop's name, and what it is where it is no sale, which stand above the number."""
_RECEIPT = re.compile(r"单号 (\S+)")
_TOTAL = re.compile(r"合计\s*￥(-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A receipt on paper. `whole`: its barcode, the last thing on an original, is there."""

    receipt: str
    total: str
    whole: bool
    surely_original: bool
    perhaps_original: bool


def receipts_on(slip: PaperSlip) -> Iterator[Printed]:
    """Each receipt that was begun on this paper: two can hang on one slip, where the first was cut short.

    A copy is marked at both ends, between two rules. Where a whole mark stands between a copy and what follows, it ends
    the first or begins the second; and a mark above an original can be all that came of a copy. The eye cannot tell,
    but what has no mark at its end can be an original.
    """
    pieces = re.split(r"(?=单号 )", slip.text)
    after_copy = False
    has_code = any(code.startswith(SlipKind.RECEIPT) for code in slip.barcodes)
    for above, paper in itertools.pairwise(pieces):
        piece = _OTHER_SLIP.split(paper)[0]  # what hangs below a receipt that was cut short
        found, total = _RECEIPT.match(piece), _TOTAL.search(piece)
        is_marked = _BEGINS_COPY.search(above) is not None
        is_twice = is_marked and len(_MARK.findall(above)) > 1
        if found is not None:
            is_last = paper is pieces[-1]
            whole = is_last and has_code and total is not None
            ends_marked = not is_last or _MARK.search(piece + "\n") is not None
            perhaps = not is_marked or not ends_marked or (after_copy and not is_twice)
            yield Printed(found[1], total[1] if total else "", whole, not is_marked, perhaps)
        after_copy = is_marked
