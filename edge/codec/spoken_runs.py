"""A sentence as an engine can say it: runs of one script each, since a voice that reads Chinese reads no English name.

"Coca-Cola Zero，三元五角"    →    en "Coca-Cola Zero，" · zh-CN "三元五角"
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_RUNS = 12
"""A goods name that changes script more often is no name; the rest stays with the last run."""

_CHINESE = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")

_SIZE = re.compile(r"(?<=[0-9]) ?(ml|kg|l|g)(?![A-Za-z])", re.IGNORECASE)
_UNITS = {"ml": "毫升", "kg": "公斤", "l": "升", "g": "克"}
"""Half of all goods names end in a size; a Chinese sentence says it in Chinese."""

_SAID_AS = (
    ("重打", "虫打"),
    ("重新", "虫新"),
    ("数钱", "属钱"),
    ("数完", "属完"),
    ("百行", "百航"),
    ("银行", "银航"),
    ("处理", "储理"),
    ("答应", "搭应"),
    ("便宜", "骈宜"),
    ("调价", "条价"),
)
"""Characters with two readings that the engine reads the wrong way, by others that sound as they should."""


@dataclass(frozen=True, slots=True)
class Run:
    """`language`: zh-CN or en."""

    language: str
    text: str


def spoken_runs(text: str, language: str) -> tuple[Run, ...]:
    """The runs in order, each with a letter in it; digits and signs stay with what stands before them.

    `language` is the sentence's own: digits at its beginning are read in it. Empty for a text without a sign to say.
    """
    for written, said in _SAID_AS:
        text = text.replace(written, said)
    if language == "zh-CN":
        text = _SIZE.sub(lambda size: _UNITS[size[1].lower()], text)
    runs: list[tuple[str, list[str]]] = []
    for character in text:
        of = _language_of(character) or (runs[-1][0] if runs else language)
        if runs and (runs[-1][0] == of or len(runs) == MAX_RUNS):
            runs[-1][1].append(character)
        else:
            runs.append((of, [character]))
    joined = (Run(of, "".join(characters).strip()) for of, characters in runs)
    return tuple(run for run in joined if any(character.isalnum() for character in run.text))


def _language_of(character: str) -> str | None:
    if _CHINESE.match(character):
        return "zh-CN"
    return "en" if _LATIN.match(character) else None
