"""The paper of a box that forgets everything: what was erased, when, and under which number; and what takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"title": "清除证明", "number": "编号", "terminal": "终端", "shop": "门店", "time": "时间",
              "rows": "记录数", "state": "交接", "sent": "云端已全部收到", "saved": "已导出备份",
              "void": "清除证明作废", "kept": "这个编号的清除证明无效。\n设备没有清除，一切照旧。",
              "what": "销售、赊账、包裹、卡、账号、\n密钥和日志，从这台设备上\n全部清除。断电也会继续清完。"},
    "en": {"title": "Erased", "number": "Number", "terminal": "Terminal", "shop": "Shop", "time": "Time",
           "rows": "Records", "state": "Handed over", "sent": "the cloud has all", "saved": "a backup was taken",
           "void": "Not erased", "kept": "The certificate of this number\nis void: nothing was erased.",
           "what": "Sales, tabs, parcels, cards,\naccounts, keys and logs: all of\nthem are erased from this box."
                   "\nA power cut does not stop it: it\ngoes on until nothing is left."},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Erasure:
    """`rows` of the journal are erased; `is_sent`: the cloud has all of them that are worth money or custody."""

    number: str
    tid: str
    shop: str
    rows: int
    is_sent: bool


def erase_slip(erasure: Erasure, *, now: str, language: str) -> Slip:
    """`now` as it shall be printed."""
    words = WORDS[language]
    blocks: tuple[Block, ...] = (
        Text(words["title"], Align.CENTRE, bold=True, big=True),
        Row(words["number"], erasure.number),
        Row(words["terminal"], erasure.tid),
        Row(words["shop"], erasure.shop),
        Row(words["time"], now),
        Row(words["rows"], str(erasure.rows)),
        Row(words["state"], words["sent" if erasure.is_sent else "saved"]),
        Rule(),
        *map(Text, words["what"].splitlines()),
        Feed(),
    )
    return Slip(blocks)


def void_slip(number: str, *, tid: str, now: str, language: str) -> Slip:
    """Of a certificate that came out of a box that has forgotten nothing."""
    words = WORDS[language]
    blocks: tuple[Block, ...] = (
        Text(words["void"], Align.CENTRE, bold=True, big=True),
        Row(words["number"], number),
        Row(words["terminal"], tid),
        Row(words["time"], now),
        Rule(),
        *map(Text, words["kept"].splitlines()),
        Feed(),
    )
    return Slip(blocks)
