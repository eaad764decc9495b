"""What an app shows at the parcel desk: the cloud says whose it is, with its signature, or nothing opens (row 59)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import TID, Habits
from lossy_world import World
from parcel_bench import IN, OPENS_S, OUT, STOP, ParcelBench, waybill
from test_jws import KEYS, SECRET
from word_bench import CHANCE

from edge.clock import iso_ms
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.codec.wire_parcel import Expected
from edge.model.counter import Waiting
from edge.model.ids import uuid7
from edge.model.parcel import ParcelState
from edge.reference_cloud.seal import Signer

A, B, C = waybill(1), waybill(2), waybill(3)
ME, COURIER = "ME:r1:k7Q2", "COURIER:SF:sf-2291:小李:k7Q2"
KID = "cmd-2026q4"
ANSWER_S = 12.5
OTHERS = waybill(9, "YT")[:15]


class Desk(World[ParcelBench]):
    """A station, and a cloud that signs. A lies in cell 1, B on the shelf, both of r1; C of r2 in cell 2."""

    def __init__(self, folder: Path) -> None:
        shop = ParcelBench(folder / "shop", habits=Habits(parcels=True, command_keys=KEYS))
        super().__init__(folder, 1, shop, signer=Signer(KID, SECRET.private_bytes_raw()))
        self.network.loss = self.network.doubled = 0.0
        self.network.longest_s = 0.3
        whose = [(A, "r1"), (B, "r1"), (C, "r2")]
        self.cloud.parcels.address(
            TID, [Expected(parcel=f"p{n}", waybill=number, to=to, tail="5678") for n, (number, to) in enumerate(whose)]
        )
        shop.dial()
        shop.up()
        self.wait(5)
        shop.courier()
        self._into_cell(A, 1)
        self._into_cell(C, 2)
        shop.keys("0E")
        shop.scan(B)
        shop.card(STOP)
        self.wait(5)
        shop.hush()

    def _into_cell(self, number: str, door: int) -> None:
        self.shop.keys("1E")
        self.shop.scan(number)
        self.shop.pass_s(OPENS_S)
        self.shop.put_in(door)

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.5)):
            self.turn()

    def show(self, card: str, token: str) -> None:
        self.shop.card(card)
        self.shop.scan(token)
        self.wait(3)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    """Online, with a cloud made by hand, and A in cell 1."""
    shop = ParcelBench(tmp_path / "shop", habits=Habits(parcels=True, command_keys=KEYS))
    shop.go_online()
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.card(STOP)
    shop.hush()
    return shop


def grant(shop: ParcelBench, args: dict[str, Any], **other: Any) -> dict[str, Any]:
    """A command parcel.grant as the cloud would sign it, `other` apart."""
    now = shop.clock.wall()
    plain = {
        "v": 1, "tid": TID, "cid": uuid7(now, CHANCE), "type": "parcel.grant", "iat": iso_ms(now), "ttl_s": 30,
        "args": args, "by": "svc:parcels", "nonce": shop.link.nonce(), "ctr": 1,
    }  # fmt: skip
    return plain | other


def asked(shop: ParcelBench) -> str:
    """The cid of the newest question."""
    cid: str = [req.cid for req in shop.sent("req") if req.type == "parcel.authorize"][-1]
    return cid


def answer(shop: ParcelBench, command: dict[str, Any], *, kid: str = KID) -> None:
    jws = write_jws(command, kid=kid, sign=SECRET.sign)
    shop.hear(Down.RES, {"cid": asked(shop), "ok": True, "out": {"grant": jws}})
    shop.pass_s(OPENS_S)


# --- recipients ------------------------------------------------------------------------------------------------------


def test_an_identity_code_opens_all_that_lies_here_for_its_person_and_nothing_else(desk: Desk) -> None:
    shop, before = desk.shop, len(desk.shop.pulsed)
    desk.show(OUT, ME)
    assert shop.open_doors == [1] and "app.wait" in shop.prompts
    shop.take_out(1)
    assert shop.waits_for() is Waiting.RELEASE
    shop.scan(B)
    assert [shop.known(number).state for number in (A, B)] == [ParcelState.PICKED_UP] * 2
    assert shop.known(C).state is ParcelState.STORED
    assert shop.pulsed[before:] == [1]
    assert [row["data"]["how"] for row in shop.records("parcel.collected")] == ["app", "app"]


def test_a_code_that_was_used_opens_nothing_a_second_time(desk: Desk) -> None:
    shop = desk.shop
    desk.show(OUT, ME)
    shop.take_out(1)
    shop.card(STOP)
    pulses = len(shop.pulsed)
    desk.show(OUT, ME)
    assert (shop.prompts[-1], len(shop.pulsed)) == ("app.refused", pulses)
    assert shop.known(B).state is ParcelState.STORED


def test_three_codes_that_are_nobodys_lock_the_scanner_as_wrong_pick_up_codes_do(desk: Desk) -> None:
    for n in range(3):
        desk.show(OUT, f"ME:nobody:{n:04d}")
        assert desk.shop.prompts[-1] == "app.refused"
    desk.show(OUT, ME)
    assert (desk.shop.prompts[-1], desk.shop.open_doors) == ("parcel.locked", [])


def test_the_token_is_in_the_question_and_nowhere_else(desk: Desk, tmp_path: Path) -> None:
    desk.show(OUT, ME)
    desk.shop.take_out(1)
    desk.show(IN, COURIER)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert A.encode() in kept, "the search finds what is there"
    for token in (ME, COURIER):
        assert token.encode() not in kept


def test_whoever_has_nothing_here_is_told_so(desk: Desk) -> None:
    desk.shop.code(desk_code(desk, C))
    desk.wait(2)
    desk.shop.take_out(2)
    desk.show(OUT, "ME:r2:k7Q2")
    assert (desk.shop.prompts[-1], desk.shop.open_doors) == ("app.nothing", [])


def desk_code(desk: Desk, number: str) -> str:
    found: str = next(message.code for message in desk.cloud.parcels.messages(TID) if message.waybill == number)
    return found


def test_without_a_network_the_code_is_keyed(shop: ParcelBench) -> None:
    shop.down()
    shop.card(OUT)
    shop.scan(ME)
    assert (shop.prompts[-1], shop.waits_for()) == ("app.offline", Waiting.PICKUP)


def test_without_an_answer_the_code_is_keyed_and_a_late_one_opens_nothing(shop: ParcelBench) -> None:
    shop.card(OUT)
    shop.scan(ME)
    shop.pass_s(ANSWER_S)
    assert shop.prompts[-1] == "app.late"
    answer(shop, grant(shop, {"req": asked(shop), "waybills": [A]}))
    assert (shop.open_doors, shop.sent("res")) == ([], [])


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("another terminal's", {"tid": "T0000000"}),
        ("another session's", {"nonce": "A" * 22}),
        ("a counter that was used", {"ctr": 0}),
        ("another command", {"type": "cat.sync"}),
        ("a grant that is over", {"iat": "2020-01-01T00:00:00.000Z"}),
    ],
)
def test_a_grant_not_for_here_and_now_opens_nothing(shop: ParcelBench, what: str, other: dict[str, Any]) -> None:
    shop.card(OUT)
    shop.scan(ME)
    answer(shop, grant(shop, {"req": asked(shop), "waybills": [A]}, **other))
    assert (shop.open_doors, shop.known(A).state) == ([], ParcelState.STORED), what


@pytest.mark.parametrize(
    "args",
    [
        {"waybills": [A]},
        {"req": "0190d6c4-0000-7000-8000-000000000000", "waybills": [A]},
        {"waybills": [], "courier": {"id": "sf-1", "name": "小李", "hours": 1}},
        {"waybills": [A], "courier": {"id": "sf-1", "name": "小李", "hours": 1}},
    ],
    ids=["of no question", "of another question", "of a courier", "of both"],
)
def test_a_grant_of_something_else_opens_nothing(shop: ParcelBench, args: dict[str, Any]) -> None:
    shop.card(OUT)
    shop.scan(ME)
    own = {} if "req" in args or args == {"waybills": [A]} else {"req": asked(shop)}
    answer(shop, grant(shop, own | args))
    assert (shop.open_doors, shop.sent("res")[-1].wire()["state"]) == ([], "rejected")


def test_an_answer_that_nobody_signed_opens_nothing(shop: ParcelBench) -> None:
    shop.card(OUT)
    shop.scan(ME)
    shop.hear(Down.RES, {"cid": asked(shop), "ok": True, "out": {"waybills": [A]}})
    assert (shop.prompts[-1], shop.open_doors) == ("app.refused", [])
    shop.scan(ME + "2")
    answer(shop, grant(shop, {"req": asked(shop), "waybills": [A]}), kid="of-somebody-else")
    assert shop.open_doors == []


def test_the_same_grant_twice_opens_once(shop: ParcelBench) -> None:
    shop.card(OUT)
    shop.scan(ME)
    command, before = grant(shop, {"req": asked(shop), "waybills": [A]}), len(shop.pulsed)
    answer(shop, command)
    shop.take_out(1)
    answer(shop, command)
    assert shop.pulsed[before:] == [1]


# --- couriers --------------------------------------------------------------------------------------------------------


def test_a_courier_logs_in_with_the_app_and_is_the_same_one_with_the_next_code(desk: Desk) -> None:
    shop = desk.shop
    desk.show(IN, COURIER)
    desk.show(IN, waybill(4))
    shop.card(STOP)
    desk.show(IN, COURIER.replace("k7Q2", "zz88"))
    shop.scan(waybill(5))
    by = {shop.known(number).by for number in (waybill(4), waybill(5))}
    assert len(by) == 1 and shop.badges.find(by.pop()) is not None
    assert [row["data"]["role"] for row in shop.records("auth.ok")[-2:]] == ["courier", "courier"]


def test_the_same_code_opens_the_desk_without_a_network_with_less_rights_until_its_hours_are_over(desk: Desk) -> None:
    shop = desk.shop
    desk.show(IN, COURIER)
    shop.scan(waybill(4))
    shop.card(STOP)
    (badge,) = [badge for badge in shop.badges.all() if badge.expires_at]
    assert badge.carrier == "SF"
    shop.down()
    desk.show(IN, COURIER)
    assert shop.waits_for() is Waiting.PARCEL_IN
    shop.scan(waybill(5))
    assert shop.known(waybill(5)).by == badge.id
    known = shop.badges.find(badge.id)
    assert known is not None and known.carrier == "", "nobody else's parcels go along"
    shop.card(STOP)
    shop.sleep_s(12 * 3600)
    desk.show(IN, COURIER)
    assert shop.prompts[-1] == "app.no_badge"


def test_a_courier_whose_badge_was_revoked_here_stays_out(desk: Desk) -> None:
    shop = desk.shop
    desk.show(IN, COURIER)
    shop.card(STOP)
    (badge,) = [badge for badge in shop.badges.all() if badge.expires_at]
    shop.badges.keep(badge.revoked(shop.clock.wall()))
    desk.show(IN, COURIER.replace("k7Q2", "zz88"))
    assert shop.prompts[-1] == "badge.revoked"
    shop.scan(waybill(5))
    assert shop.known(waybill(5)).by == "", "the shop's own hands may go on"


def test_at_a_desk_that_has_begun_another_code_is_no_courier(desk: Desk) -> None:
    shop, asked_before = desk.shop, len(desk.shop.sent("req"))
    shop.courier()
    shop.scan(COURIER)
    assert (shop.prompts[-1], len(shop.sent("req"))) == ("scan.unknown", asked_before)
