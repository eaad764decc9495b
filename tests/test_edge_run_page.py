"""`edge run` as a process, and its page: a planned start asks nobody for the password again."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest
from own_page_bench import PASSWORD
from shop_bench import Shop, shop_on
from tls_bench import free_port as unused

from edge.clock import SystemClock
from edge.store.documents import Documents, Json
from edge.web.login import hash_pin

pytestmark = pytest.mark.slow


def _ask(shop: Shop, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str, str]:
    """(status, body, cookie)"""
    host = shop.page_url.partition("//")[2]
    line = http.client.HTTPConnection(host, timeout=10)
    try:
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        return answer.status, answer.read().decode(), str(answer.headers["Set-Cookie"]).split(";")[0]
    finally:
        line.close()


def test_who_is_logged_in_is_so_after_a_planned_start(tmp_path: Path, free_port: int) -> None:
    with shop_on(tmp_path / "shop", broker_port=free_port, web_port=unused()) as shop:
        documents, _ = Documents.open(shop.folder / "data" / "documents", at=SystemClock().wall())
        account: Json = {"hash": hash_pin(PASSWORD), "made_at": "2026-11-27T00:00:00.000Z", "own": True}
        documents.collection("accounts").put("technician", account)
        shop.open()
        entrance = json.dumps({"account": "technician", "password": PASSWORD})
        _, told, cookie = _ask(shop, "POST", "/api/login", entrance)
        csrf = json.loads(told)["csrf"]
        lives, url = shop.terminal.text.count("ready:"), shop.page_url
        assert _ask(shop, "POST", "/api/fix/restart", "{}", Cookie=cookie, X_CSRF_Token=csrf)[0] in (200, 202, 503)
        statuses = []
        while shop.terminal.text.count("ready:") == lives:
            statuses.append(_ask(shop, "GET", "/login")[0])  # never refused: who knocks meanwhile waits
        assert set(statuses) <= {200, 503} and shop.page_url == url
        status, told, _ = _ask(shop, "GET", "/api/overview", Cookie=cookie)
        assert status == 200 and json.loads(told)["version"]
