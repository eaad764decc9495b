"""A counter where people ask for loans: the reference cloud's lender behind a line that a test holds in its hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from counter_bench import Habits
from licence_services import keys_of_all, license_all
from link_bench import LinkBench

from edge.codec.command_card import card_code
from edge.codec.topics import Down
from edge.codec.wire_up import Request
from edge.model.loan import Loan
from edge.reference_cloud.lender import Lender
from edge.reference_cloud.store import CloudStore
from edge.services.loan_desk import HEARD_S

LOAN, STOP, CANCEL, SHIFT, CLOSE, X, UNDO = (card_code(number) for number in (150, 190, 152, 161, 162, 166, 105))


def token(plan: str, yuan: int = 2_000, tail: str = "K7Q2M9XA") -> str:
    """What the customer's app shows; the lender knows whose it is."""
    return f"AL{plan}{yuan:05d}{tail}"


class LoanBench(LinkBench):
    """The lender answers each question at once, unless it is told to be `quiet`."""

    def __init__(
        self, folder: Path, habits: Habits | None = None, *, counted: str = "3000", online: bool = True, **more: Any
    ) -> None:
        self.quiet = False
        self.answered: set[str] = set()
        store = CloudStore(folder.parent / f"lender-{folder.name}.db")
        store.open()
        self.lender_store = store
        self._lender: Lender | None = None
        super().__init__(folder, habits=replace(habits or Habits(), licence_keys=keys_of_all()), **more)
        license_all(self.licences)
        self._lender = Lender(store, self.clock)
        self.printer_ready()
        if online:
            self.go_online()
        if counted:
            self.scan(SHIFT)
            self.keys(f"{counted}EE")
        self.hush()

    @property
    def lender(self) -> Lender:
        assert self._lender is not None
        return self._lender

    # --- the line --------------------------------------------------------------------------------------------------

    @property
    def questions(self) -> list[Request]:
        return [request for request in self.sent("req") if Lender.is_asked(request)]

    def tell(self, *messages: object) -> None:
        super().tell(*messages)
        self.lend()

    def pass_s(self, seconds: float) -> None:
        """In steps, so that each question is answered before the next one."""
        while seconds > 0:
            step = min(1.0, seconds)
            super().pass_s(step)
            seconds -= step
            self.lend()

    def lend(self) -> None:
        """Each question that left is answered."""
        if self.quiet or self._lender is None:
            return
        while waiting := [request for request in self.questions if request.cid not in self.answered]:
            for request in waiting:
                self.answered.add(request.cid)
                self.say(request)

    def say(self, request: Request, **other: Any) -> None:
        """What the lender says to it; `other` is said instead of what it says in `out`, or as `state`."""
        response = self.lender.answer(request)
        self.lender_store.commit()
        if response is None:
            return
        told = response.wire()
        if "state" in other:
            told["state"] = other.pop("state")
        if other:
            told["out"] = (told.get("out") or {}) | other
        self.hear(Down.RES, {key: value for key, value in told.items() if key not in ("v", "tid")})

    # --- the customer ----------------------------------------------------------------------------------------------

    def apply(self, code: str) -> None:
        """Card and token: the offer is told."""
        self.scan(LOAN, code)
        self.pass_s(HEARD_S + 1)

    def accepted(self, code: str) -> None:
        """And the token once more, and the lender's decision."""
        self.apply(code)
        self.scan(code)
        self.pass_s(20)

    def paying(self, code: str, authorisation: str = "02000123") -> None:
        """Back with the authorisation: cash is on the counter."""
        self.accepted(code)
        self.scan(LOAN, code)
        self.keys(f"{authorisation}E")

    # --- what is known ---------------------------------------------------------------------------------------------

    @property
    def loans(self) -> list[dict[str, Any]]:
        return [row["data"] for row in self.records("service.loan")]

    @property
    def states(self) -> list[str]:
        return [loan["state"] for loan in self.loans]

    def loan(self) -> Loan:
        """The newest."""
        tx = self.begin()
        found: Loan | None = tx.loans.find(self.loans[-1]["soid"])
        tx.rollback()
        assert found is not None
        return found

    @property
    def paid_out(self) -> int:
        """Fen that the journal says went out of the drawer for lenders."""
        return sum(loan["amt"] for loan in self.loans if loan["state"] == "paid_out")
