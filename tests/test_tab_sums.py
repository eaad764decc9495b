"""Whatever happens at the counter, a customer owes what went on the tab, less what was paid back and what came back."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from counter_bench import COLA, NOODLES, PAD, SCANNER, TISSUES, CounterBench
from habits import Habits
from tab_bench import MEMBER, NUMBER, STRANGER, TAB, balance, confirm, enrol, on_the_tab, owed, repay

from edge.codec.command_card import card_code, receipt_code
from edge.messages import Key, KeyPressed, ScanData

REFUND, ALL, POST_VOID, HOLD, RECALL, STOP, EXACT = (
    card_code(110), "ZZ2066", "ZZ2028", card_code(107), card_code(108), card_code(190), card_code(102),
)  # fmt: skip
GOODS = (COLA, NOODLES, TISSUES)
CUSTOMERS = {NUMBER: MEMBER, Habits().members.of(STRANGER[1:-1]): STRANGER}
GESTURES = 60


def live(shop: CounterBench, chance: Random) -> None:
    """One thing that happens in a shop which gives credit, sensible or not."""
    customer = chance.choice(list(CUSTOMERS.values()))
    goods = [chance.choice(GOODS) for _ in range(chance.randint(1, 3))]
    match chance.randrange(12):
        case 0 | 1 | 2:
            on_the_tab(shop, *goods, customer=customer)
        case 3:
            shop.scan(*goods)
            shop.keys(f"{chance.randrange(5)}E")
            on_the_tab(shop, customer=customer)
        case 4 | 5:
            repay(shop, f"{chance.randrange(30)}.{chance.randrange(10)}", customer)
        case 6 | 7 if shop.sales():
            receipt = receipt_code(chance.choice(shop.sales())["receipt"])
            shop.scan(REFUND, receipt, chance.choice((ALL, *GOODS)))
            confirm(shop)
        case 8:
            shop.as_owner(POST_VOID)
            confirm(shop)
        case 9:
            shop.scan(TAB, customer)
            shop.keys(f"{chance.randrange(9)}E")
            shop.scan(chance.choice((HOLD, STOP, EXACT)), RECALL)
        case 10:
            enrol(shop, str(chance.randrange(200)), customer)
        case _:
            shop.restart(clean=chance.random() < 0.5)
    shop.scan(*chance.choice(((), (STOP,), (EXACT,))))


def journal_says(shop: CounterBench) -> dict[str, int]:
    """Every balance that a record tells, too, is what the rows before it add up to."""
    sums = dict.fromkeys(CUSTOMERS, 0)
    for row in shop.records():
        told = row["data"]
        match row["type"]:
            case "tab.charged":
                sums[told["customer"]] += told["amt"]
            case "tab.repaid":
                sums[told["customer"]] -= told["amt"]
            case "sale.refunded" | "sale.voided":
                for part in told["pay"]:
                    sums[part["ref"] if part["m"] == "tab" else NUMBER] -= part["amt"] * (part["m"] == "tab")
        if row["type"] in ("tab.charged", "tab.repaid"):
            assert told["balance"] == sums[told["customer"]], row["n"]
    return sums


def came_back(shop: CounterBench) -> None:
    """Of no sale more comes off the tab than it put on it."""
    charged = {
        row["id"]: sum(part["amt"] for part in row["data"]["pay"] if part["m"] == "tab")
        for row in shop.records("sale.completed")
    }
    for row in (*shop.records("sale.refunded"), *shop.records("sale.voided")):
        charged[row["data"]["of"]] -= sum(part["amt"] for part in row["data"]["pay"] if part["m"] == "tab")
    assert min(charged.values(), default=0) >= 0


@pytest.mark.parametrize("seed", range(10))
def test_balances_are_the_sums_of_the_journal_whatever_happens(seed: int) -> None:
    chance = Random(seed)
    with TemporaryDirectory() as folder:
        shop = CounterBench(Path(folder) / "shop", seed=seed)
        for customer in CUSTOMERS.values():
            enrol(shop, "100", customer)
        for _ in range(GESTURES):
            live(shop, chance)
            assert {number: balance(shop, number) for number in CUSTOMERS} == journal_says(shop)
        came_back(shop)
        kinds = {row["type"] for row in shop.records()}
        assert {"tab.charged", "tab.repaid", "sale.refunded"} <= kinds
        assert "err.generic" not in shop.prompts
        assert shop.verdict() == ""


# --- the power goes --------------------------------------------------------------------------------------------------


def messages(shop: CounterBench, gestures: tuple[str, ...]) -> list[ScanData | KeyPressed]:
    now = shop.clock.mono_s
    keys = {"E": Key.ENTER, "3": Key.D3}
    return [
        KeyPressed(PAD, keys[text], now + n) if text in keys else ScanData(SCANNER, text, now + n)
        for n, text in enumerate(gestures)
    ]


def cut_after(shop: CounterBench, gestures: tuple[str, ...], commits: int) -> bool:
    """The gestures one after the other; the power goes after so many messages. False: they were all handled before."""
    for message in messages(shop, gestures):
        shop.clock.pass_s(1.0)
        shop.bus.post(message)
        while shop.bus.run_once(0.0):
            commits -= 1
            if commits == 0:
                shop.restart()
                return True
    return False


@pytest.mark.parametrize("gestures", [(COLA, TAB, MEMBER, "E"), (TAB, MEMBER, "3", "E", EXACT)])
def test_the_power_can_go_after_any_commit_of_a_charge_and_of_a_repayment(
    tmp_path: Path, gestures: tuple[str, ...]
) -> None:
    """Sale and tab are one commit: both are there, or neither; and it goes on."""
    commits, cut = 0, True
    while cut:
        commits += 1
        shop = CounterBench(tmp_path / str(commits) / "shop")
        enrol(shop, "50")
        on_the_tab(shop, NOODLES)
        cut = cut_after(shop, gestures, commits)
        sales = len(shop.sales()) - 1
        moves = len(shop.records("tab.charged")) + len(shop.records("tab.repaid")) - 1
        assert moves == sales
        assert owed(shop) == journal_says(shop)[NUMBER]
        shop.card(STOP)
        shop.card(EXACT)
        on_the_tab(shop, COLA)
        assert owed(shop) == journal_says(shop)[NUMBER]
    assert commits > len(gestures)
