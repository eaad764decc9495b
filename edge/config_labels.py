"""[[labels]]: what the shop's scale prints, one table for each kind of label; prefix → template (devices 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from edge.codec.instore import LabelTemplate
from edge.config_tables import Table
from edge.errors import CodecError, SettingsError
from edge.settings_table import WrongSettings, shown, validate_table
from edge.toml_file import TomlFile

LABELS = "labels"
MAX_LABELS = 20
"""Ten prefixes of two lengths: there are no more."""

_AMOUNT_FEN = {"fen": 1, "jiao": 10, "yuan": 100}
_WEIGHT_G = {"g": 1, "10g": 10, "piece": 1}


class Label(Table):
    """One kind of label. `layout`: a letter for each digit, as `codec/instore.py` has them; spaces are for the eye."""

    prefix: str = Field(pattern="^2[0-9]$", description='"20" to "29", in quotes')
    layout: str = Field(max_length=40)
    amount_unit: Literal["fen", "jiao", "yuan"] = Field("fen", description='"fen", "jiao" or "yuan"')
    weight_unit: Literal["g", "10g", "piece"] = Field("g", description='"g", "10g" or "piece"')

    @field_validator("layout")
    @classmethod
    def _readable(cls, layout: str) -> str:
        letters = layout.replace(" ", "").upper()
        try:
            LabelTemplate(letters)
        except CodecError as error:
            raise ValueError(f"{error.what}, expected {error.expected}") from error
        if not set("EN") & set(letters):
            raise ValueError("this label tells neither amount (E) nor weight (N), expected one of them")
        return letters

    def template(self) -> LabelTemplate:
        return LabelTemplate(
            self.layout, (self.prefix,), _AMOUNT_FEN[self.amount_unit], _WEIGHT_G[self.weight_unit],
            counts=self.weight_unit == "piece",
        )  # fmt: skip


def label_settings(file: TomlFile) -> tuple[LabelTemplate, ...]:
    """Every [[labels]] of the file. Raises SettingsError, or WrongSettings with all that is wrong in them."""
    tables = file.tables.get(LABELS, [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        expected = "[[labels]] on a line of its own, for each kind of label"
        raise SettingsError("'labels' is not a list of tables", where=file.where((LABELS,)), expected=expected)
    if len(tables) > MAX_LABELS:
        expected, got = f"at most {MAX_LABELS}", str(len(tables))
        raise SettingsError("too many [[labels]]", where=file.where((LABELS,)), expected=expected, got=got)
    errors: list[SettingsError] = []
    kinds: dict[tuple[str, int], LabelTemplate] = {}
    for number, raw in enumerate(tables):
        try:
            label = validate_table(Label, raw, table=(LABELS, str(number)), file=file)
        except SettingsError as error:
            errors.append(error)
            continue
        key = (label.prefix, len(label.layout))
        if key in kinds:
            errors.append(_twice(label, number, file))
        kinds[key] = label.template()
    if errors:
        raise WrongSettings(errors)
    return tuple(kinds.values())


def _twice(label: Label, number: int, file: TomlFile) -> SettingsError:
    return SettingsError(
        f"there are two [[labels]] of {len(label.layout)} digits with this prefix",
        where=file.where((LABELS, str(number), "prefix")), expected="one", got=shown(label.prefix),
    )  # fmt: skip
