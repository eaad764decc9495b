"""A certificate is renewed at two thirds of its life, and whenever the power goes there is a whole pair (row 10)."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from identity_bench import TWO, Fleet
from renewal_bench import HOUR_S, PowerCut, RenewalBench

from edge.clock import iso_ms
from edge.codec.certificate import CertificateFacts
from edge.messages import Refusal
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.link import Phase


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def shop(tmp_path: Path, fleet: Fleet) -> RenewalBench:
    return RenewalBench(tmp_path / "shop", fleet)


def renewed(shop: RenewalBench) -> list[dict[str, object]]:
    return [row["data"] for row in shop.records("cert.renewed")]


def test_at_two_thirds_there_is_a_new_one(shop: RenewalBench) -> None:
    shop.live(hours=1)
    now = shop.present()
    assert now.serial != shop.first.serial
    assert shop.tried == [(False, shop.first.serial), (True, now.serial)], "the old one, then the new one"
    assert shop.link.phase is Phase.ONLINE
    assert renewed(shop) == [{"old": shop.first.serial, "new": now.serial, "ends": iso_ms(now.ends_at)}]
    assert next(hello.cert_exp for hello in shop.sent("hello")) == iso_ms(shop.first.ends_at)
    assert shop.sign_requests[0].args["cur_serial"] == shop.first.serial
    shop.down()
    shop.live(hours=1)
    assert shop.tried[2:] == [(False, now.serial)]
    assert shop.sent("hello")[-1].cert_exp == iso_ms(now.ends_at)


def test_the_old_key_is_gone_and_the_new_one_is_its_owners(shop: RenewalBench) -> None:
    shop.live(hours=1)
    keys = sorted(shop.keys_folder.rglob("key.pem"))
    assert [key.parent.name for key in keys if not key.parent.is_symlink()] == ["pair-2"]
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600


def test_before_that_nothing_is_asked(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet, days_old=264)
    shop.live(hours=12)
    assert shop.sign_requests == []
    assert shop.steps == []
    shop.live(hours=14)
    assert len(renewed(shop)) == 1


def test_the_boxs_own_clock_does_not_matter(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet, days_old=1)
    shop.live(hours=0.1)
    right = shop.clock.at
    shop.clock.at = right.replace(year=right.year + 10)
    shop.live(hours=3)
    assert shop.sign_requests == []


STEPS = ("folder", "next", "key", "request", "roots", "certificate", "swapped", "tidied")
"""Of one renewal, in this order."""


@pytest.mark.parametrize("step", range(len(STEPS)), ids=STEPS)
def test_a_power_cut_at_a_step_leaves_a_whole_pair_and_the_renewal_goes_on(step: int, shop: RenewalBench) -> None:
    shop.cut_at = step
    with pytest.raises(PowerCut, match=STEPS[step]):
        shop.live()
    shop.cut_at = None
    shop.restart()
    at_the_cut = shop.present().serial
    assert (at_the_cut == shop.first.serial) == (step < STEPS.index("swapped"))
    shop.live()
    assert shop.link.phase is Phase.ONLINE
    now = shop.present()
    assert now.serial != shop.first.serial
    assert [(told["old"], told["new"]) for told in renewed(shop)] == [(shop.first.serial, now.serial)], "told once"
    assert shop.shelf.next() is None
    keys = {path.resolve() for path in shop.keys_folder.rglob("key.pem")}
    assert len(keys) == 1 or step >= STEPS.index("swapped"), "an old key is tidied away at the latest with the next one"


def test_a_whole_renewal_has_these_steps(shop: RenewalBench) -> None:
    shop.live()
    assert tuple(shop.steps) == STEPS


@pytest.mark.parametrize("turn", range(12))
def test_a_power_cut_between_two_messages_costs_nothing(turn: int, shop: RenewalBench) -> None:
    for _ in range(turn):
        shop.turn()
    shop.restart()
    shop.present()
    shop.live()
    assert len(renewed(shop)) == 1
    assert shop.link.phase is Phase.ONLINE
    assert shop.present().serial == renewed(shop)[0]["new"]


def test_a_new_one_that_is_not_taken_costs_the_shop_seconds_an_hour_and_is_given_up(shop: RenewalBench) -> None:
    def first_only(facts: CertificateFacts) -> bool:
        return facts.serial == shop.first.serial

    shop.takes = first_only
    shop.live(hours=3.5)
    tried = [serial for next_pair, serial in shop.tried if next_pair]
    assert len(tried) == 3
    assert len(set(tried)) == 1
    assert shop.present().serial == shop.first.serial
    assert shop.link.phase is Phase.ONLINE
    assert shop.prompts.count("cloud.refused") == 0, "nobody needs to be called: the box is online"
    shop.live(hours=2)
    tried = [serial for next_pair, serial in shop.tried if next_pair]
    assert len(set(tried)) == 2, "another key, another certificate"
    shop.takes = lambda _: True
    shop.live(hours=2)
    assert len(renewed(shop)) == 1


def test_without_a_welcome_it_goes_back_in_two_minutes(shop: RenewalBench) -> None:
    while not (shop.link.tries_next and shop.link.phase is Phase.CONNECTING):
        shop.turn()
    shop.up()
    shop.pass_s(130)
    assert not shop.link.tries_next
    shop.dial()
    shop._meet()
    assert shop.tried[-1] == (False, shop.first.serial)


def test_a_network_that_breaks_in_the_middle_is_nobodys_fault(shop: RenewalBench) -> None:
    while not (shop.link.tries_next and shop.link.phase is Phase.CONNECTING):
        shop.turn()
    shop.down(Refusal.NETWORK)
    shop.live(hours=1.5)
    assert len(renewed(shop)) == 1


def test_who_is_refused_asks_again_in_an_hour(shop: RenewalBench) -> None:
    shop.signs = False
    shop.live(hours=0.9)
    assert len(shop.sign_requests) == 1
    shop.live(hours=1)
    assert len(shop.sign_requests) == 2
    assert len({request.args["csr"] for request in shop.sign_requests}) == 1, "for the key that waits already"
    shop.signs = True
    shop.live(hours=1.5)
    assert len(renewed(shop)) == 1


def test_an_answer_that_does_not_come_is_asked_for_under_the_same_cid(shop: RenewalBench) -> None:
    shop.heeds = False
    shop.live(hours=0.1)
    assert len(shop.sign_requests) >= 4
    assert len({request.cid for request in shop.sign_requests}) == 1
    shop.down()
    shop.live(hours=0.1)
    shop.heeds = True
    shop.live(hours=1)
    assert len(renewed(shop)) == 1


def test_what_does_not_fit_the_key_is_thrown_away(shop: RenewalBench, fleet: Fleet) -> None:
    shop.heeds = False
    while not shop.sign_requests:
        shop.turn()
    foreign = fleet.sign(TWO, ec.generate_private_key(ec.SECP256R1()))
    shop.told(shop.sign_requests[0].cid, foreign.pem.decode())
    shop.live(hours=0.5)
    assert shop.present().serial == shop.first.serial
    assert shop.shelf.next() is None
    shop.heeds = True
    shop.live(hours=2)
    assert len(renewed(shop)) == 1


@pytest.mark.parametrize("out", [{}, {"certificate": 7}, {"certificate": "x" * 5_000}])
def test_an_answer_that_says_nothing_changes_nothing(out: dict[str, object], shop: RenewalBench) -> None:
    shop.heeds = False
    while not shop.sign_requests:
        shop.turn()
    from edge.codec.topics import Down

    shop.hear(Down.RES, {"cid": shop.sign_requests[0].cid, "ok": True, "out": out})
    shop.live(hours=0.5)
    assert shop.present().serial == shop.first.serial


def test_a_box_that_was_off_for_too_long_comes_with_its_old_key(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet, days_old=600)
    shop.takes = lambda facts: facts.ends_at > shop.clock.at
    shop.opens = False
    shop.live(hours=3)
    assert 2 <= shop.knocks <= 4, "no more than once an hour"
    shop.sell()
    shop.opens = True
    shop.live(hours=2)
    assert shop.link.phase is Phase.ONLINE
    assert len(renewed(shop)) == 1
    assert shop.present().serial == renewed(shop)[0]["new"]
    assert shop.sign_requests == []


def test_a_box_that_is_refused_for_another_reason_does_not_knock(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet, days_old=10)
    shop.takes = lambda _: False
    shop.live(hours=3)
    shop.clock.disciplined = False
    shop.clock.at += timedelta(days=4_000)
    shop.live(hours=3)
    assert shop.knocks == 0


class Rotate:
    """Have cert.rotate carried out."""


def test_the_cloud_may_ask_for_a_new_one_at_any_time(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet, days_old=1)
    shop.live(hours=0.1)
    answers: list[Answered] = []

    def rotate(_: Rotate, tx: Transaction) -> None:
        answers.append(shop.renewal.rotate(Ordered("c1", "cert.rotate", {}, "user:ops", shop.clock.wall()), tx))

    shop.bus.on(Rotate, rotate)
    shop.tell(Rotate())
    shop.live(hours=0.5)
    assert answers[0].state == "done"
    assert answers[0].out == {"serial": shop.first.serial}
    assert len(renewed(shop)) == 1
    shop.live(hours=5)
    assert len(renewed(shop)) == 1, "once"


def test_a_box_with_somebody_elses_certificate_says_so(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet)
    key = ec.generate_private_key(ec.SECP256R1())
    (shop.keys_folder / "current" / "cert.pem").write_bytes(fleet.sign(TWO, key).pem)
    shop.restart()
    shop.run_jobs()
    problems = [text for text in shop.health.snapshot(shop.begin(), 1).problems if text.startswith("cloud")]
    assert problems == [f"cloud: cannot know this box: its certificate is {TWO}'s, and it is T7K3M9Q2: enrol it anew"]


def test_a_certificate_that_ends_within_a_month_is_a_problem(tmp_path: Path, fleet: Fleet) -> None:
    shop = RenewalBench(tmp_path / "shop", fleet, days_old=366)
    shop.signs = False

    def problems() -> list[str]:
        return [text for text in shop.health.snapshot(shop.begin(), 1).problems if text.startswith("cloud")]

    shop.live(hours=12)
    assert problems() == []
    shop.live(hours=24)
    assert problems() == [f"cloud: this box's certificate ends on {shop.first.ends_at:%Y-%m-%d} and was not renewed"]
    shop.signs = True
    shop.live(hours=2)
    assert problems() == []


def test_days_are_short(shop: RenewalBench) -> None:
    """The bench itself: an hour of it is an hour."""
    before = shop.clock.mono_s
    shop.live(hours=1)
    assert HOUR_S <= shop.clock.mono_s - before < 2 * HOUR_S
