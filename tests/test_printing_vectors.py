"""The vectors of printers and displays, through `decode frame`; and what that says of everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printing_vector_adapters import ADAPTERS, Vector

from edge.codec.frame import PROTOCOLS, describe_frame
from edge.errors import SettingsError

VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
OURS = [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["area"] in ADAPTERS]


def test_every_printing_area_has_vectors() -> None:
    assert {vector["area"] for vector in VECTORS} >= set(ADAPTERS)


@pytest.mark.parametrize("vector", OURS)
def test_decode_frame_answers_as_the_vector(vector: Vector) -> None:
    got = json.loads(json.dumps(ADAPTERS[vector["area"]](vector)))
    assert {key: got.get(key) for key in vector["expected"]} == vector["expected"]


def test_an_unknown_protocol_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="cd5220, display, dmd, escpos"):
        describe_frame("epson", "12")


@pytest.mark.parametrize("hex_text", ["1", "xyz", "1B 4", "1B 40" * 40_000])
def test_what_is_no_frame_is_a_usage_error(hex_text: str) -> None:
    with pytest.raises(SettingsError):
        describe_frame("led8", hex_text)


def test_a_request_that_asks_something_else_is_a_usage_error() -> None:
    with pytest.raises(SettingsError, match="10 04 01 to 10 04 04"):
        describe_frame("escpos_rt", "12", "10 04 05")


def test_an_answer_without_its_request_is_read_by_each_question() -> None:
    readings = describe_frame("escpos_rt", "72")["readings"]
    assert isinstance(readings, dict)
    assert readings["paper"] == {"near_end": False, "paper_end": True}


def test_a_wrong_frame_says_why() -> None:
    assert describe_frame("escpos_asb", "10 00 00") == {
        "valid": False,
        "why": "this is no status block, expected 4 bytes, 0xx1xx00 then 0xx0xxxx, got 10 00 00",
    }


def test_chinese_is_decoded_from_bytes_too() -> None:
    assert describe_frame("gb18030", "BA CF BC C6")["text"] == "合计"


def test_a_print_stream_is_listed_command_by_command() -> None:
    commands = describe_frame("escpos", "1B 40 1C 26 BA CF BC C6 0A 1D 56 01 1B")
    assert commands == {
        "commands": [
            {"at": 0, "command": "initialise", "bytes": "1B 40"},
            {"at": 2, "command": "Chinese on", "bytes": "1C 26"},
            {"at": 4, "command": "text", "text": "合计"},
            {"at": 8, "command": "line feed", "bytes": "0A"},
            {"at": 9, "command": "cut", "bytes": "1D 56 01"},
        ],
        "unfinished": "1B",
    }


def test_display_bytes_are_tried_on_every_kind() -> None:
    assert set(describe_frame("display", "1B 51 41 35 2E 30 30 0D")["readings"]) == {"cd5220", "led8"}  # type: ignore[call-overload]
    assert set(describe_frame("display", "1B 73 32")["readings"]) == {"led8"}  # type: ignore[call-overload]


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
@given(octets=st.binary(max_size=60))
def test_any_bytes_get_an_answer(protocol: str, octets: bytes) -> None:
    answer = describe_frame(protocol, octets.hex())
    assert json.loads(json.dumps(answer)), "an answer that JSON can carry"


@given(text=st.text(max_size=30))
def test_any_text_gets_an_answer_as_chinese(text: str) -> None:
    assert json.loads(json.dumps(describe_frame("gb18030", text))), "an answer that JSON can carry"
