"""A counter where customers send parcels: a scale, a courier, and the reference cloud's carriers behind a slow line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from counter_bench import Habits
from device_bench import build_worker
from licence_services import keys_of_all, license_all
from parcel_bench import STEP_S, ParcelBench

from edge.codec import wire_parcel as wire
from edge.codec.command_card import card_code
from edge.codec.topics import Down
from edge.codec.wire_up import Request
from edge.messages import Weigh, WeightTaken
from edge.model.parcel import Parcel
from edge.model.shipment import Shipment
from edge.reference_cloud.sending import Sending
from edge.reference_cloud.store import CloudStore
from edge.sim.ports import SimPorts
from edge.sim.scale import SETTLE_S, ScaleModel

SEND, EXACT, STOP, REFUND, HOLD, RECALL = (card_code(number) for number in (136, 102, 190, 110, 107, 108))
ALL, POST_VOID, UNDO, TAB, OTHER = "ZZ2066", "ZZ2028", card_code(105), card_code(128), card_code(103)
SF = "SEND:SF:张三 13812345678:k7Q2"
JD = "SEND:JD:李四 13900004321:p0Zw"
POST = "SEND:CHINA_POST:王五 13700009876:m1Nb"
SETTLED_S = SETTLE_S + 0.5


class SendBench(ParcelBench):
    """`scale` is the model, unless there is none. The cloud answers when told to."""

    def __init__(self, folder: Path, *, scale: bool = True, **more: Any) -> None:
        self.scale = ScaleModel("ascii")
        self._has_scale = scale
        self._scale_worker: Any = None
        self._scale_ports: SimPorts | None = None
        self.asked: list[Request] = []
        store = CloudStore(folder.parent / "cloud.db")
        store.open()
        self.carriers = Sending(store)
        habits = more.pop("habits", None) or Habits(parcels=True, scale="scale" if scale else None)
        self._licensed = more.pop("licensed", True)
        super().__init__(folder, habits=replace(habits, licence_keys=keys_of_all()), boards=1, **more)

    def boot(self) -> None:
        if self._scale_worker is not None:
            self._scale_worker.close()
        if self._scale_ports is None:
            self._scale_ports = SimPorts(self.clock)
            self._scale_ports.add("scale", self.scale)
        worker = self._scale_worker = build_worker(
            "scale_serial", {"port": "sim://scale", "protocol": "ascii"}, name="scale",
            post=lambda message: self.bus.post(message), clock=self.clock, ports=self._scale_ports, patience_s=0.0,
            idle_s=float("inf"),
        )  # fmt: skip
        super().boot()
        if self._licensed:
            license_all(self.licences)
        if self._has_scale:
            self.bus.route(Weigh, worker.submit)
            self.bus.route(WeightTaken, worker.submit)

    def pass_s(self, seconds: float) -> None:
        until = self.clock.mono_s + seconds
        while self.clock.mono_s < until - 1e-9:
            super().pass_s(min(STEP_S, until - self.clock.mono_s))
            if self._has_scale:
                self._scale_worker.step(self.clock.mono())
                self.bus.run_pending()
        super().pass_s(max(0.0, until - self.clock.mono_s))

    # --- the customer ----------------------------------------------------------------------------------------------

    def put_on(self, grams: int) -> None:
        self.scale.put_on(grams)
        self.pass_s(SETTLED_S)

    def take_off(self) -> None:
        self.scale.take_off()
        self.pass_s(SETTLED_S)

    def ask(self, token: str = SF, grams: int = 1_250) -> Request:
        """Card, code, weight: the question that left."""
        before = len(self.questions)
        self.scan(SEND, token)
        if self._has_scale:
            self.put_on(grams)
            self.take_off()
        else:
            self.keys(f"{grams}E")
        assert len(self.questions) == before + 1, f"nothing was asked: {self.prompts[-3:]}"
        return self.questions[-1]

    def quote(self, token: str = SF, grams: int = 1_250) -> wire.Quote:
        """The same, and the carrier's answer."""
        request = self.ask(token, grams)
        self.answer(request)
        quote = wire.read_quote(self.carriers.answer(request).out)
        assert quote is not None
        return quote

    def in_basket(self, token: str = SF, grams: int = 1_250) -> wire.Quote:
        quote = self.quote(token, grams)
        self.keys("E")
        return quote

    def labelled(self, token: str = SF, grams: int = 1_250) -> wire.Quote:
        """Paid in cash."""
        quote = self.in_basket(token, grams)
        self.card(EXACT)
        return quote

    def accepted(self, token: str = SF, grams: int = 1_250) -> wire.Quote:
        quote = self.labelled(token, grams)
        self.scan(quote.waybill)
        return quote

    # --- the cloud -------------------------------------------------------------------------------------------------

    @property
    def questions(self) -> list[Request]:
        return [request for request in self.sent("req") if request.type == wire.QUOTE]

    def answer(self, request: Request, **other: Any) -> None:
        """What the carriers say; `other` is said instead of what they say."""
        response = self.carriers.answer(request).wire()
        if other and response.get("out") is not None:
            response["out"] = response["out"] | other
        self.hear(Down.RES, {key: value for key, value in response.items() if key not in ("v", "tid")})

    def refuse(self, request: Request, code: str, *, retry: bool) -> None:
        err = {"code": code, "msg": "no", "retry": retry}
        self.hear(Down.RES, {"cid": request.cid, "ok": False, "err": err})

    # --- what is known ---------------------------------------------------------------------------------------------

    def shipment(self, parcel_id: str) -> Shipment | None:
        tx = self.begin()
        found: Shipment | None = tx.shipments.find(parcel_id)
        tx.rollback()
        return found

    def sent_parcel(self, parcel_id: str) -> Parcel | None:
        tx = self.begin()
        found: Parcel | None = tx.parcels.find(parcel_id)
        tx.rollback()
        return found

    def slips(self, word: str) -> list[str]:
        """Print jobs that the ledger has, by a word on their paper."""
        rows = self.ledger._connection.execute("SELECT slip FROM print_job ORDER BY id").fetchall()
        return [slip for (slip,) in rows if slip and word in slip]


__all__ = ["ALL", "EXACT", "HOLD", "JD", "OTHER", "POST", "POST_VOID", "RECALL", "REFUND", "SEND", "SF", "STOP", "TAB"]
