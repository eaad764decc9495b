"""Where a terminal lives and where its page is, read out of a settings file that may be wrong in every other line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edge.config_web import Web

_LINE = re.compile(r'^[ \t]*(tid|data_dir|bind|language)[ \t]*=[ \t]*["\']([^"\'\r\n]{1,200})["\']', re.MULTILINE)
_WEB = re.compile(r"^[ \t]*\[web\](.*?)(?=^[ \t]*\[|\Z)", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r'^[ \t]*name[ \t]*=[ \t]*["\']([A-Za-z0-9.-]{1,253})["\']', re.MULTILINE)
_BIND = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]]+)):(\d{1,5})")
MAX_OCTETS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RescuePlace:
    """`host` and `port` of the page; `name` that [web] gives it, empty: none."""

    tid: str
    data_dir: Path
    host: str
    port: int
    language: str
    name: str = ""


def rescue_place(config: Path) -> RescuePlace | None:
    """None: the file tells of no page, so that nobody could be shown what is wrong."""
    try:
        with config.open("rb") as file:
            text = file.read(MAX_OCTETS).decode("utf-8", "replace")
    except OSError:
        return None
    found: dict[str, str] = {}
    for key, value in _LINE.findall(text):
        found.setdefault(key, value)
    web = _WEB.search(text)
    usual = Web.model_fields["bind"].default if web is not None else ""
    bind = _BIND.fullmatch(found.get("bind", usual))
    if bind is None or "data_dir" not in found or int(bind[3]) > 65_535:
        return None
    data_dir = config.absolute().parent / found["data_dir"]
    name = _NAME.search(web[1]) if web is not None else None
    return RescuePlace(
        found.get("tid", "?"), data_dir, bind[1] or bind[2], int(bind[3]), found.get("language", ""),
        name[1].lower() if name is not None else "",
    )  # fmt: skip
