"""The words of the page: each that a template or a handler names is there, in both languages, and none is idle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from edge.clock import Clk
from edge.codec.classification import Mode, ScanKind
from edge.codec.goods_file import COLUMNS
from edge.codec.shop_tables import GOODS, TABS
from edge.codec.teach_in import Lack
from edge.config import TABLES
from edge.devices import driver_names, load_driver
from edge.errors import _REFUSED
from edge.messages import PrinterState, ScanTrouble, Tone
from edge.model.account import Role
from edge.model.badge import Role as BadgeRole
from edge.model.cell import CellState
from edge.model.closed_list import CLOSED_LIST, Purpose
from edge.model.commissioning import Step, Trouble
from edge.model.first_setup import Mark, Part, Verdict
from edge.model.first_setup import Step as SetupStep
from edge.model.found_port import CONVERTER, PortKind
from edge.model.goods_plan import WRONG
from edge.model.manner import LANGUAGES
from edge.model.network import Broken
from edge.model.network import Kind as NetworkKind
from edge.model.parcel import HERE
from edge.model.promotion import CutKind, Kind
from edge.model.records import Stream
from edge.model.shop_template import Lack as Missing
from edge.services.health import _BARRED
from edge.services.link import Phase
from edge.services.scan_seen import FLOOD, REPEATED
from edge.web.called import USUAL
from edge.web.causes import WORDS as REASONS
from edge.web.clock import WHY
from edge.web.export import MONEY
from edge.web.leaves import BESIDE
from edge.web.look import PAGES
from edge.web.menu import GROUPS
from edge.web.network import CAUSES
from edge.web.ordering import _CODES
from edge.web.orders import FINAL
from edge.web.parcels import OFF, OUT
from edge.web.promotions import Holds
from edge.web.safe_site import KINDS
from edge.web.upload import MISSING
from edge.web.words import read_page_words

WORDS = read_page_words()
EDGE = Path(__file__).parent.parent / "edge"
NAMED = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')
MADE = (
    *(f"scan.{kind}" for kind in ScanKind), *(f"mode.{mode}" for mode in Mode), *(f"tone.{tone}" for tone in Tone),
    *(f"link.{phase}" for phase in Phase), "link.starting", *(f"order.{code}" for code in _CODES),
    *(f"stream.{stream}" for stream in Stream), *(f"command.{state}" for state in ("running", *FINAL)),
    *(f"settings.{state}" for state in ("waiting", "trying", "in_force", "taken_back", "left_out")),
    *(f"settings.of.{table}" for table in (*TABLES, "labels", "devices")), *(f"nav.{group}" for group in GROUPS),
    *(f"called.{name}" for name in (*USUAL.values(), "locker_wall")),
    *(f"settings.from.{origin}" for origin in ("file", "cloud", "page", "enrolment", "default")),
    *(f"own.{field}" for name in driver_names() for field in load_driver(name).model_fields),
    *(f"cells.step.{step}" for step in Step), *(f"cells.trouble.{trouble}" for trouble in Trouble),
    *(f"teach.lack.{lack}" for lack in Lack),
    *(f"port.{kind}" for kind in PortKind), *(f"driver.{name}" for name in (*driver_names(), CONVERTER)),
    *(f"file.{code}" for code in (*_REFUSED, MISSING, "internal")),
    *(f"safe.{kind}{part}" for kind in KINDS for part in ("", ".fix")),
    *(f"users.{role}" for role in Role), *(f"users.state.{state}" for state in ("none", "printed", "own")),
    *(f"network.why.{cause}" for cause in CAUSES), *(f"network.{kind}" for kind in NetworkKind),
    *(f"network.broken.{part}{word}" for part in Broken if part is not Broken.WELL for word in ("", ".fix")),
    *(f"network.state.{state}" for state in ("up", "connecting", "down", "unplugged")),
    *(f"claim.{state}" for state in ("running", "done", "failed")),
    *(f"time.why.{why}" for why in WHY), *(f"time.source.{clk}" for clk in Clk),
    *(f"fate.{fate}" for fate in (REPEATED, FLOOD, *ScanTrouble)),
    *(f"promotion.{kind}" for kind in Kind), *(f"cut.{kind}" for kind in CutKind),
    *(f"holds.{holds}" for holds in Holds), *(f"weekday.{day}" for day in range(7)),
    *(f"cell.{state}" for state in (*CellState, OUT, OFF)), "parcels.is_fault", "parcels.is_out",
    *(f"parcel.{state}" for state in HERE),
    *(f"setup.{word}.{step}" for step in SetupStep for word in ("step", "about", "missed", "done")),
    *(f"setup.mark.{mark}" for mark in Mark),
    "setup.said.yes", "setup.said.no",
    *(f"setup.{name}" for name in ("profile", "goods", "promotions", "cards")),
    *(f"verdict.{verdict}" for verdict in Verdict),
    *(f"{word}.{part}" for part in Part for word in ("part", "setup.ask")),
    *(f"setup.try.{part}" for part in ("scanner", "keypad", "locker", "other")),
    *(f"goods.wrong.{what}" for what in WRONG), *(f"goods.column.{name}" for name in COLUMNS),
    *(f"goods.why.{why}" for why in ("changed", "room", "internal")), *(f"template.lack.{lack}" for lack in Missing),
    "receipt.header", "receipt.footer", "export.first", "export.last",
    *(f"table.{name}" for name in (*MONEY, GOODS, TABS)),
    *(f"card.{role}" for role in BadgeRole), *(f"card_state.{state}" for state in ("valid", "expired", "revoked")),
    *(f"leaf.{kind.partition('.')[0]}" for kind in CLOSED_LIST), *(f"beside.{up.value}" for up in BESIDE),
    *REASONS, *(f"type.{kind}" for kind in CLOSED_LIST),
    *(f"purpose.{purpose}{part}" for purpose in Purpose for part in ("", ".why")),
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


WITH_CHINESE = ("nav.language", "login.about", "login.lost", "setup.after_scan")
"""English words that name a card as it stands on the sheet, or the other language."""


def test_each_word_is_in_both_languages_and_fills_the_same_braces() -> None:
    for key, texts in WORDS.items():
        assert sorted(texts) == sorted(LANGUAGES) and all(texts.values()), key
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in texts.values()}) == 1, key
        assert not re.search(r"[\u4e00-\u9fff]", texts["en"]) or key in WITH_CHINESE, key


def test_no_word_is_idle() -> None:
    named = set(MADE)
    for file in (*PAGES.rglob("*.html"), *(EDGE / "web").glob("*.py")):
        named |= set(NAMED.findall(file.read_text(encoding="utf-8")))
    put_together = ("problem", "clk", "role", "device", "error", "set", "own", "hint", "choice", "driver", "type")
    idle = [key for key in WORDS if key not in named and key.partition(".")[0] not in put_together]
    assert not [key for key in idle if not key.endswith(".title")]
