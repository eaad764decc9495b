"""The command cards: a file that a shop changes, and a sheet on which each card is answered."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from random import Random

import pytest
from counter_bench import BAG, COLA, NOODLES, STRANGE, STRANGE_NAME, CounterBench

from edge.bus import Bus
from edge.card_table import CardRow, load_cards, read_cards
from edge.codec.command_card import card_code
from edge.config import load_settings
from edge.errors import SettingsError
from edge.messages import Asked, Key, Say
from edge.model.card import Card, Zone
from edge.model.counter import OWNER_VERBS, Counter, Verb, Waiting
from edge.model.undo import UNDO_DEPTH
from edge.toml_file import TomlFile

CARDS = load_cards()
SHEET = [card for card in CARDS.values() if card.zone is not Zone.OWNER]
STOP, EXACT, TOTAL, UNDO = "ZZ1908", "ZZ1021", "ZZ1014", "ZZ1052"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def card_of(*, verb: Verb | None = None, key: str | None = None, value: int = 0) -> str:
    """The code of the card that asks for this."""
    return next(
        card_code(card.number) for card in CARDS.values()
        if (card.verb, card.key) == (verb, key) and value in (0, card.value)
    )  # fmt: skip


def typed(text: str) -> list[str]:
    """The digit cards of a number."""
    return [card_of(key=character) for character in text]


# --- every card is answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", SHEET, ids=lambda card: f"{card.number}")
def test_every_card_of_the_sheet_says_shows_or_does_something(shop: CounterBench, card: Card) -> None:
    for before in ((), (COLA,)):
        shop.scan(*before)
        shop.hush()
        shop.card(card_code(card.number))
        assert shop.spoken or shop.shown, f"{card.name} is not answered"
        assert "card.unknown" not in shop.prompts


def test_what_no_service_takes_up_is_told_so_once_and_changes_nothing(shop: CounterBench) -> None:
    shop.scan(COLA)
    rows = len(shop.records())
    shop.hush()
    shop.card(card_of(verb=Verb.ORDER))  # a shop where no parcels come
    assert [speech.text for speech in shop.spoken] == ["这张卡还没开通，请手工记"]
    assert (shop.lines, len(shop.records())) == ([("可乐", 300)], rows)


@pytest.mark.parametrize("value", [1000, 2000, 5000, 10_000])
def test_what_a_phone_is_to_be_charged_with_is_no_cash(shop: CounterBench, value: int) -> None:
    shop.scan(COLA)
    shop.card(TOTAL)
    shop.hush()
    shop.card(card_of(verb=Verb.TOP_UP_AMOUNT, value=value))
    assert shop.prompts == ["svc.card_first"]
    assert (shop.sales(), shop.lines) == ([], [("可乐", 300)])


@pytest.mark.parametrize("verb", [Verb.CALL_SUPPORT, Verb.CHECK_DEVICES])
def test_where_a_pencil_is_no_help_none_is_asked_for(shop: CounterBench, verb: Verb) -> None:
    shop.card(card_of(verb=verb))
    assert shop.last_words == "这张卡还没开通"


def test_a_service_that_takes_a_verb_up_needs_to_tell_nobody_of_it(shop: CounterBench) -> None:
    shop.bus.on(Asked, lambda asked, tx: tx.after_commit(Say("sale.done")) if asked.verb is Verb.ORDER else None)
    shop.card(card_of(verb=Verb.ORDER))
    assert shop.prompts[-1] == "sale.done"
    shop.card(card_of(verb=Verb.PARCEL_IN))
    assert shop.prompts[-1] == "card.later"


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_is_answered_without_a_fault(shop: CounterBench, verb: Verb) -> None:
    for before in ((), (COLA,)):
        shop.scan(*before)
        shop.hush()
        shop.tell(Asked(verb, 2, shop.clock.mono_s))
        assert shop.spoken or shop.shown
    assert "err.generic" not in shop.prompts


# --- stop and undo ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("waiting", Waiting)
@pytest.mark.parametrize("with_sale", [True, False])
@pytest.mark.parametrize("stop", [STOP, "C"])
def test_stop_ends_whatever_is_waited_for_and_keeps_the_basket(
    shop: CounterBench, waiting: Waiting, with_sale: bool, stop: str
) -> None:
    if with_sale:
        shop.scan(COLA)
    tx = shop.begin()
    tx.keep(Counter(tx.counter.sale, waiting, barcode=STRANGE, verb=Verb.OPEN_PRICE, value=90_000))
    tx.commit()
    shop.card(stop) if stop == STOP else shop.keys(stop)
    assert shop.prompts[-1] in ("flow.stopped", "flow.stopped_sale")
    tx = shop.begin()
    assert tx.counter == Counter(tx.counter.sale)
    tx.rollback()
    shop.scan(NOODLES)
    assert shop.lines == [("可乐", 300)] * with_sale + [("方便面", 450)]
    shop.card(EXACT)
    assert shop.sales()[-1]["total"] == 450 + 300 * with_sale


def test_undo_goes_ten_steps_back_by_the_card(shop: CounterBench) -> None:
    shop.scan(*(COLA, NOODLES) * 6)
    shop.card(*(UNDO,) * UNDO_DEPTH)
    assert shop.lines == [("可乐", 300), ("方便面", 450)]
    shop.card(UNDO)
    assert shop.prompts[-1] == "undo.none"


# --- a scanner alone is enough ---------------------------------------------------------------------------------------


def test_digit_cards_and_the_total_card_take_cash_and_tell_the_change(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.card(TOTAL, *typed("20"), TOTAL)
    assert shop.last_words == "收您二十元，找您十二元五角"


def test_the_enter_card_is_the_key(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(*typed("5"), card_of(key="Enter"))
    assert shop.last_words == "收您五元，找您两元"


def test_the_total_card_alone_never_takes_money(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(TOTAL, TOTAL, TOTAL)
    assert shop.sales() == []
    assert shop.last_words == "一共三元"


def test_digits_and_the_plus_card_sell_goods_without_a_barcode(shop: CounterBench) -> None:
    shop.card(*typed("2"), card_of(key="."), *typed("5"), card_of(key="+"))
    assert shop.lines == [("无码商品", 250)]


def test_an_unknown_item_gets_its_price_by_cards(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.card(*typed("8"), card_of(key="+"))
    assert shop.lines == [(STRANGE_NAME, 800)]


def test_digits_and_the_times_card_are_a_quantity_and_clear_forgets_them(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(*typed("7"), card_of(key="Backspace"), *typed("4"), card_of(key="*"))
    assert shop.lines == [("可乐", 1200)]


def test_banknote_cards_add_up_until_it_is_enough(shop: CounterBench) -> None:
    shop.scan(*(COLA,) * 9)
    shop.card(card_of(verb=Verb.CASH, value=2000))
    assert shop.last_words == "收二十元，还差七元"
    shop.card(card_of(verb=Verb.CASH, value=1000))
    assert shop.last_words == "收您十元，找您三元"


def test_a_number_typed_after_a_banknote_comes_on_top_of_it(shop: CounterBench) -> None:
    shop.scan(NOODLES, NOODLES)
    shop.card(card_of(verb=Verb.CASH, value=500), *typed("10"), TOTAL)
    assert shop.last_words == "收您十元，找您六元"


def test_a_banknote_without_goods_is_told_so(shop: CounterBench) -> None:
    shop.card(card_of(verb=Verb.CASH, value=500))
    assert shop.prompts[-1] == "sale.empty"


def test_no_order_of_cards_books_a_wrong_sum(shop: CounterBench) -> None:
    """Whatever a child scans: what was paid is what the goods cost."""
    chance = Random(4)
    codes = [card_code(card.number) for card in SHEET] + [COLA, NOODLES, STRANGE, BAG]
    for _ in range(600):
        shop.scan(chance.choice(codes))
    for sale in shop.sales():
        assert sum(part["amt"] for part in sale["pay"]) == sale["total"] + sale["rounding"]
        assert sum(line["amt"] for line in sale["lines"]) == sale["total"]
    assert shop.verdict() == ""


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_sheet_is_whole_and_eight_of_it_are_the_strip() -> None:
    assert sum(card.strip for card in CARDS.values()) == 8
    assert {key.value for key in Key} >= {card.key for card in CARDS.values() if card.key}
    assert {card.verb for card in CARDS.values() if card.zone is Zone.OWNER} >= OWNER_VERBS
    assert not any(card.verb in OWNER_VERBS for card in SHEET)
    assert [card_code(n) for n in (101, 129, 152, 176, 190, 201, 206)] == [
        "ZZ1014", "ZZ1298", "ZZ1526", "ZZ1762", "ZZ1908", "ZZ2011", "ZZ2066"
    ]  # fmt: skip


def test_refund_all_is_an_everyday_card_beside_refund() -> None:
    numbers = list(CARDS)
    assert CARDS[206].zone is Zone.GREEN
    assert numbers.index(206) == numbers.index(110) + 1


def test_a_shop_changes_words_leaves_out_and_adds(tmp_path: Path) -> None:
    own = tmp_path / "cards.toml"
    own.write_text(
        '[101]\nzh-CN = "算账"\n[150]\nleft_out = true\n'
        '[300]\nzh-CN = "×30"\nen = "Thirty"\nzone = "green"\nicon = "digit"\nverb = "pieces_card"\nvalue = 30\n',
        encoding="utf-8",
    )
    cards = load_cards(own)
    assert (cards[101].name, cards[101].name_en, cards[101].verb) == ("算账", "Subtotal", Verb.SUBTOTAL)
    assert 150 not in cards
    assert (cards[300].verb, cards[300].value) == (Verb.PIECES_CARD, 30)
    assert len(cards) == len(CARDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[101]\nverb = "subtotl"', "line 2: 'verb' in [101]: there is no such verb, did you mean 'subtotal'?"),
        ('[101]\nzone = "pink"', "line 2: 'zone' in [101] is wrong, expected green, blue, orange, red, keys, owner"),
        ('[101]\nicon = "cow"', "line 2: 'icon' in [101]: there is no such icon"),
        ("[101]\n[101]", "line 2 column 5: [101] stands there twice"),
        ("[0101]\nleft_out = true", "line 1: this is not a card, expected [NUMBER]"),
        ("[1000]\nleft_out = true", "line 1: this is not a card, expected [NUMBER]"),
        ("x = 1", "line 1: this is not a card"),
        ('[300]\nzh-CN = "新"', "the setting 'en' is missing in [300]"),
        ('[101]\nkey = "Enter"', "asks for nothing or for two things"),
        ('[220]\nkey = "F1"', "line 2: 'key' in [220]: the pad has no such key"),
        ('[101]\nzh-CN = "一二三四五六七八九"', "line 2: 'zh-CN' in [101]: too long for a card"),
        ('[101]\nzh-CN = ""', "line 2: 'zh-CN' in [101] is wrong"),
        ("[121]\nvalue = -1", "line 2: 'value' in [121] is wrong, expected 0 or more"),
        ("[121]\nvalue = 2.5", "line 2: 'value' in [121] is wrong, expected a whole number"),
        ("[121]\nname = 3", "unknown setting 'name' in [121]"),
        ("[121", "this is not TOML"),
        ("[1]\n[2]\n" + "".join(f"[{n}]\n" for n in range(300, 600)), "too many cards"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "cards.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as wrong:
        load_cards(own)
    assert said in str(wrong.value)
    assert "cards.toml" in str(wrong.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    own = tmp_path / "cards.toml"
    own.write_text('[101]\nzone = "pink"\n[102]\nverb = "x"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as wrong:
        load_cards(own)
    assert ("line 2" in str(wrong.value), "line 4" in str(wrong.value)) == (True, True)


def test_our_own_file_needs_no_other(tmp_path: Path) -> None:
    text = resources.files("edge.words").joinpath("cards.toml").read_text(encoding="utf-8")
    assert read_cards(TomlFile("cards.toml", text)) == CARDS
    assert set().union(*tomllib.loads(text).values()) <= {f.alias or n for n, f in CardRow.model_fields.items()}


def test_a_card_that_is_left_out_does_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "shop.toml"
    settings.write_text(
        '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "data"\n[cards]\nfile = "own.toml"\n', encoding="utf-8"
    )
    (tmp_path / "own.toml").write_text("[163]\nleft_out = true\n", encoding="utf-8")
    assert 163 not in load_cards(load_settings(settings).cards.file)


# --- the bus ---------------------------------------------------------------------------------------------------------


def test_the_bus_asks_last_who_hears_only_what_was_not_answered(shop: CounterBench) -> None:
    bus = Bus(shop.ledger, shop.clock)
    heard: list[int] = []
    bus.unanswered(int, lambda n, tx: heard.append(n))
    bus.on(int, lambda n, tx: tx.after_commit("odd") if n % 2 else None)
    for n in range(5):
        bus.post(n)
    bus.run_pending()
    assert heard == [0, 2, 4]


def test_an_effect_that_is_heard_only_by_who_comes_last_reaches_it(shop: CounterBench) -> None:
    bus = Bus(shop.ledger, shop.clock)
    heard: list[str] = []
    bus.unanswered(str, lambda text, tx: heard.append(text))
    bus.on(int, lambda n, tx: tx.after_commit("told"))
    bus.post(1)
    bus.run_pending()
    assert heard == ["told"]
