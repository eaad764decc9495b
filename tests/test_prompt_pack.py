"""A shop's own words: a folder with prompts.toml, and what is said about one that is wrong."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from edge.cli.check import check
from edge.errors import SettingsError
from edge.prompt_pack import prompts_of, shipped_prompts

SHIPPED = (resources.files("edge.words") / "prompts.toml").read_text(encoding="utf-8")
SETTINGS = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "data"\n[voice]\npack = "words"\n'


def test_without_a_pack_the_shipped_words_are_said() -> None:
    assert prompts_of(None) is shipped_prompts()


def test_a_pack_says_the_same_in_other_words(tmp_path: Path) -> None:
    (tmp_path / "prompts.toml").write_text(SHIPPED.replace("您好，可以收银了", "开张咯"), "utf-8")
    assert prompts_of(tmp_path).text("sys.ready", "zh-CN") == "开张咯"


def test_a_pack_needs_no_words_for_what_nothing_says_yet(tmp_path: Path) -> None:
    (tmp_path / "prompts.toml").write_text(SHIPPED.replace('["support.called"]', '["support.cold"]'), "utf-8")
    assert "support.called" in shipped_prompts().ids - shipped_prompts().needed
    assert prompts_of(tmp_path).text("support.called", "zh-CN") == shipped_prompts().text("support.called", "zh-CN")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read.*prompts.toml.*leave it out"),
        ("[", "not TOML"),
        (SHIPPED.replace('["sys.ready"]', '["sys.redy"]'), "prompts are missing.*sys.ready"),
        ('["sys.ready"]\nzh-CN = "好"\nen = "Ready"\n', "prompts are missing.* …"),
        (SHIPPED.replace("一共{a}", "一共{b}", 1), "line .*do not say the same"),
    ],
)
def test_a_wrong_pack_is_refused_before_the_shop_opens(tmp_path: Path, text: str | None, told: str) -> None:
    folder, settings = tmp_path / "words", tmp_path / "shop.toml"
    folder.mkdir()
    settings.write_text(SETTINGS, "utf-8")
    if text is not None:
        (folder / "prompts.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=told):
        check(str(settings))


def test_a_pack_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prompts.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        prompts_of(tmp_path)
