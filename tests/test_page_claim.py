"""The box is enrolled at the page: a code becomes a certificate, and whatever is wrong is told at its field."""

from __future__ import annotations

from pathlib import Path

import pytest
from box_bench import running
from own_page_bench import served, with_password
from test_enrolment import Office

from edge.enrolled import cloud_files
from edge.model.account import Role

GOOD = {"url": "https://cloud.example:8443", "code": "ABCDE-FGHJK", "fingerprint": "AB:" * 15 + "AB"}


@pytest.mark.slow
def test_a_box_is_enrolled_at_its_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = Office(tmp_path / "office")
    office.program.start()
    (tmp_path / "shop").mkdir()
    try:
        code, mark = office.code(capsys, "T7K3M9Q2")
        with running(tmp_path / "shop") as box:
            fields = {"url": office.url, "code": code.lower(), "fingerprint": mark}
            box.browser.get("/cloud")
            box.browser.post("/cloud/claim", fields | {"fingerprint": "0" * 32})
            box.until(lambda: "没有登记成" in box.browser.get("/cloud").text, "the wrong server")
            assert "another one" in box.browser.get("/cloud").text, "what was seen, for who mends it"
            box.browser.post("/cloud/claim", fields)
            box.until(lambda: "登记好了" in box.browser.get("/cloud").text, "the certificate")
            text = box.browser.get("/cloud").text
            assert 'action="/fix/restart"' in text and code not in text
            assert cloud_files(tmp_path / "shop" / "data").certificate.exists()
            box.browser.post("/cloud/claim", fields)
            box.until(lambda: "auth.denied" in box.browser.get("/cloud").text, "a code is good once")
    finally:
        office.program.kill()


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"url": ""}, "这里要填"), ({"url": "http://cloud.example"}, "以 https:// 开头"),
    ({"url": "云端"}, "以 https:// 开头"),
    ({"url": "https://cloud.example/x"}, "以 https:// 开头"), ({"url": "https://" + "x" * 200}, "太长，最多 200 位"),
    ({"code": "ABCDE"}, "登记码是 10 位"), ({"code": "ABCDE-FGHJU"}, "登记码是 10 位"),
    ({"code": "一二三四五六七八九十"}, "登记码是 10 位"),
    ({"fingerprint": "zz"}, "指纹是 32 或 64 位"), ({"fingerprint": ""}, "这里要填"),
])  # fmt: skip
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(typed: dict[str, str], sentence: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/cloud/claim", GOOD | typed)
        (value,) = typed.values()
        assert answer.status == 422 and sentence in answer.text and f'value="{value}"' in answer.text
    assert page.orders == []


def test_code_and_fingerprint_are_taken_as_they_are_read() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.post("/cloud/claim", GOOD | {"code": "abcde fghjk"})
    assert page.orders[0].args == {"url": GOOD["url"], "code": "ABCDEFGHJK", "fingerprint": "ab" * 16}
    assert "ABCDEFGHJK" not in repr(page.orders[0])


def test_the_owner_sees_the_cloud_and_enrols_nothing() -> None:
    page = with_password(Role.TECHNICIAN, Role.OWNER)
    with served(page) as browser:
        browser.log_in(account="owner")
        assert 'id="claim"' not in browser.get("/cloud").text
        browser.get("/password")
        assert browser.post("/cloud/claim", GOOD).status == 403
    assert page.orders == []
