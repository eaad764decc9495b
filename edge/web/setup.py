"""A new box is put into service: seven steps, each with the forms of its own page, and what was done when (row 103)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from edge.config import FROM_CLOUD
from edge.messages import PageOrder
from edge.model.account import Role
from edge.model.first_setup import FirstSetup, Mark, Part, Step
from edge.web.claim import ClaimShown, newest_claim
from edge.web.clock import TimeShown, time_view
from edge.web.devices import BUSY, Devices, DoorShown, OpenSaleShown, devices_view, doors_shown, sale_shown
from edge.web.fields import FieldShown
from edge.web.forms import Form, NoWords
from edge.web.goods_file import GoodsFileShown, goods_file_shown
from edge.web.network import NetworkShown, network_view
from edge.web.ordering import give, told_of
from edge.web.overview import now, states_shown
from edge.web.settings import setting_shown, state_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources
from edge.web.template import TemplateShown, template_shown

PATH = "/setup"
CHECK = "setup.check"
LANGUAGE = "terminal.language"
STARTING_S = 20.0
"""The line is down for some seconds after each start, and nothing is wrong by that."""
_LATELY = 10
_NOT_BEGUN = "rejected"
"""A check, as another one goes on."""
_ORDER, _PARTS = tuple(Step), tuple(Part)
_SAID = {None: "", True: "yes", False: "no"}


class StepShown(Shown):
    """`mark`: done, skipped, or empty. `at`: when, ISO 8601."""

    name: str
    mark: str
    at: str


class LanguageShown(Shown):
    """See `settings.SettingsShown`."""

    change: FieldShown
    changed_key: str
    is_own: bool
    version: int
    state: str
    why: str


class PulledShown(Shown):
    """What came from the cloud so far. `link` is `starting` where the terminal has just started and is not
    connected yet. `profile`: settings that it gave; `priced` of the goods is not all of them.
    """

    link: str
    profile: int
    goods: int
    promotions: int
    cards: int


class ShopStep(Shown):
    claim: ClaimShown | None
    broker: str
    pulled: PulledShown
    goods: GoodsFileShown


class LastHeard(Shown):
    """See `model.first_setup.Heard`."""

    text: str
    at: str
    trouble: str


class TriedShown(Shown):
    """`id`: of its part of the page. `state`: how the device stands; `seen`: yes, no, or empty while nobody said.
    `heard`: what came last of a scanner or keypad.
    """

    id: str
    device: str
    part: str
    state: str
    seen: str
    heard: LastHeard | None


class FoundShown(Shown):
    device: str
    part: str
    verdict: str
    code: str
    seen: str
    bad: bool


class CheckShown(Shown):
    """`state`: of the newest check: running, failed, or empty; `why` in English. What was found is the
    last whole one's; `is_stale`: the box has other devices by now.
    """

    state: str
    why: str
    at: str
    by: str
    version: str
    well: bool
    is_stale: bool
    found: tuple[FoundShown, ...]


class SetupShown(Shown):
    """`step`: the one that is open, empty: all are done or skipped. Of the parts below only its own is there."""

    steps: tuple[StepShown, ...]
    step: str
    number: int
    before: str
    over: bool
    language: LanguageShown | None
    template: TemplateShown | None
    network: NetworkShown | None
    shop: ShopStep | None
    time: TimeShown | None
    devices: Devices | None
    tests: tuple[TriedShown, ...]
    doors: tuple[DoorShown, ...]
    sale: OpenSaleShown | None
    """Of the tests' step."""
    check: CheckShown | None


class StepForm(Form):
    step: str = Field(pattern=f"^({'|'.join(Step)})$")
    mark: str = Field(pattern=f"^({'|'.join(Mark)})$")


class AnswerForm(Form):
    device: str = Field(min_length=1, max_length=64)
    part: str = Field(pattern=f"^({'|'.join(Part)})$")
    works: bool


def first_page(sources: PageSources) -> Callable[[Role], str]:
    """Where somebody begins who has logged in: a technician at the steps that are left, on a box that sells nothing."""

    def home(role: Role) -> str:
        facts = sources.setup
        is_new = role in TECHNICIAN and facts.state().next is not None and not facts.sells()
        return PATH if is_new else "/"

    return home


def setup_view(sources: PageSources, zone: ZoneInfo) -> View:
    pages = {
        Step.NETWORK: network_view(sources), Step.TIME: time_view(sources, zone), Step.DEVICES: devices_view(sources)
    }  # fmt: skip

    def read(asking: Asking) -> SetupShown:
        setup = sources.setup.state()
        step = _chosen(setup, asking.query.get("step", ""))
        number = _ORDER.index(step) if step is not None else len(_ORDER)

        own: dict[str, Any] = {one.value: view.read(asking) if step is one else None for one, view in pages.items()}
        return SetupShown(
            steps=tuple(_step(setup, one) for one in Step), step=step.value if step is not None else "",
            number=number + 1, before=_ORDER[number - 1].value if number else "", over=setup.next is None,
            language=_language(sources) if step is Step.LANGUAGE else None,
            template=template_shown(sources) if step is Step.LANGUAGE else None,
            shop=_shop(sources) if step is Step.SHOP else None,
            tests=_tests(sources, setup) if step is Step.TESTS else (),
            doors=doors_shown(sources) if step is Step.TESTS else (),
            sale=sale_shown(sources) if step in (Step.TESTS, Step.CHECK) else None,
            check=_check(sources, setup) if step in (Step.CHECK, None) else None, **own,
        )  # fmt: skip

    return View("setup", PATH, SetupShown, read, TECHNICIAN, holds=True)


def setup_actions(sources: PageSources) -> tuple[Action, ...]:
    def mark(form: StepForm, doing: Doing) -> Told:
        said = f"setup.missed.{form.step}" if form.mark == Mark.SKIPPED else f"setup.done.{form.step}"
        told = give(sources.order, "setup.step", form.model_dump(), doing, said)
        after = _ORDER.index(Step(form.step)) + 1
        to = f"{PATH}?step={_ORDER[after]}" if after < len(_ORDER) else PATH
        return Told(told.end, told.key, told.values, to=to, detail=told.detail) if told.end is End.DONE else told

    def answer(form: AnswerForm, doing: Doing) -> Told:
        return give(sources.order, "setup.answer", form.model_dump(), doing, "setup.answered")

    def check(_: NoWords, doing: Doing) -> Told:
        result = sources.order(PageOrder(doing.cid, CHECK, {}, doing.account.value, doing.mark))
        told, code = told_of(result, "setup.checked")
        is_other = code == BUSY and result is not None and result["state"] == _NOT_BEGUN
        if told.end is End.RUNNING or is_other:  # it is one and the same from two phones
            return Told(End.RUNNING, "setup.checking")
        return Told(End.REFUSED, "devices.sale_open") if code == BUSY and sale_shown(sources) is not None else told

    return (
        Action(f"{PATH}/step", PATH, StepForm, mark, TECHNICIAN),
        Action(f"{PATH}/answer", PATH, AnswerForm, answer, TECHNICIAN),
        Action(f"{PATH}/check", PATH, NoWords, check, TECHNICIAN),
    )


def pulled(sources: PageSources) -> PulledShown:
    state = now(sources)
    profile = sum(origin.startswith(FROM_CLOUD) for _, _, origin in sources.settings)
    is_young = sources.broker and state.link == "down" and state.uptime_s < STARTING_S
    return PulledShown(
        link="starting" if is_young else state.link, profile=profile, goods=state.items,
        promotions=len(sources.shop.promotions()), cards=len(sources.shop.badges()),
    )  # fmt: skip


def heard(sources: PageSources, device: str) -> LastHeard | None:
    last = sources.setup.heard(device)
    return LastHeard(text=last.text, at=last.at, trouble=last.trouble) if last is not None else None


def _chosen(setup: FirstSetup, wanted: str) -> Step | None:
    """The one that was asked for, else the first that is left."""
    return Step(wanted) if wanted in _ORDER else setup.next


def _step(setup: FirstSetup, step: Step) -> StepShown:
    marked = setup.steps.get(step)
    return StepShown(name=step.value, mark=marked.mark.value if marked else "", at=marked.at if marked else "")


def _language(sources: PageSources) -> LanguageShown:
    kept = sources.ports.kept()
    state, why = state_of(sources.ports, kept)
    field, is_own = setting_shown(sources.ports, kept, LANGUAGE)
    return LanguageShown(
        change=field, changed_key=LANGUAGE, is_own=is_own, version=kept.version, state=state, why=why
    )  # fmt: skip


def _shop(sources: PageSources) -> ShopStep:
    return ShopStep(claim=newest_claim(sources), broker=sources.broker, pulled=pulled(sources),
                    goods=goods_file_shown(sources))  # fmt: skip


def _tests(sources: PageSources, setup: FirstSetup) -> tuple[TriedShown, ...]:
    """Printers first: what is scanned is on the test paper."""
    states = states_shown(sources)
    return tuple(
        TriedShown(id=f"{one.device}-{one.part}", device=one.device, part=one.part.value,
                   state=states.get(one.device, ""), seen=_SAID[setup.answers.get(one.key)],
                   heard=heard(sources, one.device))
        for one in sorted(sources.setup.tried, key=lambda one: _PARTS.index(one.part))
    )  # fmt: skip


def _check(sources: PageSources, setup: FirstSetup) -> CheckShown:
    begun = (one for one in sources.commands(_LATELY) if one.type == CHECK and one.state != _NOT_BEGUN)
    newest = next(begun, None)
    checked, state = setup.checked, newest.state if newest is not None else ""
    is_stale = checked is not None and checked.is_stale(sources.setup.tried)
    found = tuple(
        FoundShown(device=one.device, part=one.part.value, verdict=one.verdict.value, code=one.code,
                   seen=_SAID[one.seen], bad=one.is_bad)
        for one in checked.found
    ) if checked is not None else ()  # fmt: skip
    return CheckShown(
        state="" if state == "done" else state, why=newest.why if newest is not None else "",
        at=checked.at if checked is not None else "", by=checked.by if checked is not None else "",
        version=checked.version if checked is not None else "",
        well=checked is not None and checked.is_well and not is_stale,
        is_stale=is_stale, found=found,
    )  # fmt: skip
