"""Slips of the box's own Wi-Fi: how a phone joins it, and where the page is once it has given way to another."""

from __future__ import annotations

from edge.model.hotspot import wifi_code
from edge.model.network import TRIAL_S, Hotspot
from edge.model.set_up_slip import PageWays
from edge.model.slip import Align, Block, Feed, QrCode, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    # Broken where the narrowest paper would break them.
    "zh-CN": {
        "title": "设备热点", "terminal": "终端",
        "join": "1. 手机扫码，连这台设备的热点：", "or": "或者在手机上选：", "ssid": "名称", "key": "密码",
        "open": "2. 网页会自己弹出来。\n没有弹出来，或者是空白的，\n就扫码：",
        "pin": "3. 登录要用的密码，\n印在“技术员”那张纸条上。",
        "alone": "手机可能说这个热点不能上网，\n请选择继续使用。", "keep": "请收好，不要给顾客",
        "new": "新网络", "into": "1. 手机连上新的无线网：",
        "confirm": f"2. {TRIAL_S} 秒之内扫码，登录，\n点“保留新设置”：", "type": "或者输入：",
        "back": "没有点，热点就会回来。",
    },
    "en": {
        "title": "Hotspot", "terminal": "Terminal",
        "join": "1. Scan, and join the terminal's\nown Wi-Fi with your phone:", "or": "or choose on the phone:",
        "ssid": "Name", "key": "Key",
        "open": "2. The page comes up by itself.\nIf it does not, or stays empty,\nscan:",
        "pin": "3. The PIN for the login is on\nthe slip headed Technician.",
        "alone": "Your phone may say that this\nWi-Fi has no internet: stay on.", "keep": "Keep it; not for customers",
        "new": "New network", "into": "1. Join the new Wi-Fi with your\nphone:",
        "confirm": f"2. Within {TRIAL_S} seconds scan, log\nin and press Keep the new\nsettings:", "type": "or type:",
        "back": "Else the hotspot comes back.",
    },
}  # fmt: skip


def hotspot_slip(hotspot: Hotspot, *, tid: str, url: str, language: str, is_new: bool) -> Slip:
    """`url` of the page in it. `is_new`: the login wants the printed PIN."""
    words = WORDS[language]
    login: tuple[Block, ...] = (Rule(), *_lines(words["pin"])) if is_new else ()
    return Slip(
        (
            Text(words["title"], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["terminal"], tid),
            Rule(),
            *_lines(words["join"]),
            QrCode(wifi_code(hotspot)),
            Text(words["or"]),
            Row(words["ssid"], hotspot.ssid, bold=True),
            Row(words["key"], hotspot.key, bold=True),
            *_lines(words["alone"]),
            Rule(),
            *_lines(words["open"]),
            QrCode(url),
            Text(url, Align.CENTRE),
            *login,
            Feed(),
            Text(words["keep"], Align.CENTRE),
        )
    )


def trial_slip(ssid: str, ways: PageWays, path: str, *, language: str) -> Slip:
    """For who has set a Wi-Fi by way of the hotspot, and cannot see the page that says where to go on. `path`: of the
    page of the network.
    """
    words = WORDS[language]
    urls = [url.rstrip("/") + path for url in (*ways.urls, ways.name) if url]
    return Slip(
        (
            Text(words["new"], Align.CENTRE, bold=True, big=True),
            Feed(),
            *_lines(words["into"]),
            Text(ssid, Align.CENTRE, bold=True),
            *_lines(words["confirm"]),
            *(QrCode(url) for url in urls[:1]),
            *((Text(words["type"]),) if urls else ()),
            *(Text(url, Align.CENTRE) for url in urls),
            Feed(),
            Text(words["back"]),
        )
    )


def _lines(text: str) -> tuple[Text, ...]:
    return tuple(map(Text, text.splitlines()))
