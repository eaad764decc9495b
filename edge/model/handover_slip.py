"""The slip that ends an installation: what was tried on this box, what came of it, and a line for a name."""

from __future__ import annotations

from edge.model.first_setup import Checked, Found, Verdict
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "交付检查", "terminal": "终端", "store": "门店", "time": "时间", "by": "检查人", "version": "版本",
        "technician": "技术员", "owner": "店主", "works": "好", "failed": "不好", "untried": "没试过",
        "absent": "没有装",
        "unseen": "好，没人看过", "refused": "看过，不行",
        "well": "都好，可以营业", "bad": "有不好的，修好后再检查一次",
        "untried_left": "有没试过的，试好再检查一次", "sign": "店主签名：",
        "printer": "打印机", "drawer": "钱箱", "display": "顾客屏", "scale": "电子秤", "speaker": "喇叭",
        "scanner": "扫码枪", "keypad": "小键盘", "locker": "柜锁板", "other": "其他设备",
        "paper_out": "没有纸", "hw.printer_paper": "没有纸", "cover_open": "盖子开着", "offline": "没有连上",
        "connecting": "没有连上", "hw.printer_offline": "没有准备好", "hw.device_offline": "没有连上",
        "unknown": "没有回答", "fault": "有故障", "hw.scale": "没有给出重量", "hw.locker_offline": "锁板没有回答",
        "cmd.timeout": "等了很久没有结果", "cmd.outcome_unknown": "做没做成不知道", "cmd.unsupported": "没有这个功能",
        "cmd.busy": "正忙着", "door_open": "{door} 号门开着",
    },
    "en": {
        "title": "Hand-over", "terminal": "Terminal", "store": "Store", "time": "Time", "by": "Checked by",
        "version": "Version", "technician": "technician", "owner": "owner", "works": "works", "failed": "DOES NOT WORK",
        "untried": "NOT TRIED", "absent": "none", "unseen": "works, not looked at", "refused": "SEEN TO FAIL",
        "well": "All is well: ready to sell", "bad": "Mend what failed, check again",
        "untried_left": "Try what is left, check again",
        "sign": "Signed, the owner:",
        "printer": "Printer", "drawer": "Drawer", "display": "Display", "scale": "Scale",
        "speaker": "Loudspeaker", "scanner": "Scanner", "keypad": "Keypad", "locker": "Lock board",
        "other": "Other device", "paper_out": "no paper", "hw.printer_paper": "no paper",
        "cover_open": "its cover is open", "offline": "not connected", "connecting": "not connected",
        "hw.printer_offline": "not ready",
        "hw.device_offline": "not connected", "unknown": "does not answer", "fault": "says it is broken",
        "hw.scale": "told no weight", "hw.locker_offline": "a board does not answer",
        "cmd.timeout": "nothing came in time", "cmd.outcome_unknown": "nobody knows if it did it",
        "cmd.unsupported": "cannot do that", "cmd.busy": "was busy", "door_open": "door {door} is open",
    },
}  # fmt: skip


def handover_slip(checked: Checked, *, tid: str, store: str, now: str, language: str) -> Slip:
    """`now` as it shall be printed."""
    words = WORDS[language]
    blocks: list[Block] = [
        Text(words["title"], Align.CENTRE, bold=True, big=True),
        Feed(),
        Row(words["terminal"], tid),
        Row(words["store"], store),
        Row(words["time"], now),
        Row(words["by"], words.get(checked.by, checked.by)),
        Row(words["version"], checked.version),
        Rule(),
    ]
    for one in checked.found:
        is_open = one.is_bad or one.verdict is Verdict.UNTRIED
        blocks.append(Row(words[one.part.value], words[_word(one)], bold=is_open))
        if is_open and sum(other.part is one.part for other in checked.found) > 1:
            blocks.append(Text(f"  {one.device}"))
        if is_open and one.code:
            blocks.append(Text(f"  {_why(one.code, words)}"))
    blocks += [Rule(), Text(words[_summary(checked)], Align.CENTRE, bold=True), Feed()]
    return Slip((*blocks, Text(words["sign"]), Feed(), Feed(), Rule()))


def _summary(checked: Checked) -> str:
    if any(one.is_bad for one in checked.found):
        return "bad"
    return "well" if checked.is_well else "untried_left"


def _why(code: str, words: dict[str, str]) -> str:
    """`door_open.7` names a door; what has no words yet stands as it is."""
    kind, _, door = code.partition(".") if code.startswith("door_open.") else (code, "", "")
    return words.get(kind, kind).format(door=door)


def _word(one: Found) -> str:
    if one.seen is False:
        return "refused"
    if one.verdict is Verdict.WORKS and one.seen is None:
        return "unseen"
    return one.verdict.value
