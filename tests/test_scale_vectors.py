"""The vectors of scales, through the codecs, `decode frame` and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.__main__ import main
from edge.codec.frame import describe_frame
from edge.codec.scale import AREAS, describe_scale_frame
from edge.errors import CodecError

Vector = dict[str, Any]
VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
OURS = [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["area"] in AREAS]


def test_every_area_of_scales_has_vectors_and_a_reader() -> None:
    assert {vector["area"] for vector in VECTORS if vector["area"].startswith("scale")} == set(AREAS)


def octets_of(vector: Vector) -> bytes:
    return bytes.fromhex(vector["input_hex"]) if "input_hex" in vector else vector["text"].encode()


def asked(got: dict[str, Any], vector: Vector) -> dict[str, Any]:
    return {key: got.get(key) for key in vector["expected"]}


def described(vector: Vector) -> dict[str, Any]:
    try:
        return describe_scale_frame(vector["area"], octets_of(vector))
    except CodecError:
        return {"valid": False}


@pytest.mark.parametrize("vector", OURS)
def test_the_codec_answers_as_the_vector(vector: Vector) -> None:
    assert asked(described(vector), vector) == vector["expected"]


@pytest.mark.parametrize("vector", OURS)
def test_decode_frame_answers_as_the_vector_to_hexadecimal_and_to_text(vector: Vector) -> None:
    spellings = [octets_of(vector).hex(" "), *([vector["text"]] if "text" in vector else [])]
    for spelling in spellings:
        assert asked(describe_frame(vector["area"], spelling), vector) == vector["expected"]


@pytest.mark.parametrize("vector", OURS)
def test_the_command_line_answers_as_the_vector(vector: Vector, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["decode", "frame", vector["area"], octets_of(vector).hex()])
    got = json.loads(capsys.readouterr().out)
    assert asked(got, vector) == vector["expected"]
    assert code == (1 if vector["expected"].get("valid") is False else 0)
