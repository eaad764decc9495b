"""The words of the page: each that a template or a handler names is there, in both languages, and none is idle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.codec.classification import Mode, ScanKind
from edge.messages import PrinterState, ScanTrouble, Tone
from edge.model.manner import LANGUAGES
from edge.model.records import Stream
from edge.services.health import _BARRED
from edge.services.link import Phase
from edge.services.scan_seen import FLOOD, REPEATED
from edge.web.look import PAGES
from edge.web.ordering import _CODES
from edge.web.orders import FINAL
from edge.web.words import read_page_words

WORDS = read_page_words()
EDGE = Path(__file__).parent.parent / "edge"
NAMED = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')
MADE = (
    *(f"scan.{kind}" for kind in ScanKind), *(f"mode.{mode}" for mode in Mode), *(f"tone.{tone}" for tone in Tone),
    *(f"link.{phase}" for phase in Phase), *(f"order.{code}" for code in _CODES),
    *(f"stream.{stream}" for stream in Stream), *(f"command.{state}" for state in ("running", *FINAL)),
    *(f"fate.{fate}" for fate in (REPEATED, FLOOD, *ScanTrouble)),
)  # fmt: skip
"""Keys that are put together from the names of something."""
DRAWN, TOLD = re.compile(r'\bt\("([a-z_.0-9]+[a-z0-9])"'), re.compile(r'Told\(End\.[A-Z]+, "([a-z_.]+)"')
PROBLEM = re.compile(r'Problem\(\s*f?"([a-z_.]+)"')


def kinds_of_problems() -> Iterator[str]:
    for file in (EDGE / "services").glob("*.py"):
        yield from PROBLEM.findall(file.read_text(encoding="utf-8"))
    yield from (kind for kind, _, _ in _BARRED.values())
    yield from (f"device.{state}" for state in (*PrinterState, "connecting", "offline"))


def test_every_kind_of_problem_says_what_it_means_and_what_to_do() -> None:
    found = {kind for kind in kinds_of_problems() if kind not in ("device.", "device.ready", "device.unknown")}
    assert len(found) > 15
    for kind in found:
        for part in ("", ".effect", ".fix"):
            assert f"problem.{kind}{part}" in WORDS, kind


def test_every_word_that_is_named_is_there() -> None:
    for file in (*PAGES.rglob("*.html"), *(EDGE / "web").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for key in DRAWN.findall(text) + TOLD.findall(text):
            assert key in WORDS, f"{file.name}: {key}"
    for key in MADE:
        assert key in WORDS, key


@pytest.mark.parametrize("key", sorted(WORDS))
def test_a_word_is_in_both_languages_and_fills_the_same_braces(key: str) -> None:
    texts = WORDS[key]
    assert sorted(texts) == sorted(LANGUAGES) and all(texts.values())
    assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in texts.values()}) == 1
    assert not re.search(r"[\u4e00-\u9fff]", texts["en"]) or key in ("nav.language", "login.lost")


def test_no_word_is_idle() -> None:
    named = set(MADE)
    for file in (*PAGES.rglob("*.html"), *(EDGE / "web").glob("*.py")):
        named |= set(NAMED.findall(file.read_text(encoding="utf-8")))
    put_together = ("problem", "clk", "role", "device", "error")
    idle = [key for key in WORDS if key not in named and key.partition(".")[0] not in put_together]
    assert not [key for key in idle if not key.endswith(".title")]
