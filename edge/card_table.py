"""The command cards as a file: edge/words/cards.toml, and what a shop changes of it (product C2).

    [101]
    zh-CN = "结账"
    en = "Subtotal"
    zone = "green"
    icon = "total"
    verb = "subtotal"

A shop's own file names the number and only what is another: `[101]` with `zh-CN = "算账"`; `left_out = true` takes a
card off the sheet and out of use; a number that we do not have is a card of the shop's own and says everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from edge.codec.command_card import MAX_CARD
from edge.errors import SettingsError
from edge.messages import Key
from edge.model.card import Card, Icon, Zone
from edge.model.counter import Verb
from edge.model.money import MAX_FEN
from edge.settings_table import WrongSettings, meant_or_known, shown_key, validate_table
from edge.toml_file import TomlFile

MAX_CARDS = 200
"""Three times the sheet; more is another file, given by mistake."""
MAX_NAME = 8
"""Characters at 16 pt: longer words do not fit a card of 55 mm beside its icon."""
MAX_NAME_EN = 24

Cards = Mapping[int, Card]
Words = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]


class CardRow(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Words = Field(alias="zh-CN", description="the card's words in Chinese")
    name_en: Words = Field(alias="en", max_length=MAX_NAME_EN, description=f"1 to {MAX_NAME_EN} letters")
    zone: Zone = Field(description=", ".join(Zone))
    icon: Icon
    verb: Verb | None = None
    value: int = Field(0, ge=0, le=MAX_FEN)
    key: str | None = None
    strip: bool = False
    new_row: bool = False
    left_out: bool = False

    @field_validator("verb", "icon", mode="before")
    @classmethod
    def _known(cls, word: Any, info: Any) -> Any:
        known = tuple(map(str, Verb if info.field_name == "verb" else Icon))
        if word not in known:
            raise ValueError(f"there is no such {info.field_name}, {meant_or_known(str(word), known)}")
        return word

    @field_validator("key")
    @classmethod
    def _on_the_pad(cls, key: str) -> str:
        if key not in tuple(map(str, Key)):
            raise ValueError(f"the pad has no such key, known are: {' '.join(Key)}")
        return key

    @field_validator("name")
    @classmethod
    def _fits(cls, name: str) -> str:
        if sum(1 if c.isascii() else 2 for c in name) > 2 * MAX_NAME:
            raise ValueError(
                f"too long for a card, expected at most {MAX_NAME} Chinese or {2 * MAX_NAME} Latin letters"
            )
        return name

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.verb is None) == (self.key is None):
            raise ValueError("asks for nothing or for two things, expected either 'verb' or 'key'")
        return self


def read_cards(file: TomlFile, base: TomlFile | None = None) -> Cards:
    """The cards of `file`, laid over those of `base`, by number. Raises WrongSettings with every line that is wrong."""
    raw: dict[str, Any] = dict(base.tables) if base else {}
    errors: list[SettingsError] = []
    for number, table in file.tables.items():
        if not isinstance(table, Mapping) or not _is_number(number):
            errors.append(_no_card(file, number))
        else:
            raw[number] = {**raw.get(number, {}), **table}
    if len(raw) > MAX_CARDS:
        errors.append(SettingsError("too many cards", where=file.name, expected=f"at most {MAX_CARDS}"))
    cards = dict(_cards(raw, file, errors)) if not errors else {}
    if errors:
        raise WrongSettings(errors)
    return MappingProxyType(cards)


def load_cards(path: Path | None = None) -> Cards:
    """The cards that came with us, with what the shop's own file at `path` changes. Raises SettingsError."""
    return _our_cards() if path is None else read_cards(TomlFile.read(path), _ours())


@cache  # the simulation boots many a time
def _our_cards() -> Cards:
    return read_cards(_ours())


@cache
def _ours() -> TomlFile:
    text = resources.files("edge.words").joinpath("cards.toml").read_text(encoding="utf-8")
    return TomlFile("edge/words/cards.toml", text)


def _cards(raw: Mapping[str, Any], file: TomlFile, errors: list[SettingsError]) -> Iterator[tuple[int, Card]]:
    for number, table in raw.items():
        try:
            row = validate_table(CardRow, table, table=(number,), file=file)
        except SettingsError as error:
            errors.append(error)
            continue
        if not row.left_out:
            words = (row.name, row.name_en, row.zone, row.icon, row.verb, row.value, row.key, row.strip, row.new_row)
            yield int(number), Card(int(number), *words)


def _is_number(text: str) -> bool:
    return len(text) <= len(str(MAX_CARD)) and text.isascii() and text.isdigit() and str(int(text)) == text


def _no_card(file: TomlFile, key: str) -> SettingsError:
    return SettingsError(
        "this is not a card", where=file.where((key,)),
        expected=f"[NUMBER] on a line of its own, 0 to {MAX_CARD} without zeros in front", got=shown_key(key),
    )  # fmt: skip
