"""The soak's arithmetic: what is flat is called flat, what leaks is called growing, too little is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from soak.growth import CHECKPOINT_KB, Sample, settled, slope, verdicts
from soak.plot import draw

HOUR_S = 3600


def calm(count: int = 120) -> list[Sample]:
    """An hour of a shop in good health: everything breathes a little, the ledger grows with its sales."""
    chance = Random(1)
    return [
        Sample(
            at_s=n * HOUR_S / (count - 1), sales=100 * n, rss_kb=64_000 + chance.randint(-300, 300),
            handles=26 + chance.randint(-1, 1), threads=8, ledger_kb=80 + 70 * n, wal_kb=min(40 * n, CHECKPOINT_KB),
        )
        for n in range(count)
    ]  # fmt: skip


def growing(samples: list[Sample]) -> list[str]:
    return [verdict.name for verdict in verdicts(samples) if verdict.grows]


def test_a_shop_in_good_health_is_flat() -> None:
    assert growing(calm()) == []


def test_the_slope_is_that_of_the_line_through_the_samples() -> None:
    assert slope([0, 1, 2, 3], [5, 7, 9, 11]) == 2
    assert slope([0, 1, 2], [4, 4, 4]) == 0
    assert slope([0, 1, 2, 3], [1, -1, -1, 1]) == 0


def test_a_slope_over_one_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="single moment"):
        slope([3, 3], [1, 2])


@pytest.mark.parametrize(
    ("name", "leaking"),
    [
        ("memory (RSS), MB", [replace(s, rss_kb=s.rss_kb + 40 * n) for n, s in enumerate(calm())]),
        ("file handles", [replace(s, handles=s.handles + n // 20) for n, s in enumerate(calm())]),
        ("threads", [replace(s, threads=s.threads + n // 60) for n, s in enumerate(calm())]),
        ("ledger, KB a sale", [replace(s, ledger_kb=80 + n * n) for n, s in enumerate(calm())]),
        ("write-ahead log, MB", [replace(s, wal_kb=120 * n) for n, s in enumerate(calm())]),
    ],
)
def test_a_planted_leak_is_found_and_named_alone(name: str, leaking: list[Sample]) -> None:
    assert growing(leaking) == [name]


def test_what_grows_while_it_warms_up_only_is_flat() -> None:
    warming = [replace(s, rss_kb=s.rss_kb - max(0, 20 - n) * 1_000) for n, s in enumerate(calm())]
    assert growing(warming) == []
    assert settled(warming)[0].at_s >= HOUR_S / 4


def test_what_shrinks_does_not_grow() -> None:
    assert growing([replace(s, rss_kb=90_000 - 100 * n, handles=60 - n // 4) for n, s in enumerate(calm())]) == []


@pytest.mark.parametrize("count", [0, 1, 20])
def test_too_few_samples_prove_nothing(count: int) -> None:
    with pytest.raises(ValueError, match="20 are needed"):
        verdicts(calm()[:count])


def test_the_picture_is_a_png(tmp_path: Path) -> None:
    draw(calm(), verdicts(calm()), tmp_path / "soak.png")
    assert (tmp_path / "soak.png").read_bytes().startswith(b"\x89PNG\r\n")
