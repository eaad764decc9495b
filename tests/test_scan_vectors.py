"""The vectors of the scan areas, through the codecs and through `decode scan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from vector_adapters import ADAPTERS, Vector

from edge.codec.scan import describe_scan
from edge.platform_file import load_carriers

VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
SCAN_AREAS = ("gtin", "upce", "gs1", "gs1dl", "aim", "paycode", "s10", "waybill", "pickup")

OURS = [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["area"] in ADAPTERS]
TEXTS = [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["area"] in SCAN_AREAS]
LABELS = [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["area"] == "instore"]


def test_every_area_with_an_adapter_has_vectors() -> None:
    assert {vector["area"] for vector in VECTORS} >= set(ADAPTERS)


@pytest.mark.parametrize("vector", OURS)
def test_codec_answers_as_the_vector(vector: Vector) -> None:
    got = ADAPTERS[vector["area"]](vector)
    assert _asked(got, vector) == vector["expected"]


@pytest.mark.parametrize("vector", TEXTS)
def test_decode_scan_answers_as_the_vector(vector: Vector) -> None:
    got = json.loads(json.dumps(describe_scan(vector["text"], load_carriers())))
    assert _asked(got, vector) == vector["expected"]


@pytest.mark.parametrize("vector", LABELS)
def test_decode_scan_lists_the_label_among_its_readings(vector: Vector) -> None:
    readings = describe_scan(vector["text"], load_carriers())["instore"]
    assert vector["expected"] in [_asked(reading, vector) for reading in readings]


def _asked(got: dict[str, Any], vector: Vector) -> dict[str, Any]:
    return {key: got.get(key) for key in vector["expected"]}
