"""What a campaign sold against the weeks held out: a figure where the weeks can bear one, else none (row 92)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from campaign_bench import open_bench
from cloud_bench import TID, hello
from insight_bench import MONDAY, SIGNER, InsightBench, at
from lossy_world import Network, World
from test_jws import KEYS

from edge.codec.campaign import read_campaign
from edge.errors import WireError
from edge.model.campaign import Campaign, Wording, monday
from edge.reference_cloud.campaigns import CampaignOffice, lifts, whole_weeks, with_lot
from edge.reference_cloud.insight import insight_texts, lift_text
from edge.reference_cloud.lift import LEAST_WEEKS, Lift, lift_of
from edge.reference_cloud.main import run
from edge.reference_cloud.orders import Orders

MILK, TEA = "6900000000000", "6900000000001"
ZONE = ZoneInfo("Asia/Shanghai")
WEEKS = 10
ADVERT = Campaign(
    "milk", 1, MONDAY, MONDAY + timedelta(days=7 * WEEKS - 1), Wording("鲜奶半价", "Milk"), Wording("鲜奶半价")
)  # fmt: skip


def sold(chance: Random, mean: float) -> int:
    """About so many pieces a week, as customers come: each of many who might."""
    return sum(chance.random() < mean / 400 for _ in range(400))


def interval(lift: Lift) -> tuple[float, float]:
    assert lift.low is not None and lift.high is not None
    return lift.low, lift.high


# --- the formula -----------------------------------------------------------------------------------------------------


def test_a_clear_difference_is_told_with_its_interval() -> None:
    lift = lift_of([60, 66, 58, 70, 61, 64], [50, 49, 53, 48, 51, 47])
    assert lift.lift == pytest.approx(0.272, abs=0.001)
    low, high = interval(lift)
    assert 0.1 < low < 0.272 < high < 0.5
    assert lift.p == pytest.approx(2 / 924), "of all 924 ways to draw six weeks of twelve two are as clear"
    assert lift.is_sure


def test_a_difference_that_the_lot_makes_by_itself_is_not_sure_and_its_interval_has_nought() -> None:
    lift = lift_of([60, 50, 58, 40, 61, 64], [50, 49, 63, 48, 51, 57])
    low, high = interval(lift)
    assert low < 0 < high and not lift.is_sure


@pytest.mark.parametrize(
    ("on", "out", "why"),
    [([9] * (LEAST_WEEKS - 1), [9] * 9, "4 whole weeks"), ([9] * 9, [9] * 3, "4 whole weeks"),
     ([], [], "4 whole weeks"), ([1] * 5, [1] * 5, "pieces were sold"), ([20] * 5, [0] * 5, "pieces were sold"),
     ([0] * 5, [20] * 5, "pieces were sold")],
)  # fmt: skip
def test_where_there_is_not_enough_it_says_so_and_no_figure(on: list[int], out: list[int], why: str) -> None:
    lift = lift_of(on, out)
    assert lift == Lift(len(on), len(out), why=lift.why)
    assert "not enough data" in lift.why and why in lift.why


def test_a_campaign_that_does_nothing_is_called_sure_once_in_twenty_at_most() -> None:
    chance = Random(92)
    sure = sum(lift_of([sold(chance, 60) for _ in range(5)], [sold(chance, 60) for _ in range(5)]).is_sure
               for _ in range(300))  # fmt: skip
    assert sure <= 25, "15 are expected at most, 25 would be chance once in a hundred"


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    chance, held = Random(29), 0
    for _ in range(120):
        lift = lift_of([sold(chance, 78) for _ in range(5)], [sold(chance, 60) for _ in range(5)])
        low, high = interval(lift)
        held += low <= 0.3 <= high
    assert held >= 108


def test_many_weeks_are_drawn_by_a_seed_and_say_the_same_each_time() -> None:
    on, out = [60 + n % 5 for n in range(13)], [50 + n % 7 for n in range(13)]
    assert lift_of(on, out) == lift_of(on, out)


# --- weeks, drawn by lot ---------------------------------------------------------------------------------------------


def test_half_of_the_whole_weeks_are_held_out_by_lot() -> None:
    told = with_lot(ADVERT, Random(5))
    assert len(told.held_out) == WEEKS // 2
    assert all(day == monday(day) for day in told.held_out)
    assert with_lot(ADVERT, Random(6)).held_out != told.held_out
    assert with_lot(ADVERT, Random(5), weeks=2).held_out < set(whole_weeks(ADVERT.first, ADVERT.last))
    assert whole_weeks(date(2026, 9, 29), date(2026, 10, 11)) == [date(2026, 10, 5)]


def measured(tmp_path: Path, lift: float, *, goods: str = MILK, days: int = 7 * WEEKS) -> InsightBench:
    """Ten weeks of a shop in which the campaign sells so much more of the milk, where it runs."""
    cloud = InsightBench(tmp_path / "cloud.db", seed=3)
    campaign = with_lot(ADVERT, Random(5))
    cloud.office.publish(TID, campaign, [goods])
    cloud.store.commit()
    for n in range(days):
        day = MONDAY + timedelta(days=n)
        wanted = 10 * (1 + lift * campaign.runs_on(day))
        for piece in range(sum(cloud.chance.random() < wanted / 40 for _ in range(40))):
            cloud.sale({MILK: 1}, at(day, 8 + piece / 4))
        cloud.sale({TEA: 1}, at(day, 8))
        if campaign.runs_on(day):
            shown = {"campaign": "milk", "day": day.isoformat(), "display": 3, "voice": 2, "receipt": 9, "coupon": 0}
            cloud.tell("campaign.shown", shown, at(day, 23), stream="ev")
    cloud.flush()
    return cloud


def test_the_cloud_measures_what_a_campaign_sold_of_its_goods(tmp_path: Path) -> None:
    cloud = measured(tmp_path, 0.4)
    (one,) = lifts(cloud.report, cloud.of_shop(), today=ADVERT.last + timedelta(days=1))
    assert (one.lift.weeks_on, one.lift.weeks_out, one.shown) == (5, 5, 35)
    low, high = interval(one.lift)
    assert low <= 0.4 <= high and one.lift.is_sure
    page = list(insight_texts(cloud.report, TID, ZONE, now=at(ADVERT.last + timedelta(days=1), 1)))
    assert any("shown on 35 days, 5 weeks and 5 held out" in line for line in page)
    assert any("pieces a week against" in line and "with 95 % between" in line for line in page)


def test_of_a_campaign_that_does_nothing_it_says_that_this_may_be_chance(tmp_path: Path) -> None:
    cloud = measured(tmp_path, 0.0)
    (one,) = lifts(cloud.report, cloud.of_shop(), today=ADVERT.last + timedelta(days=1))
    low, high = interval(one.lift)
    assert low <= 0 <= high
    assert lift_text(one).endswith("this may be chance")


def test_after_six_weeks_it_says_that_there_is_not_enough(tmp_path: Path) -> None:
    cloud = measured(tmp_path, 0.4, days=42)
    (one,) = lifts(cloud.report, cloud.of_shop(), today=MONDAY + timedelta(days=42))
    assert one.lift.weeks_on + one.lift.weeks_out == 6
    assert "not enough data" in lift_text(one)


def test_weeks_in_which_insight_was_off_are_no_weeks(tmp_path: Path) -> None:
    cloud = measured(tmp_path, 0.4)
    cloud.tell("insight.switched", {"on": False}, at(MONDAY, 0), stream="ev")
    (one,) = lifts(cloud.report, cloud.of_shop(), today=ADVERT.last + timedelta(days=1))
    assert (one.lift.weeks_on, one.lift.weeks_out) == (0, 0)


# --- from the platform to the shop -----------------------------------------------------------------------------------


def test_what_the_office_signs_is_what_the_shop_reads(tmp_path: Path) -> None:
    cloud = InsightBench(tmp_path / "cloud.db")
    told = with_lot(ADVERT, Random(5))
    first = cloud.office.publish(TID, told, [MILK])
    assert read_campaign(first.args, KEYS, tid=TID) == told
    again = read_campaign(cloud.office.publish(TID, told, [MILK]).args, KEYS, tid=TID)
    assert isinstance(again, Campaign) and again.version == 2
    with pytest.raises(WireError):
        cloud.office.revoke(TID, "never-given")


def test_a_shop_shows_it_and_lets_it_go_within_a_minute_of_the_platforms_word(tmp_path: Path) -> None:
    shop = open_bench(tmp_path / "shop")
    world = World(tmp_path, 1, shop)
    world.network = Network(Random(1), loss=0.0, doubled=0.3, longest_s=2.0)
    office = CampaignOffice(
        world.store, Orders(world.store, shop.clock, Random(2)), shop.clock, SIGNER, hand_in=True
    )  # fmt: skip
    office.publish(TID, Campaign("milk", 1, date(2026, 11, 23), date(2026, 12, 20), Wording("鲜奶半价")), [MILK])
    world.store.commit()
    for _ in range(20):
        world.turn()
    running = shop.begin().campaigns.running(date(2026, 11, 23))
    assert [campaign.id for campaign in running] == ["milk"]
    office.revoke(TID, "milk")
    world.store.commit()
    begun = shop.clock.mono_s
    while shop.begin().campaigns.running(date(2026, 11, 23)):
        world.turn()
        assert shop.clock.mono_s - begun < 60
    assert shop.clock.mono_s - begun < 10


@pytest.mark.parametrize("seed", range(3))
def test_over_a_bad_network_with_cuts_it_is_revoked_in_the_end_and_never_comes_back(tmp_path: Path, seed: int) -> None:
    shop = open_bench(tmp_path / "shop")
    world = World(tmp_path, seed, shop)
    office = CampaignOffice(
        world.store, Orders(world.store, shop.clock, Random(seed)), shop.clock, SIGNER, hand_in=True
    )  # fmt: skip
    office.publish(TID, Campaign("milk", 1, date(2026, 11, 23), date(2026, 12, 20), Wording("鲜奶半价")), [MILK])
    office.revoke(TID, "milk")
    world.store.commit()
    for n in range(600):
        world.turn()
        if n % 50 == 25:
            world.sell_or_mishap()
    tx = shop.begin()
    assert tx.campaigns.version("milk") == (1, True)
    assert tx.campaigns.running(date(2026, 11, 23)) == []


def test_the_command_line_publishes_and_revokes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = InsightBench(tmp_path / "cloud.db")
    cloud.hear("hello", hello())
    cloud.store.close()
    key, file = tmp_path / "key", tmp_path / "milk.json"
    key.write_text(SIGNER.secret_line())
    file.write_text(
        '{"id": "milk", "first": "2026-11-23", "last": "2027-01-17", "display": {"zh": "鲜奶"}, "goods": ["69"]}'
    )
    common = ["--db", str(tmp_path / "cloud.db"), "--command-key", str(key), "--tid", TID]
    assert run(["campaign", "publish", *common, "--file", str(file)]) == 0
    assert run(["campaign", "revoke", *common, "--id", "milk"]) == 0
    assert len(capsys.readouterr().out.split()) == 2
    ((body, goods, revoked_at),) = cloud.report.campaigns(TID)
    assert (goods, len(body["held_out"]), revoked_at > "2026") == (["69"], 4, True)
    assert run(["campaign", "revoke", *common, "--id", "tea"]) == 2
    file.write_text('{"id": "milk", "first": "2026-11-23", "last": "2026-11-20", "goods": ["69"]}')
    assert run(["campaign", "publish", *common, "--file", str(file)]) == 2
    file.write_text('{"id": "milk"}')
    assert run(["campaign", "publish", *common, "--file", str(file)]) == 2
    assert run(["campaign", "publish", *common, "--file", str(tmp_path / "none.json")]) == 2
