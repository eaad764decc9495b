"""How the page looks: its templates, the navigation, the words in the language of who asks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from edge.model.account import Role
from edge.model.money import Fen, yuan
from edge.web.called import word_of
from edge.web.causes import cause_of
from edge.web.menu import menu
from edge.web.site import Notice, Site
from edge.web.words import PageWords

PAGES = Path(__file__).parent / "pages"
NO_DEVICES: Mapping[str, str] = MappingProxyType({})
STATIC = Path(__file__).parent / "static"
_SENTENCE = re.compile(r"(?<=[。.?!]) |(?<=。)")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the language, and the session's part of a page. Without an account nobody has logged in."""

    language: str
    account: Role | None = None
    csrf: str = ""
    notice: Notice | None = None


class Look:
    """`usual` is the shop's language, `zone` its clock; `tid` stands at the top of each page. `drivers`: of each device
    that runs.
    """

    def __init__(
        self, words: PageWords, *, tid: str, usual: str, zone: ZoneInfo, drivers: Mapping[str, str] = NO_DEVICES
    ) -> None:  # fmt: skip
        self.words = words
        self.usual = usual
        self.zone = zone
        self.tid = tid
        self._word_of = partial(word_of, drivers=drivers)

    def draw(self, template: str, reader: Reader, site: Site | None = None, **values: Any) -> str:
        """A whole page, or a part of one."""
        nav = list(menu(site, reader.account))
        may = {view.name for group in nav for view in group.views}
        return _templates().get_template(template).render(
            t=partial(self.words.text, reader.language), has_word=self.words.has, me=reader, tid=self.tid,
            nav=nav, may=may, zone=self.zone, word_of=self._word_of, **values,
        )  # fmt: skip


@cache
def _templates() -> Environment:
    """One for all pages of this process: compiling them takes longer than drawing them."""
    found = Environment(
        loader=FileSystemLoader(PAGES), autoescape=select_autoescape(), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {"clock": _clock, "yuan": lambda fen: yuan(Fen(fen)), "steps": steps}
    found.globals |= {"stamp": _stamp(), "cause_of": cause_of}
    return found


@pass_context
def _clock(context: Context, at: str, form: str = "%m-%d %H:%M:%S") -> str:
    """A moment of the journal as a clock on the shop's wall shows it."""
    return datetime.fromisoformat(at).astimezone(context["zone"]).strftime(form) if at else ""


def steps(text: str) -> list[str]:
    """Each sentence of the words is a step."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()]


def _stamp() -> str:
    """Changes with the files of STATIC, which browsers may keep: another release has other addresses."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def typed_values(form: Mapping[str, str]) -> Mapping[str, str]:
    """What stays in the fields of a form that was refused: all but passwords."""
    return {name: value for name, value in form.items() if "password" not in name and name not in ("csrf", "pin")}
