"""What `edge lockers` says to a technician, in the shop's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edge.config_tables import Language
from edge.model.commissioning import Finding, Step, Trouble

_OPEN = (
    "请用钥匙打开 {door} 号门（第 {lock} 把锁），只开这一扇，然后按回车。",
    "Open door {door} (lock {lock}) with its key, no other, then press Enter.",
)
_SHUT = ("请关上 {door} 号门，然后按回车。", "Close door {door} again, then press Enter.")
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "begin": (
        "{board} 号锁板（{device}）：要开两扇门试一试。回车 = 做好了，p = 让机器开这扇门，q = 停止，不保存。",
        "Board {board} on {device}: two doors are tried. Enter = done, p = the box opens it, q = stop, keep nothing.",
    ),
    Step.SHUT_ALL: (
        "请关上 {board} 号锁板的所有门（{doors}），然后按回车。",
        "Close all doors of board {board} ({doors}), then press Enter.",
    ),
    Step.OPEN_FIRST: _OPEN,
    Step.SHUT_FIRST: _SHUT,
    Step.OPEN_SECOND: _OPEN,
    Step.SHUT_SECOND: _SHUT,
    Step.DONE: (
        "{board} 号锁板设置好了：门开时触点为 {bit}，字节顺序：{order}。",
        "Board {board} is set up: the contact of an open door is {bit}, bytes come {order}.",
    ),
    "high": ("高位在前", "highest locks first"),
    "low": ("低位在前", "lowest locks first"),
    "again": ("从头来过。", "From the beginning."),
    "confirm": (
        "机器会给 {door} 号门一次脉冲，门会弹开。输入 yes 确认，其他键取消：",
        "The box gives door {door} one pulse, it springs open. Type yes, or anything else to cancel:",
    ),
    "not_pulsed": ("没有开门。", "No door was opened."),
    "pulsed": ("已给 {door} 号门一次脉冲。", "Door {door} got one pulse."),
    "pulse_not_sent": ("没有发出脉冲：{reason}", "No pulse was sent: {reason}"),
    "pulse_refused": (
        "锁板拒绝了：它没有这把锁，或自己不会发脉冲。{door} 号门没有脉冲。",
        "The board refused: it has no such lock, or no pulse of its own. Door {door} got none.",
    ),
    "pulse_unanswered": (
        "锁板没有回应（有的锁板从不回应）：看 {door} 号门开了没有。",
        "The board did not answer, as some never do: look whether door {door} is open.",
    ),
    "pulse_unsure": (
        "不知道 {door} 号门有没有脉冲：{reason}",
        "Nobody knows whether door {door} got a pulse: {reason}",
    ),
    "nothing_to_pulse": ("这一步不需要开门。", "In this step no door is to be opened."),
    "stopped": ("停止了，{board} 号锁板没有保存。", "Stopped. Nothing was kept for board {board}."),
    "kept": ("已保存。", "Kept."),
    Trouble.TOO_SHORT: (
        "锁板报的锁数太少，格口表里却有第 {locks} 把锁。请核对锁板型号、格口表和地址拨码。",
        "The board tells of fewer locks than lock {locks} of the map. Is it the right board, and is the map right?",
    ),
    Trouble.LENGTH_CHANGED: (
        "锁板报的锁数变了。可能有两块锁板用同一个地址：请检查拨码。",
        "The board now tells of another number of locks. Two boards may have one address: check the switches.",
    ),
    Trouble.NOT_ALL_SHUT: (
        "第 {locks} 把锁还显示开着。请关上它的门；若已关好，它的触点接法不同，请改接。",
        "Lock {locks} still says open. Close its door; if it is closed, its contact is the other way: rewire it.",
    ),
    Trouble.NOTHING_CHANGED: (
        "没有触点变化。门真的开了吗？是第 {locks} 把锁吗？反馈线接好了吗？也可能两块锁板用同一个地址。",
        "No contact changed. Is lock {locks} open, are its feedback wires connected? Have two boards one address?",
    ),
    Trouble.STILL_OPEN: (
        "第 {locks} 把锁还显示开着，请关紧门。",
        "Lock {locks} still says open. Close its door firmly.",
    ),
    Trouble.MANY_CHANGED: (
        "变的不只一个触点（第 {locks} 把锁）。请只开一扇门；若只开了一扇，可能两块锁板同一个地址，或线接错。",
        "More than one contact changed (locks {locks}). Open one door only. Have two boards one address?",
    ),
    Trouble.WRONG_DOOR: (
        "变的是第 {locks} 把锁，不是这一把。开错门了，或锁线接错位置：请核对。",
        "It was lock {locks} that changed, not this one. It is another door, or its wires are in another place.",
    ),
    Trouble.WRONG_WAY: (
        "第 {locks} 把锁的触点和协议或上一扇门相反，请改接这把锁的触点。",
        "The contact of lock {locks} says the reverse of the protocol or of the first door: rewire it.",
    ),
    "no_bus": (
        "设置文件里没有锁板：加上 [devices.locker_wall]",
        "the settings have no lock boards: add [devices.locker_wall]",
    ),
    "scanning": ("{device}（{port}）：只读查询，不会开门。", "{device} ({port}): only questions, no door opens."),
    "answers": (
        "  {driver}，{baud} 波特，地址 {board}：应答，报 {locks} 把锁{hint}",
        "  {driver} at {baud} baud, address {board}: answers, tells of {locks} locks{hint}",
    ),
    "not_in_settings": (
        '——设置里没有，请写 driver = "{driver}", baud = {baud}, boards = [{board}]',
        ': not in the settings; write driver = "{driver}", baud = {baud}, boards = [{board}]',
    ),
    "no_answer": (
        "  {board} 号锁板没有应答：检查电源、两根数据线、拨码和波特率。",
        "  board {board} does not answer: check its power, its two data wires, its switches and its baud rate.",
    ),
    "unmapped": (
        "{device} 的 {board} 号锁板还没有格口：edge lockers map --board {board} …",
        "board {board} on {device} has no cells yet: edge lockers map --board {board} …",
    ),
    "uncommissioned": (
        "{device} 的 {board} 号锁板还没设置，门状态未知：edge lockers commission",
        "board {board} on {device} is not set up, its doors are unknown: edge lockers commission",
    ),
    "runs": (
        "终端正在运行，门状态请看它的页面。",
        "The terminal runs and has the boards: its page tells what the doors do.",
    ),
    "mapped": (
        "{cells} 个格口，门号 {first} 到 {last}，{size} 号。接着：edge lockers commission",
        "{cells} cells, doors {first} to {last}, size {size}. Next: edge lockers commission",
    ),
    "untried": (
        "{board} 号锁板要重新设置：新的锁在别的字节里。edge lockers commission --board {board}",
        "Board {board} is to be set up anew, for its new locks: edge lockers commission --board {board}",
    ),
    "head": (
        "门号\t格口\t设备\t锁板\t锁\t尺寸\t门\t物品",
        "door\tcell\tdevice\tboard\tlock\tsize\tdoor is\tinside",
    ),
    "open": ("开", "open"),
    "closed": ("关", "closed"),
    "unknown": ("未知", "unknown"),
    "empty": ("空", "empty"),
    "full": ("有物", "something"),
})  # fmt: skip


class Words:
    """In one language."""

    def __init__(self, language: Language) -> None:
        self._column = 0 if language is Language.CHINESE else 1

    def __call__(self, key: str, **values: object) -> str:
        return _WORDS[key][self._column].format(**values)

    def trouble(self, finding: Finding) -> str:
        return self(finding.trouble, locks=", ".join(map(str, finding.locks)))
