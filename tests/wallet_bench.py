"""A counter that is online, and a cloud that answers about payments as a test makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counter_bench import COLA
from link_bench import LinkBench, online

from edge.codec.topics import Down
from edge.model.payment import Payment

ALIPAY, WECHAT, UNIONPAY, ECNY = "28" + "7" * 16, "13" + "4" * 16, "62" + "5" * 17, "01" + "6" * 17


class WalletBench(LinkBench):
    """See `LinkBench`; the cloud says of payments what a test makes it say."""

    def asked(self, kind: str = "payment.pay") -> list[Any]:
        """Requests of one kind so far."""
        return [request for request in self.sent("req") if request.type == kind]

    def answer(
        self, state: str, *, to: int = -1, kind: str = "payment.pay", amt: int | None = None, **more: Any
    ) -> None:
        """To the newest request of this kind, or another; `amt`: other than what was asked for."""
        request = self.asked(kind)[to]
        pid = request.args["pid"]
        payment = self.payment(pid)
        told = {"pid": pid, "amt": amt or payment.amount, "cur": "CNY"}
        if kind == "payment.refund":
            told |= {"rid": request.args["rid"], "amt": amt or request.args["amt"]}
        out = told | more.pop("out", {})
        self.hear(Down.RES, {"cid": request.cid, "ok": True, "state": state, "out": out} | more)

    def hear_refund(self, rid: str, pid: str, amt: int) -> None:
        """The newest question about a refund is answered: done."""
        cid = next(request.cid for request in reversed(self.asked("payment.refund")) if request.args["rid"] == rid)
        out = {"pid": pid, "rid": rid, "amt": amt, "cur": "CNY"}
        self.hear(Down.RES, {"cid": cid, "ok": True, "state": "refunded", "out": out})

    def payment(self, pid: str = "") -> Payment:
        tx = self.begin()
        found: Payment | None = tx.payments.find(pid or self.asked()[-1].args["pid"])
        tx.rollback()
        assert found is not None
        return found

    def pays(self, code: str = ALIPAY, *goods: str) -> None:
        """Goods on the counter, and a customer who shows a code."""
        self.scan(*(goods or (COLA,)))
        self.scan(code)

    def states(self) -> list[str]:
        return [row["data"]["state"] for row in self.records("payment.changed")]


def open_shop(folder: Path) -> WalletBench:
    """Online, paper in the printer, and nothing said yet."""
    shop = WalletBench(folder)
    online(shop)
    shop.printer_ready()
    shop.hush()
    return shop
