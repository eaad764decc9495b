"""What the tables of a platform file have in common: names that are spoken, lines of paper, patterns, sums."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from edge.codec.number_pattern import read_pattern
from edge.errors import CodecError
from edge.model.carrier import PaperLines
from edge.model.money import MAX_FEN

MAX_LINES = 3
MAX_WIDTH = 32
"""Columns of 58 mm paper; a Chinese character takes two."""
MAX_DAYS = 30
ID_EXPECTED = "2 to 16 capitals, digits and _, a capital first, such as YTO"
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"

_ID = re.compile(r"[A-Z][A-Z0-9_]{1,15}")


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _fits(line: str) -> str:
    if sum(1 if c.isascii() else 2 for c in line) > MAX_WIDTH:
        raise ValueError(f"too long for the paper, expected at most {MAX_WIDTH // 2} Chinese or {MAX_WIDTH} letters")
    return line


def _readable(text: str) -> str:
    try:
        read_pattern(text)
    except CodecError as error:
        raise ValueError(f"{error.what}, expected {error.expected}") from error
    return text


NumberPattern = Annotated[str, AfterValidator(_readable)]
Lines = Annotated[
    tuple[Annotated[str, Field(pattern=PRINTABLE), AfterValidator(_fits)], ...],
    Field(max_length=MAX_LINES, description=f"up to {MAX_LINES} lines in quotes"),
]
Sum = Annotated[int, Field(ge=0, le=MAX_FEN, description=f"fen, 0 to {MAX_FEN}")]
SomeSum = Annotated[int | None, Field(ge=0, le=MAX_FEN, description=f"fen, 0 to {MAX_FEN}")]


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PaperRow(Row):
    """Lines in Chinese and in English: a paper speaks the shop's language."""

    zh: Lines = Field((), alias="zh-CN")
    en: Lines = ()

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.zh) != bool(self.en):
            raise ValueError("speaks one language, expected lines in zh-CN and in en")
        return self

    @property
    def lines(self) -> PaperLines:
        return PaperLines(self.zh, self.en)


class NamedRow(Row):
    """One [TABLE.ID]: it has a name in both languages, as the voice says it."""

    name: str = Field(
        alias="zh-CN",
        min_length=1,
        max_length=6,
        pattern=PRINTABLE,
        description="1 to 6 characters, as the voice says it",
    )
    name_en: str = Field(
        alias="en",
        min_length=1,
        max_length=24,
        pattern=r"^[ -~]+$",
        description="1 to 24 letters, as the voice says it",
    )

    def brought(self, entry_id: str, platform: str) -> object:
        """What it is to the shop."""
        raise NotImplementedError
