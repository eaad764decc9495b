"""[parcels]: what makes a shop a parcel station, what is wrong in it, and what `edge check` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.cli.check import check
from edge.cli.decode import decode_scan
from edge.config import Settings, load_settings
from edge.daemon import build
from edge.errors import SettingsError
from edge.shop_files import shop_platforms

SHOP = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "./data"\n'
FULL = """[platforms]
active = ["jd", "china_post"]
profile = "own.toml"
[parcels]
shelf = "A-2"
code_days = 14
"""
VILLAGE = '[carriers.VILLAGE]\nzh-CN = "乡村快线"\nen = "Village Line"\nnumbers = ["XC[0-9]{10}"]\n'
WRONG = {
    "an unknown platform": (FULL.replace('"jd"', '"jdd"'), ["line 6", "no platform 'jdd'", "did you mean 'jd'?"]),
    "a fourth platform": (FULL.replace('"jd"', '"tencent"'), ["line 6", "known are: alibaba, china_post, jd"]),
    "a platform twice": (FULL.replace('"china_post"', '"jd"'), ["line 6", "names a platform twice"]),
    "a platform alone": (FULL.replace('["jd", "china_post"]', '"jd"'), ["line 6", 'platforms, such as ["alibaba"']),
    "no platform": (
        "[platforms]\nactive = []\n",
        ["line 5", "names no platform", "expected one at least, or a profile"],
    ),
    "a profile of a platform's name": (FULL.replace("own.toml", "jd.toml"), ["line 7", "a platform 'jd' already"]),
    "a profile of no name": (FULL.replace("own.toml", "My Shop.toml"), ["line 7", "no name for a platform"]),
    "platforms where they stood": (
        '[parcels]\nplatforms = ["jd"]\nprofile = "own.toml"\n',
        [
            "line 6: 'platforms' has moved out of [parcels], expected it as 'active' in a table [platforms]",
            "line 7: 'profile' has moved out of [parcels], expected it as 'profile' in a table [platforms]",
        ],
    ),
    "a shelf without a layer": (FULL.replace("A-2", "A"), ["line 9", 'expected shelf and layer, such as "1-1"']),
    "a shelf with a serial": (FULL.replace("A-2", "3-1-3001"), ["line 9", "expected shelf and layer"]),
    "no day for a code": (FULL.replace("14", "0"), ["line 10", "days, 1 to 60", "got 0"]),
    "a misspelled key": (FULL.replace("code_days", "codedays"), ["line 10", "did you mean 'code_days'?"]),
    "a misspelled table": (FULL.replace("[parcels]", "[parcel]"), ["line 8", "did you mean 'parcels'?"]),
}


def load(folder: Path, text: str) -> Settings:
    file = folder / "shop.toml"
    file.write_text(SHOP + text, encoding="utf-8")
    return load_settings(file)


def test_without_the_table_there_is_no_parcel_station(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.parcels is None
    assert shop_platforms(settings).carriers.named("SF").name == "顺丰"


def test_an_empty_table_is_a_station_of_all_platforms(tmp_path: Path) -> None:
    settings = load(tmp_path, "[parcels]\n")
    table = settings.parcels
    assert table is not None
    assert (settings.platforms.active, settings.platforms.profile) == (("alibaba", "china_post", "jd"), None)
    assert (table.shelf, table.code_days) == ("1-1", 7)


def test_a_terminal_with_a_station_starts_and_starts_again_with_the_same_key(tmp_path: Path) -> None:
    settings, keys = load(tmp_path, "[parcels]\n"), set()
    for _ in range(2):
        build(settings).close()
        keys.add((tmp_path / "data" / "documents" / "station.json").read_text(encoding="utf-8"))
    assert len(keys) == 1


def test_every_setting_of_a_station_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(VILLAGE, encoding="utf-8")
    settings = load(tmp_path, FULL)
    assert settings.parcels is not None
    assert settings.platforms.profile == tmp_path / "own.toml"
    assert (settings.parcels.shelf, settings.parcels.code_days) == ("A-2", 14)
    ids = [carrier.id for carrier in shop_platforms(settings).carriers.all]
    assert ids == ["CHINA_POST", "S10", "JD", "DEPPON", "VILLAGE"]


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_place(what: str, tmp_path: Path) -> None:
    text, words = WRONG[what]
    assert text != FULL
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, text)
    for word in ("shop.toml", *words):
        assert word in str(refused.value), str(refused.value)


def test_edge_check_reads_the_carriers_and_says_where_each_setting_is_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(tmp_path, FULL)
    (tmp_path / "own.toml").write_text(VILLAGE, encoding="utf-8")
    assert check(str(tmp_path / "shop.toml")) == 0
    told = capsys.readouterr().out
    assert f"platforms: 3, good, china_post, jd, {tmp_path / 'own.toml'}\n" in told
    assert (
        "  jd 京东: carriers JD 京东, DEPPON 德邦;"
        " wallets jdpay 京东支付, wechat 微信, unionpay 云闪付, ecny 数字人民币;"
        " suppliers JD_SUPPLY 京东新通路; services" in told
    )
    assert "  own own: carriers VILLAGE 乡村快线\n" in told
    assert f'parcels.shelf = "A-2"    ({tmp_path / "shop.toml"} line 9)' in told
    load(tmp_path, "[parcels]\n")
    assert check(str(tmp_path / "shop.toml")) == 0
    told = capsys.readouterr().out
    assert "platforms: 3, good, alibaba, china_post, jd\n" in told
    assert "parcels.code_days = 7    (default)" in told and "platforms.profile = not set    (default)" in told


def test_edge_check_refuses_a_profile_with_a_wrong_line_or_none_at_all(tmp_path: Path) -> None:
    load(tmp_path, FULL)
    with pytest.raises(SettingsError, match=r"own.toml: the file cannot be read"):
        check(str(tmp_path / "shop.toml"))
    (tmp_path / "own.toml").write_text(VILLAGE.replace("XC[0-9]", "XC.*"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"own.toml line 4: 'numbers.0' in \[carriers.VILLAGE\]"):
        check(str(tmp_path / "shop.toml"))


def test_decode_scan_without_a_shop_knows_all_platforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert decode_scan("5112345678901", "parcel_in") == 0
    told = capsys.readouterr().out
    assert '"YUNDA"' in told and '"CHINA_POST"' in told and '"rule": "2"' in told
