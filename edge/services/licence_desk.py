"""Where licences come in: asked of the cloud after each welcome, put by it when they change; and whose end is near.

The document is written in a message of its own, and only then are record and answer (as `badge_desk`): a power cut
between the two leaves one that stands and was not told of. It comes again with the next welcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec import wire_licence as wire
from edge.codec.licence import claimed_platform
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_down import Response
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.messages import Publish, Say, Started, Tone
from edge.model.licence import FORGED, OTHER_SHOP, KeptLicence, Licence
from edge.model.licence_records import LicenceEnding, LicenceKept, LicenceRefused
from edge.model.licence_slip import licence_slip
from edge.model.records import ShiftOpened
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.licences import StoreLicences
from edge.services.link import Welcomed
from edge.services.slips import print_slip
from edge.services.spoken_manner import manner_of

LICENCE_COMMANDS = frozenset({wire.PUT})
"""Of the cloud, class N; carried out here."""
AGAIN_S = 60.0
"""An answer that did not come is asked for once more so long after the question; then at the next welcome."""


@dataclass(frozen=True, slots=True)
class KeepLicence:
    """An effect: look at this signed text, and keep it if it is good. `cid`: the command that wants an answer."""

    signed: str
    cid: str = ""


@dataclass(frozen=True, slots=True)
class WarnOf:
    """An effect: the end of this platform's licence is near."""

    platform: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A timer."""

    cid: str


@dataclass(frozen=True, slots=True)
class DeskText:
    shop: str
    language: str


class LicenceDesk:
    """`online` tells whether the cloud is there."""

    def __init__(
        self, bus: Bus, licences: StoreLicences, text: DeskText, *, topics: Topics, online: Callable[[], bool]
    ) -> None:
        self._bus = bus
        self._licences = licences
        self._text = text
        self._topics = topics
        self._online = online
        self._asked = ""
        bus.on(Started, self._look)
        bus.on(Welcomed, self._ask)
        bus.on(AskAgain, self._ask_again)
        bus.on(Response, self._answered)
        bus.on(Ordered, self._ordered)
        bus.on(KeepLicence, self._keep)
        bus.on(ShiftOpened, self._look)
        bus.on(WarnOf, self._warn)

    # --- how they come ---------------------------------------------------------------------------------------------

    def _ask(self, _: object, tx: Transaction) -> None:
        """A shop that trusts no platform's key has nothing to ask for."""
        if not self._licences.keys:
            return
        self._asked = tx.new_id()
        self._send(tx)
        self._bus.after(AGAIN_S, AskAgain(self._asked))

    def _ask_again(self, again: AskAgain, tx: Transaction) -> None:
        if again.cid == self._asked and self._online():
            self._send(tx)

    def _send(self, tx: Transaction) -> None:
        tid = self._licences.shop.terminal
        request = Request(
            tid=tid, cid=self._asked, type=wire.GET, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S, args={}
        )
        tx.after_commit(Publish(self._topics.up(tid, Up.REQ), payload(request), qos=1))

    def _answered(self, response: Response, tx: Transaction) -> None:
        """One that is not said leaves what is kept: only a signed word takes a licence back."""
        if response.cid != self._asked:
            return
        self._asked = ""
        try:
            for signed in wire.read_got(response.out or {}) if response.ok else ():
                tx.after_commit(KeepLicence(signed))
        except WireError as error:
            tx.append(LicenceRefused("", error.code))

    def _ordered(self, ordered: Ordered, tx: Transaction) -> None:
        if ordered.type != wire.PUT:
            return
        try:
            tx.after_commit(KeepLicence(wire.read_put(ordered.args), ordered.cid))
        except WireError as error:
            tx.after_commit(Answered(ordered.cid, "rejected", code=error.code, msg=error.what))

    # --- what is kept ----------------------------------------------------------------------------------------------

    def _keep(self, keep: KeepLicence, tx: Transaction) -> None:
        try:
            licence = self._licences.judged(keep.signed)
        except WireError as error:
            self._refuse(keep, error, tx)
            return
        before = self._licences.standing(licence.platform)
        if before is None or licence.version > before.version:
            self._licences.shelf.keep(licence.platform, KeptLicence(keep.signed))
            tx.append(LicenceKept(licence))
            if licence.withdrawn:
                tx.after_commit(Say("lic.withdrawn", Tone.ATTENTION))
            self._look(keep, tx)
        if keep.cid:
            stands = self._licences.standing(licence.platform) or licence
            out = {"platform": stands.platform, "no": stands.number, "ver": stands.version}
            tx.after_commit(Answered(keep.cid, "done", out=out))

    def _refuse(self, keep: KeepLicence, error: WireError, tx: Transaction) -> None:
        """What stands goes on standing: whoever can forge nothing must not be able to take a licence away."""
        platform = claimed_platform(keep.signed)
        kept = self._licences.shelf.find(platform)
        ours = any(offer.platform == platform for offer in self._licences.platforms.services)
        why = OTHER_SHOP if error.code == "auth.denied" else FORGED
        news = ours and kept.refused != why
        if news:
            self._licences.shelf.keep(platform, replace(kept, refused=why))
        if keep.cid or news:
            tx.append(LicenceRefused(platform[:32], error.code))
        if keep.cid:
            tx.after_commit(Answered(keep.cid, "rejected", code=error.code, msg=error.what))

    # --- when they end ---------------------------------------------------------------------------------------------

    def _look(self, _: object, tx: Transaction) -> None:
        """At a start, with a new licence, and when a shift opens: somebody is there to hear it."""
        for platform in self._licences.shelf.all():
            if self._due(platform, tx) is not None:
                tx.after_commit(WarnOf(platform))

    def _due(self, platform: str, tx: Transaction) -> tuple[Licence, int, str] | None:
        """The licence, the days that are left, and the mark of this warning; None: there is none to give."""
        licence = self._licences.standing(platform)
        day = tx.stamp.at.astimezone(self._licences.shop.zone).date()
        if licence is None or (before := licence.warning(day)) is None:
            return None
        mark = f"{licence.ends}/{before}"
        known = self._licences.shelf.find(platform).warned
        return None if known == mark else (licence, (licence.ends - day).days + 1, mark)

    def _warn(self, warn: WarnOf, tx: Transaction) -> None:
        due = self._due(warn.platform, tx)
        if due is None:
            return
        licence, days, mark = due
        shelf = self._licences.shelf
        shelf.keep(warn.platform, replace(shelf.find(warn.platform), warned=mark))
        tx.append(LicenceEnding(licence, days))
        language = manner_of(tx, self._text.language).language
        name = self._licences.platforms.text(warn.platform).spoken(language)
        local_time = tx.stamp.at.astimezone(self._licences.shop.zone)
        print_slip(licence_slip(licence, days, name, shop=self._text.shop, now=f"{local_time:%Y-%m-%d %H:%M}",
                                language=language), tx)  # fmt: skip
        tx.after_commit(Say("lic.ending", Tone.ATTENTION, words=(("what", name), ("n", str(days)))))
