"""A shop whose certificate comes of age, with real keys, a real authority, and a broker and cloud made by hand."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

from counter_bench import TID, TOPICS
from hand_clock import HandClock
from identity_bench import Fleet, known
from link_bench import LinkBench

from edge.bus import Bus
from edge.codec.certificate import CertificateFacts
from edge.codec.topics import Down
from edge.codec.wire_up import Request
from edge.errors import CloudError, WireError
from edge.messages import Connect, Refusal
from edge.services.link import Phase
from edge.services.renewal import Renewal
from edge.store.key_shelf import KeyShelf

OLD_DAYS = 270
"""Of 397; two thirds are 265."""
HOUR_S = 3_600.0


class PowerCut(Exception):
    """At a step between two changes of files."""


class RenewalBench(LinkBench):
    """`cut_at`: at which step the power goes. `takes`: whom the broker lets in; `signs`: whether the cloud signs."""

    def __init__(self, folder: Path, fleet: Fleet, *, days_old: float = OLD_DAYS) -> None:
        self.fleet = fleet
        self.keys_folder = folder.parent / "keys"
        self.steps: list[str] = []
        self.cut_at: int | None = None
        self.takes: Callable[[CertificateFacts], bool] = lambda _: True
        self.signs = True
        self.knocks, self.opens = 0, True
        """How often the box came to the door of enrolment, and whether it is open."""
        self.heeds = True
        """Whether the cloud hears what it is asked."""
        self.tried: list[tuple[bool, str]] = []
        """(with the next pair, its number) of each attempt to connect."""
        self._answered: set[str] = set()
        self._enrol(days_old)
        super().__init__(folder)

    def _enrol(self, days_old: float) -> None:
        shelf = KeyShelf(self.keys_folder)
        shelf.put_certificate(*self._sign(shelf.request(TID), days_old=days_old), TID)
        self.first = shelf.swap()

    def _sign(self, csr: str, *, days_old: float = 0.0) -> tuple[str, str]:
        now = HandClock().at if not hasattr(self, "clock") else self.clock.wall()
        issued = self.fleet.devices.sign_terminal(csr, TID, known, now - timedelta(days=days_old))
        return issued.pem.decode(), self.fleet.roots.read_text()

    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        link = self.link
        self.shelf = KeyShelf(self.keys_folder, self._step)
        self.renewal = Renewal(
            bus, self.shelf, tid=TID, topics=TOPICS, online=link.online, tries_next=lambda: link.tries_next,
            run=self._run, knock=self._knock,
        )  # fmt: skip

    def _knock(self) -> CertificateFacts:
        self.knocks += 1
        if not self.opens:
            raise CloudError("the server does not answer")
        self.shelf.put_certificate(*self._sign(self.shelf.request(TID)), TID)
        return self.shelf.swap()

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self.cut_at is not None and len(self.steps) > self.cut_at:
            raise PowerCut(name)

    # --- living ----------------------------------------------------------------------------------------------------

    def live(self, *, hours: float = 4.0) -> None:
        """So long, with a network that is there."""
        until = self.clock.mono_s + hours * HOUR_S
        while self.clock.mono_s < until:
            self.turn()

    def turn(self) -> None:
        """One thing after the other."""
        if self.waiting_jobs:
            self.run_jobs()
        elif self.link.phase is Phase.DOWN:
            self.dial()
        elif self.link.phase is Phase.CONNECTING:
            self._meet()
        elif self.heeds and (asked := [one for one in self.sign_requests if one.cid not in self._answered]):
            self._answer(asked[0])
        else:
            self.pass_s(60)

    def _meet(self) -> None:
        connect = self.connected[-1]
        assert isinstance(connect, Connect)
        facts = self.present(next_pair=connect.next_pair)
        self.tried.append((connect.next_pair, facts.serial))
        if self.takes(facts):
            self.up()
            self.welcome()
        else:
            self.down(Refusal.AUTH)

    def present(self, *, next_pair: bool = False) -> CertificateFacts:
        """What a broker would be shown: a certificate and its key, which fit, and roots."""
        pair = self.keys_folder / ("next" if next_pair else "current")
        context = ssl.create_default_context(cafile=str(pair / "roots.pem"))
        context.load_cert_chain(pair / "cert.pem", pair / "key.pem")
        facts = self.shelf.next() if next_pair else self.shelf.current()
        assert facts is not None
        return facts

    @property
    def sign_requests(self) -> list[Request]:
        return [request for request in self.sent("req") if request.type == "cert.sign"]

    def _answer(self, request: Request) -> None:
        self._answered.add(request.cid)
        if not self.signs:
            err = {"code": "auth.denied", "msg": "terminal is suspended", "retry": False}
            self.hear(Down.RES, {"cid": request.cid, "ok": False, "err": err})
            return
        try:
            certificate, roots = self._sign(request.args["csr"])
        except WireError as error:
            raise AssertionError("the box asks for what no authority signs") from error
        self.told(request.cid, certificate, roots)

    def told(self, cid: str, certificate: str, roots: str | None = None) -> None:
        out = {"certificate": certificate} | ({"roots": roots} if roots is not None else {})
        self.hear(Down.RES, {"cid": cid, "ok": True, "out": out})
