"""A new box on its way into service: seven steps, and the check that ends them (product rows 103, 117)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

MAX_TRIED = 60
"""Parts of one check: more than any counter has, and one event holds them."""


class Step(StrEnum):
    """In their order. Each may be skipped, and done later."""

    LANGUAGE = "language"
    NETWORK = "network"
    SHOP = "shop"
    TIME = "time"
    DEVICES = "devices"
    TESTS = "tests"
    CHECK = "check"


class Mark(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"


class Part(StrEnum):
    """What a counter may have, and what is checked of it. OTHER: a driver that has no test."""

    PRINTER = "printer"
    DRAWER = "drawer"
    DISPLAY = "display"
    SCALE = "scale"
    SPEAKER = "speaker"
    SCANNER = "scanner"
    KEYPAD = "keypad"
    LOCKER = "locker"
    OTHER = "other"


class Verdict(StrEnum):
    """UNTRIED: it is there, but neither the box has heard of it nor a person said that it works. ABSENT: this shop has
    none.
    """

    WORKS = "works"
    FAILED = "failed"
    UNTRIED = "untried"
    ABSENT = "absent"


_BY_DRIVER = (
    ("printer", Part.PRINTER), ("line_display", Part.DISPLAY), ("scale", Part.SCALE), ("speaker", Part.SPEAKER),
    ("scanner", Part.SCANNER), ("keypad", Part.KEYPAD), ("locker", Part.LOCKER),
)  # fmt: skip


SPEAKING = (Part.SCANNER, Part.KEYPAD, Part.SCALE, Part.LOCKER)
"""That they work shows only when something comes from them: their ports open whatever hangs there, or nothing."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One part of one device; without a device: the shop has none."""

    device: str
    part: Part

    @property
    def key(self) -> str:
        return f"{self.device}.{self.part}"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a device last: `text` as it may be shown, `at` ISO 8601. `trouble`: why it was nothing that can be
    understood, a word of messages.ScanTrouble.
    """

    device: str
    text: str
    at: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """`code`: what went wrong, of contract B6 or a device's own state. `seen`: what a person said, None: nothing."""

    device: str
    part: Part
    verdict: Verdict
    code: str = ""
    seen: bool | None = None

    @property
    def is_bad(self) -> bool:
        return self.verdict is Verdict.FAILED or self.seen is False


@dataclass(frozen=True, slots=True)
class Checked:
    """A check that came to its end. `at`: ISO 8601; `by`: whose account; `version`: of the program."""

    at: str
    by: str
    version: str
    found: tuple[Found, ...]

    @property
    def is_well(self) -> bool:
        """What nobody tried is not well: it may hang on a port that nothing comes from."""
        return not any(one.is_bad or one.verdict is Verdict.UNTRIED for one in self.found)

    def is_stale(self, tried: Sequence[Tried]) -> bool:
        """Of another set of devices than `tried`."""
        then = {(one.device, one.part) for one in self.found if one.verdict is not Verdict.ABSENT}
        return then != {(one.device, one.part) for one in tried}


@dataclass(frozen=True, slots=True)
class Marked:
    mark: Mark
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class FirstSetup:
    """`answers`: by `Tried.key`, whether a person saw it work; `places`: by device, where it hung then. `checked`: the
    newest check.
    """

    steps: Mapping[Step, Marked] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    checked: Checked | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def next(self) -> Step | None:
        """The first that nobody has done or skipped; None: all are."""
        return next((step for step in Step if step not in self.steps), None)

    def marked(self, step: Step, mark: Mark, at: str, by: str) -> FirstSetup:
        return replace(self, steps={**self.steps, step: Marked(mark, at, by)})

    def answered(self, tried: Tried, place: str, *, works: bool) -> FirstSetup:
        answers, places = {**self.answers, tried.key: works}, {**self.places, tried.device: place}
        return replace(self, answers=answers, places=places)

    def still(self, places: Mapping[str, str]) -> FirstSetup:
        """Without what was said of devices that hang elsewhere now, or are others: nobody has seen those."""
        said = {key.rpartition(".")[0] for key in self.answers}
        before = {**{name: places[name] for name in said if name in places}, **self.places}  # of an older release: none
        stay = {name: place for name, place in before.items() if places.get(name) == place}
        answers = {key: works for key, works in self.answers.items() if key.rpartition(".")[0] in stay}
        return replace(self, answers=answers, places=stay)

    def ended(self, checked: Checked) -> FirstSetup:
        """The last step is done by a check in which all was well; of another one a person decides."""
        after = replace(self, checked=checked)
        return after.marked(Step.CHECK, Mark.DONE, checked.at, checked.by) if checked.is_well else after


def part_of(driver: str) -> Part:
    return next((part for prefix, part in _BY_DRIVER if driver.startswith(prefix)), Part.OTHER)


def to_try(drivers: Mapping[str, str], *, drawer: bool) -> tuple[Tried, ...]:
    """Of the devices (name → driver) in their order; the drawer hangs on the first printer."""
    found: list[Tried] = []
    for device, driver in drivers.items():
        part = part_of(driver)
        is_first = all(one.part is not part for one in found)
        found.append(Tried(device, part))
        if drawer and part is Part.PRINTER and is_first:
            found.append(Tried(device, Part.DRAWER))
    return tuple(found[:MAX_TRIED])


def absent(tried: Sequence[Tried]) -> tuple[Part, ...]:
    """What a counter may have and this one has not."""
    here = {one.part for one in tried}
    return tuple(part for part in Part if part not in here and part is not Part.OTHER)


def setup_document(setup: FirstSetup) -> dict[str, Any]:
    """As JSON has it."""
    document: dict[str, Any] = {
        "steps": {step.value: {"mark": one.mark.value, "at": one.at, "by": one.by}
                  for step, one in setup.steps.items()},
        "answers": dict(setup.answers), "places": dict(setup.places),
    }  # fmt: skip
    if (checked := setup.checked) is not None:
        found = [{"device": one.device, "part": one.part.value, "verdict": one.verdict.value, "code": one.code,
                  "seen": one.seen} for one in checked.found]  # fmt: skip
        document["checked"] = {"at": checked.at, "by": checked.by, "version": checked.version, "found": found}
    return document


def read_setup(document: object) -> FirstSetup:
    """A new one for what is no such document: then the steps are gone through once more, and nothing is lost by it."""
    if not isinstance(document, Mapping):
        return FirstSetup()
    try:
        steps = {Step(step): Marked(Mark(one["mark"]), str(one["at"]), str(one["by"]))
                 for step, one in document.get("steps", {}).items()}  # fmt: skip
        answers = {str(key): works is True for key, works in document.get("answers", {}).items()}
        places = {str(device): str(place) for device, place in document.get("places", {}).items()}
        return FirstSetup(steps, answers, _read_checked(document.get("checked")), places)
    except (AttributeError, KeyError, TypeError, ValueError):
        return FirstSetup()


def _read_checked(document: Any) -> Checked | None:
    if document is None:
        return None
    found = tuple(
        Found(str(one["device"]), Part(one["part"]), Verdict(one["verdict"]), str(one["code"]), one["seen"])
        for one in document["found"]
    )
    return Checked(str(document["at"]), str(document["by"]), str(document["version"]), found)
