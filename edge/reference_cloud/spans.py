"""Which sequence numbers of one lane the cloud has: runs that do not touch, in order."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable

from edge.errors import WireError

MAX_RUNS = 1_000
"""A terminal fills its gaps; one that scatters its numbers must wait until they are filled."""


class Spans:
    """A set of positive integers as runs lo … hi. `upto` is the watermark: everything from 1 to it is there."""

    def __init__(self, runs: Iterable[tuple[int, int]] = ()) -> None:
        self._los: list[int] = []
        self._his: list[int] = []
        for lo, hi in runs:
            self._los.append(lo)
            self._his.append(hi)

    @classmethod
    def read(cls, text: str) -> Spans:
        """The reverse of `text`."""
        return cls((lo, hi) for lo, hi in json.loads(text))

    def copy(self) -> Spans:
        return Spans(zip(self._los, self._his, strict=True))

    def text(self) -> str:
        return json.dumps(list(zip(self._los, self._his, strict=True)), separators=(",", ":"))

    @property
    def upto(self) -> int:
        return self._his[0] if self._los and self._los[0] == 1 else 0

    @property
    def top(self) -> int:
        """The highest number seen; 0 when there is none."""
        return self._his[-1] if self._his else 0

    @property
    def gap(self) -> tuple[int, int] | None:
        """The first hole below `top`."""
        after = self.upto
        later = next((lo for lo in self._los if lo > after + 1), None)
        return (after + 1, later - 1) if later is not None else None

    def missing(self, lo: int, hi: int) -> list[tuple[int, int]]:
        """The holes within lo … hi."""
        holes, start = [], lo
        for index in range(max(0, bisect_right(self._los, lo) - 1), len(self._los)):
            if self._los[index] > hi:
                break
            if self._los[index] > start:
                holes.append((start, self._los[index] - 1))
            start = max(start, self._his[index] + 1)
        if start <= hi:
            holes.append((start, hi))
        return holes

    def __contains__(self, seq: int) -> bool:
        index = bisect_right(self._los, seq) - 1
        return index >= 0 and seq <= self._his[index]

    def add(self, lo: int, hi: int) -> None:
        """Put lo … hi in. Raises WireError quota.exceeded, with nothing changed, when there would be too many runs."""
        if lo > hi:
            return
        first = bisect_right(self._los, lo) - 1
        if first < 0 or self._his[first] < lo - 1:
            first += 1
        last = bisect_right(self._los, hi + 1)
        if first >= last and len(self._los) >= MAX_RUNS:
            raise WireError("quota.exceeded", "too many gaps in one stream", expected=f"at most {MAX_RUNS}")
        if first < last:
            lo, hi = min(lo, self._los[first]), max(hi, self._his[last - 1])
        self._los[first:last] = [lo]
        self._his[first:last] = [hi]
