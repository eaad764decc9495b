"""A picture that another process draws is the same picture, and what goes wrong there is one error here."""

from __future__ import annotations

import sys

import pytest

from edge.codec.escpos import PAPER_58, Paper, encode_slip
from edge.errors import EdgeError
from edge.model.slip import Slip, Text
from edge.paper.apart import drawn_apart
from edge.paper.picture import render_png


def test_it_is_the_picture_that_is_drawn_here() -> None:
    octets = encode_slip(Slip((Text("可乐 3.50"),)), PAPER_58)
    assert drawn_apart(octets, PAPER_58) == render_png(octets, PAPER_58)


def test_what_goes_wrong_in_there_is_told_in_one_line() -> None:
    with pytest.raises(EdgeError, match="not drawn") as told:
        drawn_apart(b"\n" * 40, Paper(-8, 0))
    assert "\n" not in str(told.value.got)


def test_without_a_python_it_is_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(EdgeError, match="not drawn"):
        drawn_apart(b"", PAPER_58)
