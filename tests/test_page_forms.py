"""A form that was refused, as a phone shows it: the first field that is wrong is there at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from own_page_bench import STATE, served, with_password

TILL = {"key": "terminal.till", "value": "0", "seen": "0", "back": "/settings?change=terminal.till"}
BOUND = {"name": "Scanner", "driver": "scanner_serial", "port": "", "seen": "0"}


@pytest.mark.parametrize(("path", "typed", "field"), [
    ("/time/set", {"at": "gestern"}, "timeset-at"),
    ("/devices/bind", BOUND, "devicesbind-name"),
    ("/devices/bind", BOUND | {"name": "scanner"}, "devicesbind-port"),
    ("/settings/put", TILL, "settingsput-value"),
])  # fmt: skip
def test_the_first_wrong_field_is_led_to_and_has_the_cursor(path: str, typed: dict[str, str], field: str) -> None:
    """Without a script: it stands a screen below the title."""
    page = with_password()
    page.state = replace(STATE, clk="unsync")
    with served(page) as browser:
        browser.log_in()
        answer = browser.post(path, typed)
    assert answer.status == 422
    assert f'<a href="#{field}">没有做成，请看标红的地方。</a>' in answer.text
    assert answer.text.count(" autofocus") == 1
    assert " autofocus" in next(tag for tag in answer.text.split("<") if f' id="{field}"' in tag)
