"""The vectors of lock boards, through `decode frame` and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.__main__ import main
from edge.codec.frame import describe_frame
from edge.codec.lock import LOCK_AREAS

Vector = dict[str, Any]
VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
OURS = [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["area"] in LOCK_AREAS]


def asked(got: dict[str, Any], vector: Vector) -> dict[str, Any]:
    return {key: got.get(key) for key in vector["expected"]}


def test_every_area_of_locks_has_vectors_and_a_reader() -> None:
    areas = {vector["area"] for vector in VECTORS}
    assert {area for area in areas if area.startswith("lock") or area == "modbus"} == set(LOCK_AREAS)


@pytest.mark.parametrize("vector", OURS)
def test_decode_frame_answers_as_the_vector(vector: Vector) -> None:
    assert asked(describe_frame(vector["area"], vector["input_hex"]), vector) == vector["expected"]


@pytest.mark.parametrize("vector", OURS)
def test_the_command_line_answers_as_the_vector(vector: Vector, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["decode", "frame", vector["area"], vector["input_hex"]])
    assert asked(json.loads(capsys.readouterr().out), vector) == vector["expected"]
    assert code == (1 if vector["expected"].get("valid") is False else 0)
