"""Labels that a shop's scale prints: 13 or 18 digits with a price or a weight inside.

    2 1 0 0 1 2 3 0 1 2 3 4 c          FFWWWWWEEEEEC
    └F  └item W   └amount E └check C

What a shop's scale prints is a setting (prefix → template, devices 2.5); without it a label has several readings.
Letters: F prefix, W item, E amount, N weight or pieces, U unit price, C check digit over all digits before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from edge.codec.gtin import check_digit, is_digits
from edge.errors import CodecError

LAYOUT_LETTERS = "FWENUC"
LABEL_LENGTHS = frozenset({13, 18})
PREFIXES = tuple(str(n) for n in range(20, 30))
CHINESE_PREFIXES = PREFIXES[:5]
"""GB/T 18283-2008 gives 20 to 24 to shops; the rest of PREFIXES is GS1's restricted circulation."""

CheckRule = Literal["gs1", "forward"]
"""Weights 3 1 3 … from the right (GS1), or 1 3 1 … from the left ("forward check code" of some scales)."""


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """How one kind of label is laid out. `amount_unit_fen` is 1 for fen, 10 for jiao; `weight_unit_g` 1 or 10.

    `counts`: the field N has pieces, not a weight. `prefixes` are the two-digit beginnings that it is used for.
    Raises CodecError for a layout that cannot be read.
    """

    layout: str
    prefixes: tuple[str, ...] = PREFIXES
    amount_unit_fen: int = 1
    weight_unit_g: int = 1
    counts: bool = False

    def __post_init__(self) -> None:
        letters = "".join(dict.fromkeys(self.layout))
        in_runs = all(letter * self.layout.count(letter) in self.layout for letter in letters)
        known = self.layout.startswith("FF") and "W" in letters and set(letters) <= set(LAYOUT_LETTERS)
        if not (known and in_runs and self.layout.count("C") == 1 and len(self.layout) in LABEL_LENGTHS):
            raise CodecError(
                "this label layout cannot be read",
                expected="13 or 18 letters such as FFWWWWWEEEEEC",
                got=repr(self.layout),
            )


KNOWN_TEMPLATES = (
    LabelTemplate("FFWWWWWEEEEEC"),
    LabelTemplate("FFWWWWWNNNNNC"),
    LabelTemplate("FFWWWWWEEEEENNNNNC"),
    LabelTemplate("FFWWWWWNNNNNEEEEEC"),
    LabelTemplate("FFWWWWWEEEEECNNNNN"),
    LabelTemplate("FFWWWWWEEEEECUUUUU"),
)
"""Every layout of devices 2.5: Dahua's four, then CAS with weight or unit price after an EAN-13."""

DEFAULT_TEMPLATES = tuple(
    replace(template, prefixes=PREFIXES if len(template.layout) == 13 else CHINESE_PREFIXES)
    for template in KNOWN_TEMPLATES
)
"""What is taken for a label where no shop has said: 18 digits from 25 on are rather an Alipay code (devices 2.5)."""


@dataclass(frozen=True, slots=True)
class InstoreLabel:
    """One reading of a label. None means: not on this kind of label. `check_rule` None: the check digit is wrong.

    `amount_step_fen`, `weight_step_g`: what the last digit of each counts. `check` is the digit at `check_pos` (counted
    from 1), `expected_check` the one by the GS1 rule.
    """

    template: str
    prefix: str
    item: str
    amount_fen: int | None
    weight_g: int | None
    pieces: int | None
    unit_price_fen: int | None
    amount_step_fen: int
    weight_step_g: int
    check_rule: CheckRule | None
    check: str
    check_pos: int
    expected_check: str

    @property
    def check_ok(self) -> bool:
        return self.check_rule is not None

    @property
    def usable(self) -> bool:
        """The check digit is right and neither amount, weight nor count is 0 (devices 2.5)."""
        return self.check_ok and 0 not in (self.amount_fen, self.weight_g, self.pieces)


def label_readings(text: str, templates: tuple[LabelTemplate, ...] = KNOWN_TEMPLATES) -> tuple[InstoreLabel, ...]:
    """What `text` says by each of `templates` that its length and prefix fit; () when it is no such label."""
    if len(text) not in LABEL_LENGTHS or text[0] != "2" or not is_digits(text):
        return ()
    fitting = (t for t in templates if len(t.layout) == len(text) and text[:2] in t.prefixes)
    return tuple(_reading(text, template) for template in fitting)


def _reading(text: str, template: LabelTemplate) -> InstoreLabel:
    layout = template.layout
    at = layout.index("C")
    amount, number = _field(text, layout, "E"), _field(text, layout, "N")
    unit_price = _field(text, layout, "U")
    return InstoreLabel(
        template=layout,
        prefix=text[:2],
        item=text[layout.index("W") : layout.rindex("W") + 1],
        amount_fen=None if amount is None else amount * template.amount_unit_fen,
        weight_g=None if number is None or template.counts else number * template.weight_unit_g,
        pieces=number if template.counts else None,
        unit_price_fen=None if unit_price is None else unit_price * template.amount_unit_fen,
        amount_step_fen=template.amount_unit_fen,
        weight_step_g=template.weight_unit_g,
        check_rule=_check_rule(text[:at], text[at]),
        check=text[at],
        check_pos=at + 1,
        expected_check=check_digit(text[:at]),
    )


def _field(text: str, layout: str, letter: str) -> int | None:
    start = layout.find(letter)
    return None if start < 0 else int(text[start : layout.rindex(letter) + 1])


def _check_rule(digits: str, check: str) -> CheckRule | None:
    if check == check_digit(digits):
        return "gs1"
    if len(digits) > 12 and check == _forward_check(digits):
        return "forward"
    return None


def _forward_check(digits: str) -> str:
    total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return str(-total % 10)
