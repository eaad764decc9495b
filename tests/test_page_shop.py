"""The pages of the shop's own data: reports, days and shifts, prices, promotions."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from own_page_bench import served, with_password
from shop_facts_bench import COLA, GOODS, TEA, shop_of_one_day

from edge.codec.topics import Up
from edge.model.account import Role
from edge.model.cell import Cell, CellState, Place, Size
from edge.model.closed_list import CLOSED_LIST
from edge.model.day_rows import DayOver
from edge.model.goods_row import GoodsRow

CID = "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f"


def test_reports_are_charts_with_a_table_behind_each() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/reports").text
        assert text.count("<figure") == 3 == text.count("<details><summary>看数字") == text.count("<figcaption")
        assert "style=" not in text and "<script>" not in text
        assert "可口可乐" in text and "10.50" in text and "没货" in text and "现在有 2 条在等" in text
        told = browser.get("/api/reports?days=28").json
        assert told["period"] == 28 and told["days"] == [{"day": "2026-11-23", "sales": 2, "fen": 350}]
        assert told["hours"][9] == {"hour": 9, "sales": 2, "fen": 700} and len(told["hours"]) == 24
        assert told["ran_out"] == [{"name": "可口可乐 500ml", "sku": COLA, "days": 2, "out": True}]


@pytest.mark.parametrize("days", ["", "0", "-7", "9999999999", "七", "14' OR 1=1", "٧"])
def test_a_period_that_is_none_is_fourteen_days(days: str) -> None:
    with served(with_password()) as browser:
        browser.log_in()
        assert browser.get(f"/api/reports?days={quote(days)}").json["period"] == 14


def test_a_shop_that_sold_nothing_is_told_so() -> None:
    page = with_password()
    page.shop = replace(shop_of_one_day(), newest_day=lambda: None, waited=tuple)
    with served(page) as browser:
        browser.log_in()
        assert "还没有卖出东西" in browser.get("/reports").text


def test_a_closed_day_is_told_by_its_ways_of_paying() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/shifts").text
        assert "第 212 号日结" in text and "现金 × 61" in text and "753.00" in text and "退 现金" in text
        assert "应有 842.50 元" in text and "点出 842.00 元" in text and "-0.50" in text
        told = browser.get("/api/shifts?before=x").json
        assert told["older"] == 0 and told["days"][0]["paid"][0]["name"] == "现金"


def test_older_days_are_asked_for_by_the_number_of_the_last_one() -> None:
    page = with_password()
    asked: list[int] = []

    def days(before: int, most: int) -> list[DayOver]:
        asked.append(before)
        return list(shop_of_one_day().days_over(before, most)) * most

    page.shop = replace(shop_of_one_day(), days_over=days)
    with served(page) as browser:
        browser.log_in()
        assert 'href="/shifts?before=40"' in browser.get("/shifts").text
        browser.get("/shifts?before=40")
    assert asked[1] == 40


@pytest.mark.parametrize("role", list(Role))
def test_a_report_is_printed_again_by_who_has_an_account(role: Role) -> None:
    page = with_password(role)
    with served(page) as browser:
        browser.log_in(account=role.value)
        assert browser.get("/shifts").text.count('action="/shifts/again"') == 1, "what has no text has no button"
        browser.post("/shifts/again", {"report": "z212.2026-11-23"})
        assert "上面印着「重打」" in browser.get("/shifts").text
        page.answer = {"state": "rejected", "err": {"code": "hw.printer_paper", "msg": "paper_out"}}
        browser.post("/shifts/again", {"report": "z212.2026-11-23"})
        assert "打印机没纸了" in browser.get("/shifts").text
        for report in ("", "日结", "z" * 65, "../ledger"):
            assert browser.post("/shifts/again", {"report": report}).status == 422
    assert [(one.type, one.args) for one in page.orders] == [("report.again", {"report": "z212.2026-11-23"})] * 2


def test_goods_are_found_by_name_and_by_barcode() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/prices").text
        assert "可口可乐" in text and "3.00" in text and "目录价" in text and "17" in text and "没盘点过" in text
        assert [one["sku"] for one in browser.get(f"/api/prices?word={TEA}").json["goods"]] == [TEA]
        assert browser.get("/api/prices?word=%EF%BC%96%EF%BC%99%EF%BC%90%EF%BC%91").json["word"] == "6901"
        assert "没有找到" in browser.get("/prices?word=%3Cb%3E").text


@pytest.mark.parametrize(("typed", "fen"), [
    ("3", 300), ("3.5", 350), ("３．５０", 350), ("￥0.01", 1), ("3。5 元", 350), ("100000", 10_000_000),
])  # fmt: skip
def test_a_price_is_typed_in_yuan(typed: str, fen: int) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/prices?word=69")
        answer = browser.post("/prices/set", {"sku": COLA, "price": typed, "cid": CID, "back": "/prices?word=69"})
        assert answer.status == 303 and answer.headers["Location"] == "/prices?word=69"
        assert "价格改好了" in browser.get("/prices").text
    assert [(order.type, order.args) for order in page.orders] == [("price.set", {"sku": COLA, "price": fen})]


@pytest.mark.parametrize(("typed", "sentence"), [
    ("", "这里要填"), ("三块五", "看不懂这个价格"), ("3.505", "看不懂这个价格"), ("-3", "看不懂这个价格"),
    ("0", "0.01 元到"), ("100000.01", "0.01 元到"), ("1e3", "看不懂这个价格"), ("9" * 17, "太长"),
])  # fmt: skip
def test_a_price_that_is_none_stands_in_its_field_with_what_is_wrong(typed: str, sentence: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/prices")
        answer = browser.post("/prices/set", {"sku": COLA, "price": typed, "back": "/prices?word=69"})
        assert answer.status == 422 and sentence in answer.text and f'value="{typed}"' in answer.text
        assert answer.text.count("aria-invalid") == 1 and answer.text.count('role="alert"') == 1
        assert 'value="69"' in answer.text, "the search stays as well"
    assert page.orders == []


def test_the_shops_own_price_is_given_up() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/prices")
        browser.post("/prices/give-up", {"sku": COLA})
        assert "改回目录价了" in browser.get("/prices").text
    assert page.orders[0].args == {"sku": COLA, "price": 0}


def test_what_goes_too_far_below_is_told_to_be_the_owners() -> None:
    page = with_password()
    page.answer = {"state": "rejected", "err": {"code": "auth.denied", "msg": "only the owner"}}
    with served(page) as browser:
        browser.log_in()
        browser.get("/prices")
        answer = browser.post("/prices/set", {"sku": COLA, "price": "0.10"})
        assert answer.status == 422 and "只有店主能这样改" in answer.text and 'value="0.10"' in answer.text


def test_there_are_pages_of_goods() -> None:
    page = with_password()
    page.shop = replace(shop_of_one_day(), goods=lambda word, skip, most: [GOODS[0]] * max(0, min(most, 45 - skip)))
    with served(page) as browser:
        browser.log_in()
        first = browser.get("/prices?word=%E5%8F%AF").text
        assert 'rel="next" href="/prices?word=%E5%8F%AF&amp;page=2"' in first and len(first) < 100_000
        last = browser.get("/api/prices?page=3").json
        assert last["next"] == 0 and len(last["goods"]) == 5


def test_promotions_stand_in_plain_words_and_those_that_hold_first() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/promotions").text
        assert text.index("可乐3件10元") < text.index("去年的")
        assert "3 件一共 10.00 元" in text and "到 2026-12-31 为止" in text and "已结束" in text
        assert "可口可乐" in text and TEA in text, "a sku that the catalogue has not stands as it is"


def test_the_owner_sees_all_of_it_too() -> None:
    with served(with_password(Role.OWNER)) as browser:
        browser.log_in(account="owner")
        for path in ("/reports", "/shifts", "/prices", "/promotions"):
            assert browser.get(path).status == 200


def test_tabs_are_the_owners_alone_and_masked() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        assert browser.get("/tabs").status == 403 == browser.get("/api/tabs").status
        assert "/tabs" not in browser.get("/reports").text
    with served(with_password(Role.OWNER)) as browser:
        browser.log_in(account="owner")
        text = browser.get("/tabs").text
        assert "…8817" in text and "300.00" in text and "从 2026-10-01 起欠" in text and "店里欠顾客" in text
        assert browser.get("/api/tabs").json["owed_fen"] == 31_500


def test_parcels_are_told_without_name_phone_or_code() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/parcels").text
        assert "…0817" in text and "超时了" in text and "B01" in text and "1-1-0003" in text and "坏了" in text
        told = browser.get("/api/parcels").text
        for secret in ("SF1000000000817", "张", "5678", "hash"):
            assert secret not in text and secret not in told


def test_a_cell_that_somebody_took_out_is_not_one_that_is_broken() -> None:
    page = with_password()
    places = [Place(f"B0{n}", n, "wall", 1, n, Size.S, in_service=n != 3) for n in (1, 2, 3)]
    books = [Cell("B01", CellState.FAULT), Cell("B02", CellState.FAULT, "p1", out=True), Cell("B03")]
    page.shop = replace(shop_of_one_day(), cells=lambda: list(zip(places, books, strict=True)))
    with served(page) as browser:
        browser.log_in()
        assert [one["state"] for one in browser.get("/api/parcels").json["cells"]] == ["fault", "out", "off"]
        text = browser.get("/parcels").text
        assert "1 号门（B01）没有弹开" in text and "2 号门（B02）是人停用的，没有坏" in text
        assert "停用了</span> · 有包裹" in text and "不放包裹" in text
        assert [f'value="B0{n}"' in text for n in (1, 2, 3)] == [True, True, False]


def test_a_cell_is_taken_out_and_given_back() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        assert 'name="cell" value="B02"' in browser.get("/parcels").text, "what is out can be given back"
        browser.post("/parcels/out", {"cell": " B01 "})
        assert "B01 停用了" in browser.get("/parcels").text
        browser.post("/parcels/back", {"cell": "B02"})
        assert "先开门看一下" in browser.get("/parcels").text
        wrong = browser.post("/parcels/out", {"cell": "柜" * 17})
        assert wrong.status == 422 and "太长" in wrong.text and "柜" * 17 in wrong.text
    assert [(one.type, one.args) for one in page.orders] == [
        ("cell.out", {"box": "B01"}),
        ("cell.back", {"box": "B02"}),
    ]


def test_the_receipt_is_shown_with_what_is_typed_and_nothing_is_kept() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/receipt").text
        assert "幸福路 12 号" in text and "现在打印的就是这样" in text and 'src="/receipt.png?header=' in text
        text = browser.get("/receipt?header=%E4%B8%80%0D%0A%E4%BA%8C&footer=").text
        assert "只是预览" in text and "一\n二" in text
        assert browser.get("/api/receipt?header=a%0Ab&footer=c").json["lines"] == ["a", "b", "c"]
        picture = browser.ask("GET", "/receipt.png?header=a%0Ab&footer=")
        assert picture.headers["Content-Type"] == "image/png" and picture.headers["Cache-Control"] == "no-store"
    assert page.orders == []


@pytest.mark.parametrize(("header", "sentence"), [
    ("%0A".join("abcdefghi"), "太多行"), ("a" * 65, "有一行太长"), ("a%07", "打不出来的符号"),
    ("a" * 40_000, "有一行太长"),
])  # fmt: skip
def test_lines_that_no_receipt_can_have_stand_in_their_field(header: str, sentence: str) -> None:
    with served(with_password()) as browser:
        browser.log_in()
        answer = browser.get(f"/receipt?header={header}&footer=c")
        assert sentence in answer.text and answer.text.count("aria-invalid") == 1
        assert browser.get(f"/receipt.png?header={header}").status == 422


def test_a_picture_that_cannot_be_drawn_is_told() -> None:
    page = with_password()
    page.shop = replace(shop_of_one_day(), receipt_picture=lambda slip: None)
    with served(page) as browser:
        browser.log_in()
        assert browser.ask("GET", "/receipt.png").status == 503
        assert browser.get("/receipt").status == 200
    with served(page) as browser:
        assert browser.ask("GET", "/receipt.png").headers["Location"] == "/login"


def test_cards_are_listed_masked_and_without_what_they_say() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text, told = browser.get("/cards").text, browser.get("/api/cards").json
        assert "王**" in text and "王小姐" not in text and "小李" not in text and "hash-of-a-code" not in text
        assert [one["state"] for one in told["cards"]] == ["valid", "revoked", "expired"]
        assert told["roles"] == ["courier", "technician"] and text.count("停用这张卡") == 1


def test_only_the_owner_issues_an_owners_card() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/cards")
        refused = browser.post("/cards/issue", {"role": "owner", "name": "我", "days": ""})
        assert refused.status == 422 and "只有店主能发" in refused.text and 'value="我"' in refused.text
        assert browser.post("/cards/issue", {"role": "courier", "name": "小李", "days": "30"}).status == 303
        assert browser.post("/cards/revoke", {"card": "3f9a1c"}).status == 303
        assert "3f9a1c 停用了" in browser.get("/cards").text
    given = [(one.type, dict(one.args)) for one in page.orders]
    assert given == [
        ("card.issue", {"role": "courier", "name": "小李", "days": 30}), ("card.revoke", {"badge": "3f9a1c"}),
    ]  # fmt: skip
    page = with_password(Role.OWNER)
    with served(page) as browser:
        browser.log_in(account="owner")
        browser.get("/cards")
        assert browser.post("/cards/issue", {"role": "owner", "name": "王小姐"}).status == 303
    assert page.orders[0].args == {"role": "owner", "name": "王小姐"}


@pytest.mark.parametrize(("field", "typed", "sentence"), [
    ("name", "", "这里要填"), ("name", "长" * 33, "太长"), ("name", "a\x07b", "格式不对"), ("days", "x", "要填整数"),
    ("days", "0", "最小是 1"), ("days", "3651", "最大是 3650"), ("role", "boss", "请选其中一个。"),
])  # fmt: skip
def test_a_card_that_cannot_be_is_refused_at_its_field(field: str, typed: str, sentence: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/cards")
        answer = browser.post("/cards/issue", {"role": "courier", "name": "小李", "days": "", field: typed})
        assert answer.status == 422 and sentence in answer.text
    assert page.orders == []


def test_tables_are_the_owners_and_open_in_a_spreadsheet() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        for path in ("/export", "/export/goods.csv", "/export/lines.csv", "/export/tabs.csv"):
            assert browser.get(path).status == 403, path
    with served(with_password(Role.OWNER)) as browser:
        browser.log_in(account="owner")
        assert "lines.csv?first=2026-10-24&amp;last=2026-11-23" in browser.get("/export").text
        lines = browser.get("/export/lines.csv?first=2026-11-23&last=2026-11-23")
        assert lines.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert lines.headers["Content-Disposition"] == 'attachment; filename="lines.csv"'
        assert lines.headers["Cache-Control"] == "no-store"
        assert lines.text.startswith("\ufeff小票,营业日,") and ",'=cmd|' /C calc'!A0," in lines.text
        assert lines.text.count("\r\n") == 2, "a row that cannot be read is left out"
        goods = browser.get("/export/goods.csv").text.splitlines()
        assert goods[1:] == [f"{COLA},可口可乐 500ml,3.00,3.50,17,,,,,", f"{TEA},,8.80,,,,,,,"]
        assert "…8817,300.00,500.00" in browser.get("/export/tabs.csv").text


@pytest.mark.parametrize(("query", "sentence"), [
    ("first=2026-11-31", "日期不对"), ("first=昨天", "日期不对"), ("first=2026-11-24&last=2026-11-23", "请换一下"),
    ("first=2000-01-01", "366 天"),
])  # fmt: skip
def test_a_period_that_is_none_is_told_and_gives_no_table(query: str, sentence: str) -> None:
    with served(with_password(Role.OWNER)) as browser:
        browser.log_in(account="owner")
        asked = quote(query, safe="=&")
        answer = browser.get(f"/export?{asked}")
        assert sentence in answer.text and "aria-invalid" in answer.text and "lines.csv?" not in answer.text
        assert browser.get(f"/export/lines.csv?{asked}").status == 422


def test_a_long_table_is_sent_in_parts_without_being_held() -> None:
    page, parts = with_password(Role.OWNER), []

    def goods(sku: str, most: int) -> list[GoodsRow]:
        parts.append(sku)
        first = int(sku or "1000") + 1
        return [replace(GOODS[0], sku=str(number)) for number in range(first, min(first + most, 2_201))]

    page.shop = replace(shop_of_one_day(), goods_after=goods)
    with served(page) as browser:
        browser.log_in(account="owner")
        assert browser.get("/export/goods.csv").text.count("\r\n") == 1_201
    assert parts == ["", "1500", "2000", "2200"]


def test_what_leaves_the_shop_is_the_list_of_records_field_by_field() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text, told = browser.get("/leaves").text, browser.get("/api/leaves").json
        shown = {
            record["type"]: set(record["fields"])
            for purpose in told["purposes"] for area in purpose["areas"] for record in area["records"]
        }  # fmt: skip
        assert shown == {kind: set(leaves.fields) for kind, leaves in CLOSED_LIST.items()}
        assert all(kind in text for kind in CLOSED_LIST) and "数据开关" in text and len(text) < 100_000
        assert set(told["beside"]) == {up.value for up in Up} - {"tx", "pk", "ev"}
        assert 'href="/leaves"' in browser.get("/cloud").text


def test_what_was_looked_at_is_kept_by_one_button_and_what_cannot_be_printed_is_not() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        assert 'action="/receipt/keep"' not in browser.get("/receipt").text
        assert 'action="/receipt/keep"' in browser.get("/receipt?header=a%0Ab&footer=").text
        typed = {"header": "a\r\nb", "footer": "", "seen": "0"}
        assert browser.post("/receipt/keep", typed).headers["Location"] == "/receipt"
        refused = browser.post("/receipt/keep", typed | {"footer": "x" * 65, "back": "/receipt?header=a&footer="})
        assert refused.status == 422 and "有一行太长" in refused.text
    (order,) = page.orders
    assert order.type == "settings.put" and order.args["seen"] == 0
    assert [(change["key"], change["value"]) for change in order.args["changes"]] == [
        ("header", ["a", "b"]), ("footer", []),
    ]  # fmt: skip
