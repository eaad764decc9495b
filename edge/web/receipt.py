"""The shop's own lines on every receipt, and how the receipt looks with them: a picture of its real octets (row 30)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from pydantic import Field, field_validator
from starlette.exceptions import HTTPException

from edge.model.slip import Row, Rule, Slip, Text
from edge.web.forms import Form
from edge.web.settings import ordered
from edge.web.shop_facts import ShopFacts
from edge.web.site import Action, Asking, Doing, Download, Handed, Shown, Told, View
from edge.web.sources import PageSources

PATH, PICTURE = "/receipt", "/receipt.png"
MAX_LINES, MAX_LINE = 8, 64
"""As the settings have it ([receipt] in edge/config_tables.py)."""
MOST = MAX_LINES * (MAX_LINE + 2) * 2
HEADER, FOOTER = "header", "footer"

Both = tuple[tuple[str, ...], tuple[str, ...]]
"""(header, footer)."""


class ReceiptShown(Shown):
    """`header` and `footer` as they are printed now, or as they were typed to be looked at (`is_tried`).

    `wrong`: field → the key of what is wrong with it; then `lines` are those of now. `lines`: what stands on the paper,
    for whoever cannot see the picture at `picture`. `seen`: the version of the page's settings, for who keeps it.
    """

    header: str
    footer: str
    is_tried: bool
    wrong: Mapping[str, str]
    lines: tuple[str, ...]
    picture: str
    seen: int


class ReceiptForm(Form):
    """What was looked at before."""

    header: str = Field(max_length=MOST)
    footer: str = Field(max_length=MOST)
    seen: int

    @field_validator("header", "footer")
    @classmethod
    def _prints(cls, text: str) -> str:
        if wrong := _wrong(text.replace("\r\n", "\n")):
            raise ValueError(wrong)
        return text.replace("\r\n", "\n")


def receipt_view(sources: PageSources) -> View:
    shop = sources.shop

    def read(asking: Asking) -> ReceiptShown:
        typed, wrong = _asked({**_waiting(sources), **asking.query}, shop)
        header, footer = _lines_of(typed, wrong, shop)
        slip = shop.receipt_slip(header, footer)
        query = urlencode({HEADER: "\n".join(header), FOOTER: "\n".join(footer)})
        return ReceiptShown(
            header=typed[HEADER], footer=typed[FOOTER], is_tried=HEADER in asking.query, wrong=wrong,
            lines=tuple(_written(slip)), picture=f"{PICTURE}?{query}", seen=sources.ports.kept().version,
        )  # fmt: skip

    return View("receipt", PATH, ReceiptShown, read)


def receipt_action(sources: PageSources) -> Action:
    def keep(form: ReceiptForm, doing: Doing) -> Told:
        changes = [
            {"table": "receipt", "key": key, "value": list(_split(text))}
            for key, text in ((HEADER, form.header), (FOOTER, form.footer))
        ]
        return ordered(sources, changes, form.seen, doing, to=PATH, field=HEADER, done="receipt.saved")

    return Action(f"{PATH}/keep", PATH, ReceiptForm, keep)


def receipt_picture(shop: ShopFacts) -> Download:
    def octets(asking: Asking) -> Iterator[bytes]:
        typed, wrong = _asked(asking.query, shop)
        if wrong:
            raise HTTPException(422)
        picture = shop.receipt_picture(shop.receipt_slip(*_lines_of(typed, wrong, shop)))
        if picture is None:
            raise HTTPException(503, headers={"Retry-After": "10"})
        yield picture

    return Download(PICTURE, lambda asking: Handed("image/png", octets(asking)))


def _waiting(sources: PageSources) -> Mapping[str, str]:
    """What is saved and waits for a start: shown as it is now, it would be saved back by whoever presses again."""
    staged = sources.ports.kept().staged
    lines = staged.body.get("receipt", {}) if staged is not None else {}
    return {field: "\n".join(lines[field]) for field in (HEADER, FOOTER) if lines.get(field) is not None}


def _asked(query: Mapping[str, str], shop: ShopFacts) -> tuple[dict[str, str], dict[str, str]]:
    """(field → text, field → what is wrong with it). What was not typed is what is printed now."""
    now = dict(zip((HEADER, FOOTER), ("\n".join(lines) for lines in shop.receipt_lines()), strict=True))
    typed = {field: query.get(field, now[field]).replace("\r\n", "\n")[:MOST] for field in (HEADER, FOOTER)}
    return typed, {field: wrong for field, text in typed.items() if (wrong := _wrong(text))}


def _wrong(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    if len(lines) > MAX_LINES:
        return "receipt.too_many"
    if any(len(line) > MAX_LINE for line in lines):
        return "receipt.too_long"
    return "" if all(line.isprintable() for line in lines) else "receipt.signs"


def _lines_of(typed: Mapping[str, str], wrong: Mapping[str, str], shop: ShopFacts) -> Both:
    if wrong:
        return shop.receipt_lines()
    return _split(typed[HEADER]), _split(typed[FOOTER])


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.rstrip("\n").split("\n")) if text.strip() else ()


def _written(slip: Slip) -> Iterator[str]:
    for block in slip.blocks:
        match block:
            case Text():
                yield block.text
            case Row():
                yield f"{block.left}  {block.right}".rstrip()
            case Rule():
                yield "—"
            case _:
                continue
