"""Goods and prices from a file, for a box without a cloud: looked at as a whole, then kept by a second press."""

from __future__ import annotations

import secrets

from pydantic import Field

from edge.messages import PageOrder
from edge.model.backup import FROM_STICK, Stage
from edge.model.goods_in import TABLES, FoundGoods
from edge.model.goods_plan import Wrong
from edge.web.forms import Form, NoWords
from edge.web.ordering import give, told_of
from edge.web.site import Action, Doing, End, Shown, Sink, Told, View
from edge.web.sources import PageSources
from edge.web.sticks import KEY, FileShown, files_shown
from edge.web.upload import FILE

PATH = "/prices/file"
LOOK, KEEP = "goods.look", "goods.keep"
_NOTHING = FoundGoods(
    id="", path="", encoding="", ignored=(), new=0, changed=0, named=0, altered=0, same=0, far=0, left_out=0,
    nameless=0, wrong=(), wrong_lines=0, is_managed=False,
)  # fmt: skip


class WrongShown(Shown):
    """See `goods_plan.Wrong`."""

    line: int
    column: str
    what: str
    expected: str
    got: str


class GoodsFileShown(Shown):
    """What was found in the file that was looked at last: `stage` tells whether there is one, `why` (a key) it failed.
    `taking`: it is being kept, `done` of `of` prices are; `kept`: all of it is. `far`: prices to which only the owner
    goes. `files`: tables on `sticks` that are plugged in; none while a file is at work, and no other can be chosen.
    """

    stage: Stage
    why: str
    id: str
    encoding: str
    ignored: tuple[str, ...]
    new: int
    changed: int
    named: int
    altered: int
    same: int
    far: int
    left_out: int
    nameless: int
    wrong: tuple[WrongShown, ...]
    wrong_lines: int
    managed: bool
    taking: bool
    done: int
    of: int
    kept: bool
    sticks: int
    files: tuple[FileShown, ...]

    @property
    def can_keep(self) -> bool:
        is_news = bool(self.new or self.changed or self.named or self.altered)
        return self.stage is Stage.READY and is_news and not (self.wrong_lines or self.taking or self.kept)


class KeepForm(Form):
    """Of the file that was shown to whoever presses."""

    id: str = Field(pattern=r"^[0-9a-f]{64}$")


class StickFileForm(Form):
    """The key of a file that the page shows."""

    file: str = Field(pattern=KEY)


def goods_file_view(sources: PageSources) -> View:
    return View("goods_file", PATH, GoodsFileShown, lambda _: goods_file_shown(sources), in_menu=False)


def goods_file_actions(sources: PageSources) -> tuple[Action, ...]:
    facts, order = sources.goods, sources.order

    def given(cid: str) -> Sink:
        return facts.given(f"{cid}-{secrets.token_hex(4)}")  # a form that is sent twice must not write into one file

    def look(_: NoWords, doing: Doing) -> Told:
        told = look_at(doing.given, doing)
        state = facts.state()
        if doing.given not in (state.looking, state.path):
            facts.drop_given(doing.given)  # of a form that was sent twice, one file is looked at
        return told

    def look_on_stick(form: StickFileForm, doing: Doing) -> Told:
        return look_at(f"{FROM_STICK}{form.file}", doing)

    def look_at(path: str, doing: Doing) -> Told:
        given = PageOrder(doing.cid, LOOK, {"path": path}, doing.account.value, doing.mark)
        told, code = told_of(order(given), "goods.looked")
        state = facts.state()
        if told.end is End.REFUSED and state.stage is Stage.FAILED and code == "internal":
            return Told(End.REFUSED, why_of(state.why), field=FILE)
        is_wrong = told.end is End.DONE and state.stage is Stage.READY and bool(state.found and state.found.wrong_lines)
        return Told(End.REFUSED, "goods.looked_wrong") if is_wrong else told

    def keep(form: KeepForm, doing: Doing) -> Told:
        state = facts.state()
        if state.taking and state.found is not None and state.found.id == form.id:
            return Told(End.RUNNING, "goods.taking")
        told = give(order, KEEP, {"id": form.id}, doing, "goods.kept")
        if told.key == "order.auth.denied":
            return Told(End.REFUSED, "goods.owner_only")
        return told

    return (
        Action(PATH, PATH, NoWords, look, keeps=given),
        Action(f"{PATH}/stick", PATH, StickFileForm, look_on_stick),
        Action(f"{PATH}/keep", PATH, KeepForm, keep),
    )


def why_of(why: str) -> str:
    """The key of the sentence."""
    return f"goods.why.{why}" if why in ("changed", "room", "internal") else f"file.{why}"


def goods_file_shown(sources: PageSources) -> GoodsFileShown:
    state = sources.goods.state()
    found = state.found or _NOTHING
    has_form = state.stage is not Stage.RUNNING and not state.taking
    return GoodsFileShown(
        stage=state.stage, why=why_of(state.why) if state.why else "", id=found.id, encoding=found.encoding,
        ignored=found.ignored, new=found.new, changed=found.changed, named=found.named, altered=found.altered,
        same=found.same, far=found.far, left_out=found.left_out, nameless=found.nameless,
        wrong=tuple(map(_wrong, found.wrong)), wrong_lines=found.wrong_lines, managed=found.is_managed,
        taking=state.taking, done=state.done, of=state.of, kept=state.found is not None and found.id == state.kept,
        sticks=len(sources.sticks.look()) if has_form else 0,
        files=files_shown(sources.sticks, TABLES) if has_form else (),
    )  # fmt: skip


def _wrong(one: Wrong) -> WrongShown:
    return WrongShown(line=one.line, column=one.column, what=one.what, expected=one.expected, got=one.got)
