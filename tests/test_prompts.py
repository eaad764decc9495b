"""The prompts that ship, and how a wrong pack is refused."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.prompts import Prompts
from edge.errors import CodecError, SettingsError
from edge.model.manner import LANGUAGES
from edge.model.money import Fen

TEXT = (resources.files("edge.words") / "prompts.toml").read_text(encoding="utf-8")
SHIPPED = Prompts.parse(TEXT, "prompts.toml")

SAYING = re.compile(r"^.*(?:Say\(|_refuse\(|_ask_price\(|prompt = |PrinterState).*$", re.MULTILINE)
"""A line of a service that names a prompt."""

CHINESE_MAX = 12
"""Of a routine prompt, beside what fills its braces (product row 97)."""

EVERY_AMOUNT = (("a", Fen(1250)), ("b", Fen(205)))
EVERY_WORD = (
    ("n", "2"), ("item", "可乐"), ("what", "商品"), ("channel", "支付宝"), ("t", "下午三点"), ("shelf", "A-3"),
    ("phone", "13800138000"),
)  # fmt: skip

PRODUCT_C5 = """
sys.ready sys.offline sys.online sys.power sys.update sys.help_idle item.added item.qty item.unknown item.zero item.open
item.removed item.expired item.age scale.wait scale.bad promo.hint promo.got sale.total sale.short sale.change sale.done
sale.cancel_q sale.cancelled sale.held sale.none_held undo.done pay.wait pay.password pay.ok_sale pay.ok_other pay.part
pay.declined pay.unknown pay.unknown_later.paid pay.unknown_later.unpaid pay.offline pay.late pay.first_scan refund.scan
refund.over refund.cash refund.wallet print.paper print.cover drawer.open shift.count shift.diff.over shift.diff.short
shift.diff.exact parcel.in_ok parcel.dup parcel.consent parcel.code parcel.where parcel.many parcel.wrong_code
parcel.locked parcel.wrong parcel.bye door.open door.put door.left door.full door.fail door.none door.forced
svc.readback svc.paid_first svc.ok svc.fail svc.pending svc.expired svc.offline loan.info stock.gap288
stock.recv exp.today train.on err.generic err.now_need msg.new support.called remote.on remote.off
"""

GOOD = '["sale.total"]\nzh-CN = "一共{a}"\nen = "Total {a}"\n'
WRONG = {
    "one language only": (GOOD.replace('en = "Total {a}"', ""), "line 1: sale.total is not said in en"),
    "different braces": (GOOD.replace("Total {a}", "Total {b}"), r"line 3: .*expected \{a\}, got \{b\}"),
    "an unknown brace": (GOOD.replace("{a}", "{amount}"), r"line 2: unknown brace.*got \{amount\}"),
    "a brace left open": (GOOD.replace("{a}", "{a"), "line 2: unknown brace"),
    "an unknown key": (GOOD + 'de = "Summe {a}"\n', "line 4: unknown key.*got de"),
    "an unknown style": (GOOD + 'amounts = "wallet"\n', "line 4: unknown style"),
    "money that is none": (GOOD + "money = false\n", "line 4: money is true or left out.*got False"),
    "a later that is none": (GOOD + "later = 1\n", "line 4: later is true or left out.*got 1"),
    "an empty text": (GOOD.replace("一共{a}", " "), "line 2: a prompt is a sentence"),
    "a number for a text": (GOOD.replace('"Total {a}"', "7"), "line 3: a prompt is a sentence"),
    "a prompt that is no table": ('"sale.total" = "一共{a}"\n', "line 1: a prompt is a table"),
    "no TOML": (GOOD + "en = \n", "not TOML.*line 4"),
    "a prompt given twice": (GOOD + GOOD, "not TOML.*line 4"),
    "a second prompt": (GOOD + GOOD.replace("total", "short").replace("{a}", "{x}"), "line 5: unknown brace"),
    "too many": ("".join(GOOD.replace("total", f"t{n}") for n in range(1001)), "too many prompts"),
}


def said(prompt: str, language: str = "zh-CN", amounts: dict[str, int] | None = None, **words: str) -> str:
    fens = tuple((name, Fen(fen)) for name, fen in (amounts or {}).items())
    return SHIPPED.text(prompt, language, fens, tuple(words.items()))


def test_every_prompt_of_product_c5_is_there() -> None:
    assert set(PRODUCT_C5.split()) - SHIPPED.ids == set()


def test_every_prompt_that_a_service_says_is_there() -> None:
    services = Path(__file__).resolve().parent.parent / "edge" / "services"
    groups = "|".join({prompt.split(".")[0] for prompt in SHIPPED.ids})
    spoken = {
        prompt
        for path in services.glob("*.py")
        for line in SAYING.findall(path.read_text())
        for prompt in re.findall(rf'"((?:{groups})\.[a-z_.]+)"', line)
    }
    assert spoken
    assert spoken - SHIPPED.ids == set(), "say them in edge/words/prompts.toml"


def test_every_prompt_is_said_somewhere_or_marked_as_one_for_later() -> None:
    edge = Path(__file__).resolve().parent.parent / "edge"
    code = "".join(path.read_text("utf-8") for path in edge.rglob("*.py"))
    starts = tuple(re.findall(r'Say\(f"([a-z_]+\.)\{', code))
    unsaid = {each for each in SHIPPED.needed if f'"{each}"' not in code and not each.startswith(starts)}
    assert unsaid == set(), "say them, delete them, or mark them: later = true"


@pytest.mark.parametrize("prompt", sorted(SHIPPED.ids))
def test_prompt_is_short_and_can_be_said_in_both_languages(prompt: str) -> None:
    for language in LANGUAGES:
        assert not set("{}*") & set(SHIPPED.text(prompt, language, EVERY_AMOUNT, EVERY_WORD))
    own = re.sub(r"\{[a-z]+\}", "", re.search(rf'\["{re.escape(prompt)}"\]\nzh-CN = "(.+)"', TEXT)[1])  # type: ignore[index]
    assert len(re.findall(r"[\u4e00-\u9fff]", own)) <= CHINESE_MAX


def test_a_sale_is_told_in_chinese() -> None:
    assert said("item.added", amounts={"a": 350}, item="可口可乐") == "可口可乐，三元五角"
    assert said("item.qty", amounts={"a": 900}, item="可乐", n="3") == "可乐，三件，九元"
    assert said("sale.total", amounts={"a": 10005}) == "一共一百元零五分"
    assert said("sale.change", amounts={"a": 2000, "b": 205}) == "收您二十元，找您两元零五分"


def test_a_sale_is_told_in_english() -> None:
    assert said("item.qty", "en", amounts={"a": 900}, item="Cola", n="3") == "Cola, three pieces, nine yuan"
    assert said("sale.change", "en", amounts={"a": 2000, "b": 205}) == "Received twenty yuan, change two yuan oh five"


def test_payments_received_are_spoken_as_wallets_speak() -> None:
    assert said("pay.ok_sale", amounts={"a": 1250}, channel="支付宝") == "支付宝收款十二点五元，本单已收齐"


def test_a_count_of_two_and_a_door_number_two_sound_different() -> None:
    assert said("item.qty", amounts={"a": 600}, n="2", item="可乐") == "可乐，两件，六元"
    assert said("door.left", n="2") == "二号还没关"
    assert said("door.left", "en", n="2") == "Shut door two"


def test_weighed_quantity_is_a_decimal() -> None:
    assert said("item.qty", amounts={"a": 1755}, item="苹果", n="0.585") == "苹果，零点五八五件，十七元五角五分"


def test_a_phone_number_is_read_with_yao_where_the_shop_wants_it() -> None:
    words = (("phone", "13800138000"), ("shelf", "A-1"))
    readback = SHIPPED.text("svc.readback", "zh-CN", EVERY_AMOUNT, words, yao=True)
    assert readback.startswith("号码幺三八，零零幺三，八零零零")
    assert SHIPPED.text("svc.readback", "zh-CN", EVERY_AMOUNT, words).startswith("号码一三八")
    assert SHIPPED.text("parcel.where", "zh-CN", (), words, yao=True) == "在A，一"


def test_shelf_is_read_digit_by_digit() -> None:
    assert said("parcel.where", shelf="A-3-12") == "在A，三，一二"


@pytest.mark.parametrize(
    ("name", "heard"),
    [("农夫山泉饮用天然水550ml", "农夫山泉饮用天然"), ("Coca-Cola Zero 330ml", "Coca-Cola Zero 3"), ("可乐", "可乐")],
)
def test_goods_name_is_cut_to_what_is_worth_hearing(name: str, heard: str) -> None:
    assert said("item.removed", "en", item=name) == f"Removed {heard}"


def test_goods_name_with_braces_is_not_filled_in() -> None:
    assert said("item.added", amounts={"a": 100}, item="{b}{a}") == "{b}{a}，一元"


def test_value_that_the_prompt_has_no_brace_for_is_ignored() -> None:
    assert said("sale.empty", amounts={"a": 100}, item="可乐") == "还没有商品"


def test_missing_value_is_our_fault_and_says_which() -> None:
    with pytest.raises(CodecError, match=r"sale.change lacks a value.*\{b\}"):
        said("sale.change", amounts={"a": 100})
    with pytest.raises(CodecError, match=r"lacks a value.*\{a\}"):
        said("sale.total", a="一百元")


@pytest.mark.parametrize(("prompt", "language"), [("sale.gone", "zh-CN"), ("sale.total", "de")])
def test_unknown_prompt_or_language_is_refused(prompt: str, language: str) -> None:
    with pytest.raises(CodecError, match="no such prompt"):
        said(prompt, language, amounts={"a": 1})


@pytest.mark.parametrize("case", WRONG)
def test_wrong_pack_is_refused_with_its_line(case: str) -> None:
    text, expected = WRONG[case]
    with pytest.raises(SettingsError, match=expected) as refused:
        Prompts.parse(text, "pack.toml")
    assert refused.value.where.startswith("pack.toml")


@given(st.text(max_size=200))
def test_no_text_makes_the_parser_fail_otherwise(text: str) -> None:
    for pack in (text, GOOD + text, GOOD.replace("一共", text)):
        try:
            Prompts.parse(pack, "pack.toml")
        except SettingsError as refused:
            assert refused.where.startswith("pack.toml")


def test_only_a_payment_of_this_sale_is_told_as_fully_paid() -> None:
    """Thieves play recordings: these words are said by one prompt, behind a signed answer (product rows 80 and 81)."""
    table = tomllib.loads(TEXT)
    telling = {prompt for prompt, texts in table.items() if "已收齐" in texts["zh-CN"] or "fully paid" in texts["en"]}
    assert telling == {"pay.ok_sale"}
    assert "本单已收齐" in table["pay.ok_sale"]["zh-CN"]


def test_every_prompt_that_tells_what_became_of_money_is_heard_to_its_end() -> None:
    money = {prompt for prompt in SHIPPED.ids if SHIPPED.is_money(prompt)}
    assert {"sale.change", "sale.exact", "pay.ok_sale", "pay.ok_other", "pay.part", "pay.late", "pay.unknown"} <= money
    assert {
        "refund.cash",
        "refund.wallet",
        "refund.wallet_failed",
        "pay.declined",
        "sale.part",
        "sale.cash_back",
    } <= money
    assert not any(SHIPPED.is_money(prompt) for prompt in ("item.added", "sale.total", "sys.ready", "no.such"))


def test_a_prompt_with_braces_is_no_recording() -> None:
    assert SHIPPED.is_fixed("sys.ready") and not SHIPPED.is_fixed("sale.total") and not SHIPPED.is_fixed("no.such")


def test_one_of_something_is_told_as_one() -> None:
    one, two = (("n", "1"),), (("n", "2"),)
    assert SHIPPED.text("buy.printed", "en", words=one) == "One kind to order. See the slip"
    assert SHIPPED.text("buy.printed", "en", words=two) == "two kinds to order. See the slip"
    assert SHIPPED.text("item.qty", "en", words=(("item", "Tea"), ("n", "1.5")), amounts=(("a", Fen(100)),)).startswith(
        "Tea, one point five pieces"
    )
    assert SHIPPED.text("buy.printed", "zh-CN", words=one) == "建议补一种，请看单子"


def test_english_words_behind_a_count_that_can_be_one_have_a_sentence_for_it() -> None:
    """Goods are counted in pieces, kinds, sales; a shelf code or a door is no count."""
    counted = re.compile(r"\{n\} (held |more )?(pieces|kinds|sales|parcels|services|items|days|dates|packs|parts)\b")
    many = {prompt for prompt, texts in tomllib.loads(TEXT).items() if counted.search(texts["en"])}
    assert {prompt for prompt in many if "en-one" not in tomllib.loads(TEXT)[prompt]} == set()


def test_the_sentence_for_one_fills_no_brace_that_the_other_lacks() -> None:
    pack = '["x"]\nzh-CN = "{n}种"\nen = "{n} kinds"\nen-one = "{item}, one kind"\n'
    with pytest.raises(SettingsError, match="one is not said as many are"):
        Prompts.parse(pack, "pack.toml")


def test_an_ordinal_is_no_count() -> None:
    said = SHIPPED.text("ord.slot", "zh-CN", words=(("n", "2"), ("what", "11-30 下午")))
    assert said == "第二个，11-30 下午送装"
