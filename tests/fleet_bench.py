"""The cloud's command line on the file of a cloud that a test moves, by the true clock: as a person would type it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cloud_bench import TID, Cloud, StillClock, hello

from edge.clock import SystemClock, iso_ms
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.main import run
from edge.reference_cloud.seal import Signer

OTHER = "T8K3M9Q2"


@dataclass(frozen=True, slots=True)
class Said:
    """What one command line printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Fleet:
    """`type` is a person at the keyboard; `cloud` serves the same file."""

    def __init__(self, path: Path, captured: pytest.CaptureFixture[str], signer: Signer | None = None) -> None:
        clock = StillClock()
        clock.at = SystemClock().wall()
        self.cloud = Cloud(path, clock)
        self.cloud.ingest = Ingest(self.cloud.store, clock, Random(1), signer=signer)
        self._captured = captured

    def type(self, *words: str) -> Said:
        code = run([*words, "--db", str(self.cloud.path)])
        told = self._captured.readouterr()
        return Said(code, told.out, told.err)

    def greet(self, tid: str = TID, **more: Any) -> list[dict[str, Any]]:
        return self.cloud.hear("hello", hello(**more) | {"tid": tid}, tid=tid)

    def sample(self, tid: str = TID, **measured: Any) -> None:
        told = {"v": 1, "tid": tid, "at": iso_ms(self.cloud.clock.at), "boot": 17, "up": 1, "m": measured}
        self.cloud.hear("tele", told, tid=tid)

    def leaves(self, tid: str = TID, state: str = "offline", **more: Any) -> None:
        self.cloud.hear("status", {"v": 1, "tid": tid, "state": state, "sess": 412, "boot": 17} | more, tid=tid)

    def books(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.type("terminals", "--json", *words).lines]
