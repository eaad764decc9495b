"""Goods from a file and the last shop's template at the page: what is brought, what is said of it, what is ordered."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from own_page_bench import Answer, Browser, OwnPage, port_facts, served, with_password
from stick_bench import StickMachine
from test_shop_template import BY_ID, changed, handed_on, serial

from edge.codec.shop_template import write_template
from edge.model.account import Role
from edge.model.backup import Stage
from edge.model.goods_in import FoundGoods, GoodsIn
from edge.model.goods_plan import Wrong

EDGE = "----edge"
ID = "a" * 64
FOUND = FoundGoods(
    id=ID, path="x",
    encoding="gb18030", ignored=("供应商",), new=12, changed=3, named=0, altered=0, same=5, far=0, left_out=0,
    nameless=0, wrong=(), wrong_lines=0, is_managed=False,
)  # fmt: skip
READY = GoodsIn(Stage.READY, path="x", found=FOUND)


@pytest.fixture
def page(tmp_path: Path) -> OwnPage:
    page = with_password(Role.TECHNICIAN, Role.OWNER)
    page.folder = tmp_path
    return page


def send(browser: Browser, path: str, octets: bytes, back: str = "", api: bool = False) -> Answer:
    parts = {"csrf": browser.csrf.encode(), "back": back.encode()} if not api else {}
    body = b"".join(
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
        for name, value in parts.items()
    )
    body += f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode() + octets
    headers = {"Origin": f"http://127.0.0.1:{browser.port}", "Content_Type": f"multipart/form-data; boundary={EDGE}"}
    if api:
        headers["X_CSRF_Token"] = browser.csrf
    return browser.ask("POST", path, body + f"\r\n--{EDGE}--\r\n".encode(), **headers)


def test_a_table_is_looked_at_and_nothing_is_kept_of_one_that_nobody_looks_at(page: OwnPage) -> None:
    with served(page) as browser:
        browser.log_in()
        assert send(browser, "/prices/file", b"1,2").headers["Location"] == "/prices/file"
        (order,) = page.orders
        assert order.type == "goods.look" and Path(order.args["path"]).read_bytes() == b"1,2"
        assert page.dropped == [order.args["path"]], "the state names another one"
        page.goods = READY
        text = browser.get("/prices/file").text
        assert "12" in text and "供应商" in text and f'value="{ID}"' in text
        assert browser.get("/api/prices/file").json["new"] == 12
        assert 'href="/prices/file"' in browser.get("/prices").text


def test_it_stands_at_the_wizards_step_and_leads_back_to_it(page: OwnPage) -> None:
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/setup?step=shop").text
        assert 'action="/prices/file"' in text
        assert send(browser, "/prices/file", b"1", "/setup?step=shop").headers["Location"] == "/setup?step=shop"
        page.goods = READY
        browser.post("/prices/file/keep", {"id": ID, "back": "/setup?step=shop"})
        assert page.orders[-1].args == {"id": ID}


def test_a_table_larger_than_any_shops_is_refused_and_leaves_nothing(page: OwnPage) -> None:
    with served(page) as browser:
        browser.log_in()
        answer = send(browser, "/prices/file", b"x" * (9 * 1024 * 1024))
        assert answer.status == 422 and "最大 8 MB" in answer.text and 'id="pricesfile-file-wrong"' in answer.text
        assert send(browser, "/prices/file", b"").status == 422
    assert page.orders == [] and not list((page.folder / "goods").glob("given-*"))


def test_wrong_lines_are_told_with_line_and_column_in_both_languages(page: OwnPage) -> None:
    wrong = (Wrong(7, "code", "check", expected="2", got="<b>6901234567893"), Wrong(9, "", "quote"))
    page.goods = replace(READY, found=replace(FOUND, wrong=wrong, wrong_lines=30))
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/prices/file").text
        assert "有 30 行不对" in text and "第 7 行 · 编码" in text and "应该是 2" in text and "还有 28 行" in text
        assert "<b>6901" not in text and "/prices/file/keep" not in text
        assert (
            "Line 7 · code"
            in browser.get("/prices/file", Cookie=f"session={browser.cookies['session']}; language=en").text
        )


def test_far_cheaper_prices_are_the_owners_to_confirm(page: OwnPage) -> None:
    page.goods = replace(READY, found=replace(FOUND, far=2))
    page.answer = {"state": "rejected", "err": {"code": "auth.denied", "msg": "x"}}
    with served(page) as browser:
        browser.log_in()
        assert "/prices/file/keep" not in browser.get("/prices/file").text
        browser.post("/prices/file/keep", {"id": ID})
        assert "只有店主能这样改" in browser.get("/prices").text
        browser.log_in(account="owner")
        assert "/prices/file/keep" in browser.get("/prices/file").text


@pytest.mark.parametrize(("state", "sentence"), [
    (GoodsIn(Stage.RUNNING, looking="x"), "正在检查表格"),
    (replace(READY, taking=True, done=50, of=200), "价格 50 / 200"),
    (GoodsIn(Stage.FAILED, why="changed"), "商品目录刚刚变过"), (replace(READY, kept=ID), "已经导入"),
    (replace(READY, found=replace(FOUND, new=0, changed=0)), "不用导入"),
    (replace(READY, found=replace(FOUND, left_out=4, is_managed=True)), "由总部下发"),
    (replace(READY, found=replace(FOUND, new=0, changed=0, nameless=2)), "请在表格里写上名称"),
    (replace(READY, found=replace(FOUND, new=0, changed=0, nameless=2)), "除了上面不导入的"),
    (replace(READY, found=replace(FOUND, new=0, changed=0, altered=7)), "改单位、条码等"),
])  # fmt: skip
def test_how_it_stands_is_told(page: OwnPage, state: GoodsIn, sentence: str) -> None:
    page.goods = state
    with served(page) as browser:
        browser.log_in()
        assert sentence in browser.get("/prices/file").text and sentence in browser.get("/setup?step=shop").text


def test_sticks_are_looked_at_only_where_a_file_can_be_chosen(page: OwnPage, tmp_path: Path) -> None:
    machine = StickMachine(tmp_path / "machine")
    machine.plug()
    page.sticks = list(machine.look())
    with served(page) as browser:
        browser.log_in()
        for state, count in ((READY, 1), (replace(READY, taking=True, of=9), 0), (GoodsIn(Stage.RUNNING), 0)):
            page.goods = state
            assert browser.get("/api/prices/file").json["sticks"] == count


def test_pressed_twice_it_is_on_its_way_and_not_ordered_again(page: OwnPage) -> None:
    page.goods = replace(READY, taking=True, of=9)
    with served(page) as browser:
        browser.log_in()
        browser.post("/prices/file/keep", {"id": ID})
        assert page.orders == []
        assert browser.post("/prices/file/keep", {"id": "../x"}).status == 422


# --- like the last shop ---------------------------------------------------------------------------------------------


def new_box(page: OwnPage) -> OwnPage:
    page.ports = port_facts(found=lambda: (serial("4711"),))
    return page


def take_form(page: OwnPage, text: str) -> dict[str, str]:
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', text)
    assert shown is not None and page.looked is not None
    return {"id": page.looked.id, "seen": "0", "shown": shown[1]}


def test_what_was_not_shown_is_not_taken(page: OwnPage) -> None:
    plugged = [serial("4711")]
    page.ports = port_facts(found=lambda: tuple(plugged))
    with served(page) as browser:
        browser.log_in()
        send(browser, "/template", write_template(handed_on()))
        form = take_form(page, browser.get("/template").text)
        plugged[:] = [serial("4722", socket="3")]
        browser.post("/template/take", form)
        text = browser.get("/template").text
        assert page.orders == [] and "请再看一遍" in text and BY_ID.format("4722") in text
        browser.post("/template/take", take_form(page, text))
        assert len(page.orders) == 1
        assert browser.post("/template/take", {"id": form["id"], "seen": "0"}).status == 422


def test_a_template_is_looked_at_and_then_put_as_the_pages_settings(page: OwnPage) -> None:
    with served(new_box(page)) as browser:
        browser.log_in()
        browser.get("/setup?step=language")
        octets = write_template(handed_on())
        assert send(browser, "/template", octets, "/setup?step=language").headers["Location"] == "/setup?step=language"
        assert page.orders == [] and page.looked is not None
        text = browser.get("/setup?step=language").text
        assert "要的时候" in text and BY_ID.format("4711") in text and page.looked.id in text
        browser.post("/template/take", take_form(page, text))
    (order,) = page.orders
    assert order.type == "settings.put" and order.args["seen"] == 0
    changes = {(one["table"], one["key"]): one["value"] for one in order.args["changes"]}
    assert changes["terminal", "language"] == "en" and changes["devices", "spare"] is None
    assert changes["devices", "scale"]["port"] == BY_ID.format("4711") and ("terminal", "till") not in changes


@pytest.mark.parametrize(("octets", "sentence"), [
    (b"{}", "不是店铺模板"), (changed(edge_template=9), "更新的软件"), (changed(app="9"), "模板坏了"),
    (b"x" * 70_000, "文件太大"), (b"", "请选一个文件"),
])  # fmt: skip
def test_a_wrong_template_says_so_before_anything_changes(page: OwnPage, octets: bytes, sentence: str) -> None:
    with served(new_box(page)) as browser:
        browser.log_in()
        for back in ("/template", "/setup?step=language"):
            answer = send(browser, "/template", octets, back)
            assert answer.status == 422 and sentence in answer.text and 'id="template-file-wrong"' in answer.text
        assert send(browser, "/api/template", octets, api=True).json["fields"]["file"]
    assert page.orders == [] and page.looked is None and not list((page.folder / "template").glob("given-*"))


@pytest.mark.parametrize(("answer", "sentence"), [
    ({"state": "rejected", "err": {"code": "seq.conflict", "msg": "x"}}, "有人"),
    ({"state": "rejected", "err": {"code": "cfg.invalid", "msg": "shop.toml: wrong"}}, "shop.toml: wrong"),
])  # fmt: skip
def test_what_does_not_go_with_the_rest_is_told(page: OwnPage, answer: dict[str, Any], sentence: str) -> None:
    with served(new_box(page)) as browser:
        browser.log_in()
        send(browser, "/template", write_template(handed_on()))
        assert page.looked is not None
        page.answer = answer
        form = take_form(page, browser.get("/template").text)
        browser.post("/template/take", form)
        assert sentence in browser.get("/template").text
        assert browser.post("/template/take", form | {"id": ID}).status == 303
        assert "已经不在设备上" in browser.get("/template").text


def test_a_template_is_fetched_by_the_technician_alone(page: OwnPage) -> None:
    page.template = write_template(handed_on())
    with served(page) as browser:
        browser.log_in()
        answer = browser.get("/template/file")
        assert (
            json.loads(answer.text)["edge_template"] == 1
            and "shop-template.json" in answer.headers["Content-Disposition"]
        )
        assert 'href="/template"' in browser.get("/settings").text and 'href="/template"' in browser.get("/backup").text
        browser.log_in(account="owner")
        for path in ("/template", "/template/file"):
            assert browser.get(path).status == 403


# --- from a stick ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "step", "name"), [
    ("/prices/file", "shop", "商品.CSV"), ("/template", "language", "shop-template.json"),
])  # fmt: skip
def test_both_are_chosen_from_a_stick_too(page: OwnPage, tmp_path: Path, path: str, step: str, name: str) -> None:
    machine = StickMachine(tmp_path / "machine")
    with served(new_box(page)) as browser:
        browser.log_in()
        assert "插上以后刷新" in browser.get(path).text
        folder = machine.plug()
        page.sticks = list(machine.look())
        assert "不要放在文件夹里" in browser.get(path).text
        (folder / name).write_bytes(write_template(handed_on()))
        (folder / "other.pdf").write_bytes(b"x")
        for at in (path, f"/setup?step={step}"):
            text = browser.get(at).text
            assert name in text and "KINGSTON" in text and "other.pdf" not in text
        (file,) = browser.get(f"/api{path}").json["files"]
        browser.post(f"{path}/stick", {"file": file["key"]})
        assert browser.post(f"{path}/stick", {"file": "../../etc/passwd"}).status == 422
        assert page.stick_keys == [file["key"]] or page.orders[-1].args == {"path": f"stick:{file['key']}"}
