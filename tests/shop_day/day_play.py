"""The day played in calm, and with power cuts at chosen moments."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from day_end import DayEnd, day_end, quarrels
from day_hands import Hands, Tape
from day_script import Script, read_script
from day_world import DayWorld, VirtualStage

CUTS, RUNS = 200, 20
"""Ten cuts a day, some thirteen deals apart: each finds a shop at rest since the one before, and every gesture after it
is looked at, so that one cannot hide what another did. A day with one cut each would take ten times as long.
"""
SEED = 4


@dataclass(frozen=True, slots=True)
class Played:
    """`moments` of the fuse went by: statements, commits, effects, bytes. `types`: rows of the journal by type."""

    tape: Tape
    end: DayEnd
    wrong: tuple[str, ...]
    unsaid: tuple[str, ...]
    moments: int
    cuts: int
    repeated: int
    types: Counter[str]
    states: Counter[str]
    """Of print jobs, drawer pulses and payments."""


def play(
    folder: Path, script: Script, *, seed: int = SEED, tape: Tape | None = None, gaps: Sequence[int] = ()
) -> Played:  # fmt: skip
    """From an empty folder to a closed day that has come to rest. Raises AssertionError where it goes otherwise."""
    folder.mkdir()
    world = DayWorld(folder, script, seed=seed)
    try:
        world.open()
        begun = world.box.fuse.passed
        stage = VirtualStage(world, Random(seed), list(gaps))
        hands = Hands(script, stage, tape)
        hands.play()
        stage.rest()
        eyes = stage.eyes
        return Played(
            hands.tape, day_end(eyes, world.cloud.path), tuple(quarrels(eyes, world.cloud.path)), tuple(hands.unsaid),
            world.box.fuse.passed - begun, stage.cuts, hands.repeated,
            Counter(kind for _, kind, _ in eyes.journal()), eyes.states(),
        )  # fmt: skip
    finally:
        world.close()


@cache
def calm_day() -> Played:
    """Played once for all that hold another day against it."""
    with tempfile.TemporaryDirectory() as folder:
        return play(Path(folder) / "day", read_script())


def cut_places(moments: int) -> list[list[int]]:
    """CUTS moments of a calm day, one in each of as many equal stretches of it; every RUNS-th is of the same day."""
    chance = Random(SEED)
    places = [1 + int(moments * (n + chance.random()) / CUTS) for n in range(CUTS)]
    return [places[run::RUNS] for run in range(RUNS)]


def gaps_of(places: Sequence[int]) -> list[int]:
    """How many moments after the one before each cut comes."""
    return [after - before for before, after in zip((0, *places), places, strict=False)]
