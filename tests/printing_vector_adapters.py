"""One adapter per printing and display area of vectors.json: a vector in, the keys that its `expected` names out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from escpos.printer import Dummy

from edge.codec.frame import describe_frame

Vector = dict[str, Any]
Keys = dict[str, Any]

DISPLAYS = {"LED8": "led8", "CD5220": "cd5220", "ESC/POS": "dmd"}
"""First word of a vector's description: the protocol."""


def _frame(vector: Vector) -> Keys:
    return describe_frame(vector["area"], vector["input_hex"], vector.get("request_hex"))


def _text(vector: Vector) -> Keys:
    return describe_frame("gb18030", vector["text"])


def _display(vector: Vector) -> Keys:
    return describe_frame(DISPLAYS[vector["description"].split()[0]], vector["input_hex"])


def _library(vector: Vector) -> Keys:
    """What the installed python-escpos sends for the call that the vector names."""
    source = vector["text"]
    call = ast.parse(source[: source.index(")") + 1], mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    printer = Dummy()
    positional = [ast.literal_eval(arg) for arg in call.args]
    named = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    getattr(printer, call.func.id)(*positional, **named)
    return {"bytes": printer.output.hex(" ").upper()}


ADAPTERS: dict[str, Callable[[Vector], Keys]] = {
    "display": _display,
    "escpos_asb": _frame,
    "escpos_lib": _library,
    "escpos_rt": _frame,
    "gb18030": _text,
}
