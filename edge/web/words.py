"""The words of the page in both languages, from edge/words/page/*.toml: one line a word, found by its key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from edge.model.manner import LANGUAGES

Words = Mapping[str, Mapping[str, str]]

LANGUAGE = "language"
"""The cookie of whoever has chosen one."""


@cache
def read_page_words() -> Words:
    """Key → language → text. What is filled in stands in braces."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted((files("edge") / "words" / "page").iterdir(), key=lambda one: one.name):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType(found)


class PageWords:
    """`text` raises KeyError for a key that no file has, which a test of all templates keeps from happening."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def text(self, language: str, key: str, **values: object) -> str:
        return self._words[key][language].format(**values)

    def has(self, key: str) -> bool:
        return key in self._words


def language_of(cookies: Mapping[str, str], usual: str) -> str:
    """Which one a browser has chosen, else the shop's."""
    chosen = cookies.get(LANGUAGE)
    return chosen if chosen in LANGUAGES else usual
