"""What platforms bring, as data: those that ship, a fourth that no Python knows, and what is wrong in a file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from habits import Habits
from link_bench import online
from test_waybill_scans import Station
from wallet_bench import ALIPAY, WECHAT, WalletBench

from edge.cli.check import check
from edge.cli.platform_lines import platform_lines
from edge.config_tables import ShopPlatforms
from edge.errors import SettingsError
from edge.model.money import Fen
from edge.model.platform import Platforms, ServiceKind
from edge.model.sale import WALLETS, Method
from edge.platform_file import load_platforms, platform_names, read_platforms
from edge.toml_file import TomlFile

ROOT = Path(__file__).resolve().parent.parent
FOURTH = ROOT / "tests" / "fourth_platform.toml"
PAGE = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")

SUPPLIER = """\
[suppliers.HARBOUR]
zh-CN = "海港批发"
en = "Harbour Wholesale"
free_delivery_fen = 28800
lead_days = 1
review_days = 3
waybills = ["SF"]
"""
SERVICE = """\
[services.FERRY]
zh-CN = "渡轮票"
en = "Ferry ticket"
kind = "travel"
min_fen = 500
max_fen = 50000
amounts_fen = [500, 1000]
reference = "HB[0-9]{8}"
quote_s = 600
cancellable = true
slip = { zh-CN = ["凭二维码上船"], en = ["Board with the QR code"] }
"""
WRONG = {
    "an unknown table": (SERVICE.replace("services.", "service."), ["line 1", "did you mean 'services'?"]),
    "services that are no tables": ("services = 3\n", ["line 1", "'services' is not a table", "[services.TOP_UP]"]),
    "a service that is no table": ("[services]\nFERRY = 3\n", ["line 2", "'FERRY' is not a service", "got 3"]),
    "texts that are no table": ('texts = "a"\n', ["line 1", "'texts' is not a table", "expected [texts]"]),
    "texts without a name": ('[texts]\nen = "Own"\n', ["line 1", "'zh-CN' is missing", "in [texts]"]),
    "lines of what nobody brings home": (
        SERVICE + 'home = { zh-CN = ["当面验收"], en = ["Check it"] }\n', ["brings nothing home"]
    ),
    "a small id": (SERVICE.replace("FERRY", "ferry"), ["line 1", "no id for a service", 'got "ferry"']),
    "a wallet that the wire has not": (
        '[wallets.bestpay]\nzh-CN = "翼支付"\nen = "BestPay"\n',
        ["line 1", "no id for a wallet", "one of alipay, wechat, unionpay, jdpay, ecny", 'got "bestpay"'],
    ),
    "a kind that there is not": (SERVICE.replace('"travel"', '"pawn"'), ["line 4", "one of top_up", 'got "pawn"']),
    "no kind": (SERVICE.replace("kind", "# kind"), ["line 1", "'kind' is missing", "one of top_up"]),
    "no limits": (
        SERVICE.replace("max_fen", "# max").replace("amounts", "# amounts"),
        ["line 1", "says no limits, expected min_fen and max_fen, or amounts_fen"],
    ),
    "limits the wrong way round": (SERVICE.replace("50000", "100"), ["line 1", "takes nothing", "500, up to max_fen"]),
    "an amount beyond the limits": (SERVICE.replace("1000]", "99999]"), ["line 1", "its amount 99999 is not within"]),
    "a day that allows nothing": (SERVICE + "day_max_fen = 1\n", ["line 1", "expected day_max_fen from min_fen on"]),
    "yuan for fen": (SERVICE.replace("= 500\n", "= 5.00\n"), ["line 5", "fen, 0 to", "got 5.0"]),
    "a reference that runs away": (SERVICE.replace("[0-9]{8}", ".*"), ["line 8", "cannot be read", 'got "HB.*"']),
    "a short reference": (SERVICE.replace("{8}", "{2}"), ["line 8", "wrong length", "8 to 24 characters"]),
    "a quote of a second": (SERVICE.replace("600", "1"), ["line 9", "seconds, 60 to 86400", "got 1"]),
    "a ticket that pays out": (
        SERVICE + 'payout = ["till"]\n',
        ["line 1", "[services.FERRY] is of kind travel and pays nothing out", "kind loan alone"],
    ),
    "a loan paid out by post": (
        SERVICE.replace('"travel"', '"loan"') + 'payout = ["post"]\n', ["line 12", "expected 'wallet' or 'till'"],
    ),
    "a loan paid out by nothing": (
        SERVICE.replace('"travel"', '"loan"') + "payout = []\n", ["line 12", "of a loan, some of wallet, till"],
    ),
    "words for yes": (SERVICE.replace("= true", '= "yes"'), ["line 10", "true or false", 'got "yes"']),
    "parcels sent with nobody": (SERVICE.replace('"travel"', '"sending"'), ["line 1", "says no carriers"]),
    "parcels sent with a stranger": (
        SERVICE.replace('"travel"', '"sending"') + 'carriers = ["SFF"]\n',
        ["line 12", "'carriers' in [services.FERRY]: there is no carrier 'SFF', known are: CAINIAO, "],
    ),
    "a ticket that is carried": (SERVICE + 'carriers = ["SF"]\n', ["line 1", "carriers with kind sending alone"]),
    "a slip in one language": (SERVICE.replace(', en = ["Board with the QR code"]', ""), ["line 11", "one language"]),
    "a long line": (SERVICE.replace("凭二维码上船", "船" * 17), ["line 11", "too long for the paper"]),
    "a misspelled key": (SUPPLIER.replace("lead_days", "leaddays"), ["line 5", "did you mean 'lead_days'?"]),
    "a threshold in words": (SUPPLIER.replace("28800", '"288"'), ["line 4", "fen, 0 to", 'got "288"']),
    "a lead of a year": (SUPPLIER.replace("= 1\n", "= 365\n"), ["line 5", "days, 0 to 30", "got 365"]),
    "an order a minute": (SUPPLIER.replace("= 3\n", "= 0\n"), ["line 6", "days, 1 to 30", "got 0"]),
    "a carrier that nobody has": (
        SUPPLIER.replace('"SF"', '"SFF"'),
        ["line 7", "'waybills' in [suppliers.HARBOUR]: there is no carrier 'SFF', known are: CAINIAO, "],
    ),
}  # fmt: skip


def fourth() -> Platforms:
    return load_platforms([], FOURTH)


def own(folder: Path, text: str) -> Path:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_three_platforms_bring_what_their_shops_have() -> None:
    whole = load_platforms()
    assert whole.active == platform_names() == ("alibaba", "china_post", "jd")
    assert [supplier.id for supplier in whole.suppliers] == ["LST", "ULE", "JD_SUPPLY"]
    assert {wallet.id for wallet in whole.wallets} == set(WALLETS)
    of = {name: {service.kind for service in whole.services if service.platform == name} for name in platform_names()}
    more = {ServiceKind.LOAN, ServiceKind.REPAYMENT, ServiceKind.SENDING}
    assert of["alibaba"] == {ServiceKind.TOP_UP, ServiceKind.BILL, ServiceKind.TRAVEL, ServiceKind.ORDER} | more
    assert of["jd"] == {ServiceKind.TOP_UP, ServiceKind.TRAVEL, ServiceKind.ORDER} | more
    assert of["china_post"] == {
        ServiceKind.BILL, ServiceKind.TOP_UP, ServiceKind.ORDER, ServiceKind.AGENT_NOTE, ServiceKind.SENDING
    }  # fmt: skip
    assert {text.platform: text.spoken("en") for text in whole.texts} == {
        "alibaba": "Alibaba", "china_post": "China Post", "jd": "JD"
    }  # fmt: skip


def test_each_service_that_ships_has_slips_in_both_languages_and_limits_that_leave_something() -> None:
    for service in load_platforms().services:
        for paper in (service.slip, service.cancel):
            assert bool(paper.lines("zh-CN")) == bool(paper.lines("en"))
        assert service.slip.lines("en") and bool(service.cancel.lines("en")) == service.cancellable
        assert service.takes(service.least) and service.takes(service.most) and not service.takes(Fen(0))


def test_several_platforms_bring_together_what_each_brings_alone() -> None:
    whole = load_platforms()
    for name in platform_names():
        alone = load_platforms([name])
        assert {carrier.id for carrier in alone.carriers.all} <= {carrier.id for carrier in whole.carriers.all}
        assert set(alone.services) <= set(whole.services) and set(alone.suppliers) <= set(whole.suppliers)
        assert all(whole.takes_wallet(wallet.id) for wallet in alone.wallets)
    tops = whole.of_kind(ServiceKind.TOP_UP)
    assert [service.platform for service in tops] == ["alibaba", "china_post", "jd"]


def test_288_00_is_delivered_for_nothing_and_287_99_is_not() -> None:
    supplier = load_platforms().supplier("LST")
    assert supplier is not None and supplier.free_delivery == 28800
    assert supplier.fee(Fen(28799)) == supplier.delivery_fee > 0
    assert supplier.fee(Fen(28800)) == 0


def test_what_there_is_not_is_none_and_a_platform_without_words_calls_itself_by_its_name() -> None:
    none = Platforms()
    assert (none.supplier("LST"), none.service("ALI_TOP_UP"), none.of_kind(ServiceKind.BILL)) == (None, None, ())
    assert none.text("harbour").spoken("zh-CN") == "harbour"
    assert not none.takes_wallet(Method.ALIPAY)


def test_a_fourth_platform_is_a_file_and_nothing_else() -> None:
    brought = fourth()
    assert brought.active == ("fourth_platform",)
    assert [carrier.id for carrier in brought.carriers.all] == ["VILLAGE"]
    assert [wallet.id for wallet in brought.wallets] == [Method.WECHAT]
    supplier = brought.supplier("HARBOUR")
    assert supplier is not None and (supplier.platform, supplier.waybills) == ("fourth_platform", ("VILLAGE",))
    assert (supplier.lead_days, supplier.review_days, supplier.fee(Fen(100))) == (1, 3, 1200)
    ferry, card, sent = brought.services
    assert brought.sending("VILLAGE") == (sent,) and brought.sending("SF") == ()
    assert (ferry.id, ferry.kind, ferry.day_most, ferry.quote_s) == ("FERRY", ServiceKind.TRAVEL, 200_000, 600)
    assert ferry.cancellable and not ferry.fits("HB12345678")
    assert (card.least, card.most, card.takes(Fen(2000)), card.takes(Fen(3000))) == (2000, 5000, True, False)
    assert card.fits("HB12345678") and not card.fits("HB1234567") and not card.cancellable
    assert brought.text("fourth_platform").spoken("zh-CN") == "海港集市"
    assert brought.text("fourth_platform").help.lines("en") == ("Call 12345",)


def test_the_fourth_platform_works_beside_the_others_at_the_counter(tmp_path: Path) -> None:
    platforms = load_platforms(own=FOURTH)
    assert platforms.active == ("alibaba", "china_post", "jd", "fourth_platform")
    station = Station(tmp_path / "shop", Habits(parcels=True, platforms=platforms))
    assert station.scanned("XC1234567890") == [("XC1234567890", ("VILLAGE",))]
    assert platforms.of_kind(ServiceKind.TRAVEL)[-1].spoken("en") == "Ferry ticket"


def test_a_wallet_that_no_platform_of_the_shop_takes_is_refused_by_name_of_the_trouble(tmp_path: Path) -> None:
    shop = WalletBench(tmp_path / "shop", Habits(platforms=fourth()))
    online(shop)
    shop.hush()
    shop.pays(ALIPAY)
    assert "pay.not_taken" in shop.prompts and not shop.asked()
    shop.scan(WECHAT)
    assert [request.args["m"] for request in shop.asked()] == ["wechat"]


def test_a_shop_changes_one_thing_of_what_ships_and_it_stays_its_platforms(tmp_path: Path) -> None:
    text = "[suppliers.LST]\ndelivery_fee_fen = 1000\n[services.JD_TOP_UP]\namounts_fen = [500]\n[texts]\n"
    changed = load_platforms(own=own(tmp_path, text + 'zh-CN = "本店"\nen = "Own"\n'))
    supplier, top_up = changed.supplier("LST"), changed.service("JD_TOP_UP")
    assert supplier is not None and top_up is not None
    assert (supplier.platform, supplier.delivery_fee, supplier.free_delivery) == ("alibaba", 1000, 28800)
    assert (top_up.platform, top_up.amounts, top_up.most) == ("jd", (500,), 500)
    assert (changed.text("own").name, changed.text("jd").name) == ("本店", "京东")
    with pytest.raises(SettingsError, match="'zh-CN' is missing"):
        load_platforms(["jd"], own(tmp_path, "[suppliers.LST]\ndelivery_fee_fen = 1000\n"))


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_place(what: str, tmp_path: Path) -> None:
    text, words = WRONG[what]
    assert text not in (SUPPLIER, SERVICE)
    with pytest.raises(SettingsError) as refused:
        load_platforms(own=own(tmp_path, text))
    for word in ("own.toml", *words):
        assert word in str(refused.value), str(refused.value)


def test_the_samples_that_are_made_wrong_are_right(tmp_path: Path) -> None:
    assert load_platforms(own=own(tmp_path, SUPPLIER + SERVICE)).service("FERRY") is not None


def test_all_that_is_wrong_in_all_tables_is_said_at_once() -> None:
    text = SUPPLIER.replace("= 3\n", "= 0\n") + SERVICE.replace("600", "1") + '[wallets.cowrie]\n[texts]\nen = "a"\n'
    with pytest.raises(SettingsError) as refused:
        read_platforms(TomlFile("own.toml", text))
    for line in (6, 16, 19, 20):
        assert f"own.toml line {line}:" in str(refused.value), str(refused.value)


@pytest.mark.parametrize(("text", "what"), [(SUPPLIER, "suppliers"), (SERVICE, "services")])
def test_too_many_of_one_kind_are_another_file(text: str, what: str, tmp_path: Path) -> None:
    many = "".join(re.sub(r"HARBOUR|FERRY", f"N{n}", text) for n in range(61))
    with pytest.raises(SettingsError, match=f"too many {what}"):
        load_platforms(own=own(tmp_path, many))


def test_edge_check_says_what_each_platform_brings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "harbour.toml").write_bytes(FOURTH.read_bytes())
    shop = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "./data"\n[platforms]\nprofile = "harbour.toml"\n'
    (tmp_path / "shop.toml").write_text(shop, encoding="utf-8")
    assert check(str(tmp_path / "shop.toml")) == 0
    told = capsys.readouterr().out
    assert "; suppliers LST 零售通; services ALI_TOP_UP 话费充值, ALI_BILL 生活缴费, " in told
    assert "  harbour 海港集市: carriers VILLAGE 乡村快线; suppliers HARBOUR 海港批发; services FERRY 渡轮票" in told


def test_the_page_shows_the_fourth_platform_as_it_is_tested_and_its_examples_are_good(tmp_path: Path) -> None:
    settings, whole, changed, *_ = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert whole == FOURTH.read_text(encoding="utf-8")
    assert tuple(tomllib.loads(settings)["platforms"]["active"]) == platform_names()
    platforms = load_platforms(own=own(tmp_path, changed))
    assert platforms.carriers.named("SF").locker_days == 2
    assert platforms.supplier("LST") != load_platforms().supplier("LST")


def test_the_page_names_every_kind_and_everything_that_ships() -> None:
    for kind in ServiceKind:
        assert f"| `{kind.value}` |" in PAGE
    whole = load_platforms()
    for one in [wallet.id for wallet in whole.wallets] + [supplier.id for supplier in whole.suppliers]:
        assert re.search(rf"\b{one}\b", PAGE), one
    for carrier in whole.carriers.all:
        assert re.search(rf"\b{carrier.id}\b", PAGE), carrier.id


def test_no_platform_supplier_service_or_carrier_is_known_to_python_by_name() -> None:
    """But to the reference cloud and the simulation, which are models of the others, and bodies' examples."""
    whole = load_platforms(own=FOURTH)
    ids = {*whole.active, *(text.platform for text in whole.texts)}
    ids |= {carrier.id for carrier in whole.carriers.all} | {supplier.id for supplier in whole.suppliers}
    ids |= {service.id for service in whole.services}
    assert len(ids) > len(fields(whole)) * 5
    found = [f"{path.relative_to(ROOT)}: {text!r}" for path, text in _texts_of_the_terminal() if text in ids]
    assert not found, found


def _texts_of_the_terminal() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "edge").rglob("*.py")):
        model = path.relative_to(ROOT / "edge").parts[0] in ("reference_cloud", "sim")
        if not model and not path.name.endswith("bodies.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path, node.value


def test_a_wallet_that_several_platforms_bring_is_told_of_each_by_edge_check(tmp_path: Path) -> None:
    own = tmp_path / "village.toml"
    own.write_text(
        '[wallets.wechat]\nzh-CN = "微信支付"\nen = "WeChat"\n[texts]\nzh-CN = "村里"\nen = "Village"\n', "utf-8"
    )
    lines = list(platform_lines(ShopPlatforms(active=("jd", "china_post"), profile=own)))
    of = {line.split()[0]: line for line in lines[1:]}
    assert "wallets wechat 微信支付, alipay 支付宝, unionpay 云闪付, ecny 数字人民币;" in of["china_post"]
    assert "wallets jdpay 京东支付, wechat 微信支付, unionpay" in of["jd"]
    assert of["jd"].endswith("warranties JD_APPLIANCE 家电保修")
    assert of["village"] == "  village 村里: nothing of its own"
