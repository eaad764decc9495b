"""Over how long terminals come back after a loss, as a word of a command line."""

from __future__ import annotations

import argparse

from edge.reference_cloud.sessions import SPREAD_S

SPREAD_MAX_S = 86_400


def add_spread(parser: argparse.ArgumentParser) -> None:
    """`--spread S`."""
    parser.add_argument("--spread", type=_spread, default=SPREAD_S, metavar="S",
                        help="over how long terminals come back: 1.3 × their number ÷ connects a second")  # fmt: skip


def _spread(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= SPREAD_MAX_S:
        raise argparse.ArgumentTypeError(f"expected seconds from 0 to {SPREAD_MAX_S}, got {text!r}")
    return int(text)
