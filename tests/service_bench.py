"""A counter where services are sold; the reference cloud's providers behind a slow line answer when told to."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from counter_bench import TID, Habits
from licence_services import keys_of_all, license_all
from link_bench import LinkBench, online
from test_jws import KEYS, SECRET

from edge.clock import iso_ms
from edge.codec import wire_service as wire
from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.codec.wire_up import Request
from edge.model.counter import Counter
from edge.model.ids import uuid7
from edge.model.service_order import ServiceOrder, ServiceState
from edge.reference_cloud.providers import KINDS, Providers
from edge.reference_cloud.store import CloudStore

TOP_UP, TEN, TWENTY, FIFTY, HUNDRED = (card_code(number) for number in range(141, 146))
BILL, TICKETS, DROP = card_code(146), card_code(149), card_code(152)
EXACT, STOP, REFUND, HOLD, RECALL, UNDO = (card_code(number) for number in (102, 190, 110, 107, 108, 105))
OTHER, TAB, TRAIN, CANCEL = card_code(103), card_code(128), card_code(187), card_code(106)
ALL, POST_VOID = "ZZ2066", "ZZ2028"
PHONE = "13800138000"
CHANCE = Random(7)


def phone(plan: int | str) -> str:
    """A phone whose provider does as the reference cloud's plan says."""
    return f"138001380{plan:02d}" if isinstance(plan, int) else f"138001380{plan}"


class ServiceBench(LinkBench):
    ctr = 0

    def __init__(self, folder: Path, habits: Habits | None = None, **more: Any) -> None:
        store = CloudStore(folder.parent / "cloud.db")
        store.open()
        self._heard: dict[str, int] = {}
        self._store = store
        self._providers: Providers | None = None
        self._licensed = more.pop("licensed", True)
        worn = habits or Habits(command_keys=KEYS)
        super().__init__(folder, habits=replace(worn, licence_keys=keys_of_all(worn.platforms)), **more)

    def boot(self) -> None:
        super().boot()
        if self._licensed:
            license_all(self.licences)

    @property
    def providers(self) -> Providers:
        """Behind the cloud; they count the shop's own time."""
        if self._providers is None:
            self._providers = Providers(self._store, self.clock)
        return self._providers

    # --- the cloud -------------------------------------------------------------------------------------------------

    def asked(self, kind: str = wire.QUOTE) -> list[Request]:
        return [request for request in self.sent("req") if request.type == kind]

    def answer(self, request: Request, **other: Any) -> None:
        """What the providers say, if they hear it; `other` is said instead in `out`."""
        self._heard[request.cid] = self._heard.get(request.cid, 0) + 1
        for response in self.providers.answer(request):
            told = response.wire()
            if other and told.get("out") is not None:
                told["out"] = told["out"] | other
            self.hear(Down.RES, {key: value for key, value in told.items() if key not in ("v", "tid")})

    def say(self, request: Request, state: str, **out: Any) -> None:
        """Something that no provider has said."""
        told = {"soid": request.args["soid"], "cur": "CNY"} | out
        self.hear(Down.RES, {"cid": request.cid, "ok": True, "state": state, "out": told})

    def refuse(self, request: Request, code: str, *, retry: bool = False) -> None:
        err = {"code": code, "msg": "no", "retry": retry}
        self.hear(Down.RES, {"cid": request.cid, "ok": False, "err": err})

    def news(self) -> None:
        """What time has brought at the providers is told."""
        ends, late = self.providers.due()
        for response in ends:
            self.hear(Down.RES, {key: value for key, value in response.wire().items() if key not in ("v", "tid")})
        for _, told in late:
            self.signed_news(told)

    def signed_news(self, told: dict[str, Any]) -> None:
        """The notice service.changed."""
        self.command(wire.CHANGED, told)

    def command(self, kind: str, args: dict[str, Any]) -> str:
        """One that is signed; its cid."""
        self.ctr += 1
        now = self.clock.wall()
        command = {
            "v": 1, "tid": TID, "cid": uuid7(now, CHANCE), "type": kind, "iat": iso_ms(now), "ttl_s": 60,
            "args": args, "by": "svc:orders", "nonce": self.link.nonce(), "ctr": self.ctr,
        }  # fmt: skip
        self.hear_raw({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})
        return str(command["cid"])

    def hear_unasked(self, order: ServiceOrder, state: str, **out: Any) -> None:
        """An answer under the order's own id to a question that nobody asked."""
        told = {"soid": order.id, "cur": "CNY", "price": order.price} | out
        self.hear(Down.RES, {"cid": order.id, "ok": True, "state": state, "out": told})

    def serve(self, seconds: float = 1.0) -> None:
        """The cloud hears and answers everything for so long."""
        until = self.clock.mono_s + seconds
        while self.clock.mono_s < until:
            for request in self._unheard():
                self.answer(request)
            self.pass_s(0.5)
            self.news()

    def _unheard(self) -> list[Request]:
        """Not answered yet; the same question may come many times."""
        asked = [request for request in self.sent("req") if request.type in KINDS]
        times = Tally(request.cid for request in asked)
        return [request for request in asked if self._heard.get(request.cid, 0) < times[request.cid]]

    # --- the customer ----------------------------------------------------------------------------------------------

    def quote(self, number: str = PHONE, amount: str = TEN) -> ServiceOrder:
        """Card, number, amount, Enter; the provider's price."""
        before = len(self.asked())
        self.card(TOP_UP)
        self.keys(f"{number}E")
        self.card(amount)
        self.keys("E")
        assert len(self.asked()) == before + 1, f"nothing was asked: {self.prompts[-3:]}"
        self.answer(self.asked()[-1])
        return self.orders()[-1]

    def in_bill(self, number: str = PHONE, amount: str = TEN) -> ServiceOrder:
        order = self.quote(number, amount)
        self.keys("E")
        return order

    def bill(self, number: str) -> ServiceOrder:
        """Card, number, Enter; what the biller says is to be paid."""
        self.card(BILL)
        self.keys(f"{number}E")
        self.answer(self.asked()[-1])
        return self.orders()[-1]

    def travel(self, token: str = "TRIP-k7Q2-00") -> ServiceOrder:
        """Card, the code of an app; what the journey costs."""
        self.card(TICKETS)
        self.scan(token)
        self.answer(self.asked()[-1])
        return self.orders()[-1]

    def ticket(self, token: str = "TRIP-k7Q2-00", *, pay: str = EXACT) -> ServiceOrder:
        """Sold and done."""
        order = self.travel(token)
        self.keys("E")
        self.card(pay)
        self.serve(2)
        return self.order(order.id)

    def paid(self, number: str = PHONE, amount: str = TEN) -> ServiceOrder:
        """In cash, exactly; and submitted."""
        order = self.in_bill(number, amount)
        self.card(EXACT)
        return self.order(order.id)

    def slip(self, order: ServiceOrder) -> str:
        """The text of its slip's barcode."""
        return slip_code(OwnSlip(SlipKind.SERVICE, order.slip))

    # --- what is known ---------------------------------------------------------------------------------------------

    def orders(self) -> list[ServiceOrder]:
        """Those that the journal tells of, as the ledger has them, the newest last."""
        ids = dict.fromkeys(row["data"]["soid"] for row in self.records("service.quoted"))
        return [self.order(order_id) for order_id in ids]

    def order(self, order_id: str) -> ServiceOrder:
        tx = self.begin()
        found: ServiceOrder | None = tx.services.find(order_id)
        tx.rollback()
        assert found is not None, f"there is no order {order_id}"
        return found

    def state(self, order: ServiceOrder) -> ServiceState:
        return self.order(order.id).state

    def counter(self) -> Counter:
        tx = self.begin()
        found: Counter = tx.counter
        tx.rollback()
        return found

    def told(self) -> list[str]:
        """What the journal tells of service orders, in order."""
        kinds = [row["type"] for row in self.records()]
        told = [kind.removeprefix("service.") for kind in kinds if kind.startswith("service.")]
        return [kind for kind in told if kind != "refused"]

    def refused(self) -> list[str]:
        """What the journal tells of refusals: the prompts that were said."""
        return [row["data"]["why"] for row in self.records("service.refused")]

    def slips(self, word: str) -> list[str]:
        """Print jobs that the ledger has, by a word on their paper."""
        rows = self.ledger._connection.execute("SELECT slip FROM print_job ORDER BY id").fetchall()
        return [slip for (slip,) in rows if slip and word in slip]

    def papers(self, word: str) -> list[str]:
        """What went to the printer, by a word on it."""
        return [str(job.slip) for job in self.printed if word in str(job.slip)]


def open_shop(folder: Path, **more: Any) -> ServiceBench:
    """Online, paper in the printer, and nothing said yet."""
    shop = ServiceBench(folder, **more)
    shop.printer_ready()
    online(shop)
    shop.hush()
    return shop
