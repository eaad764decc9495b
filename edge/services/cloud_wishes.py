"""What the cloud may have printed, shown, said and done on any terminal, wired: which command is whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.prompts import Prompts
from edge.codec.wire_command import (
    DIAGNOSIS,
    JOURNAL,
    LOGS,
    MESSAGE,
    PRINT_RECEIPT,
    PRINT_TEXT,
    REBOOT,
    RESTART,
    SAY,
    SELFTEST,
    SUPPORT,
    SUSPEND,
)
from edge.model.receipt import ReceiptText
from edge.ports import Snapshot
from edge.services.cancelling import SALE_CANCEL, cancel_sale
from edge.services.commands import CarryOut, Resumed
from edge.services.device_tests import DeviceTests, TestParts
from edge.services.remote_help import RemoteHelp
from edge.services.remote_messages import RemoteMessages
from edge.services.remote_print import REPORT_AGAIN, TEST_PRINT, RemotePrint
from edge.services.remote_voice import RemoteVoice
from edge.services.reports_again import ReportsAgain
from edge.services.restarting import Restarting
from edge.services.self_test import SelfTest
from edge.services.suspending import Suspending
from edge.services.uploading import Uploading, Ways


@dataclass(frozen=True, slots=True)
class WishParts:
    """`printer`: whether the shop has one. `snapshot`: how the terminal is, None before it runs. `reboots`: whether the
    whole box can restart. `ways`, `run`: how files leave.
    """

    text: ReceiptText
    zone: ZoneInfo
    printer: bool
    prompts: Prompts
    snapshot: Callable[[], Snapshot | None]
    reboots: bool
    ways: Ways
    run: Callable[[str, Callable[[], object]], bool]
    tests: TestParts


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is carried out at once, for cloud and page; what for the page alone; what of it outlives a power cut."""

    at_once: Mapping[str, CarryOut]
    at_page: Mapping[str, CarryOut]
    resumed: Mapping[str, Resumed]


def open_wishes(bus: Bus, parts: WishParts, suspending: Suspending) -> Wishes:
    """After `Receipts`, which settles its papers."""
    papers = RemotePrint(bus, parts.text, zone=parts.zone, printer=parts.printer)
    messages = RemoteMessages(bus, parts.text, zone=parts.zone, printer=parts.printer)
    tests = DeviceTests(bus, parts.tests, papers)
    restarting = Restarting(bus, reboots=parts.reboots)
    uploading = Uploading(bus, parts.ways, run=parts.run)
    at_once: dict[str, CarryOut] = {
        PRINT_TEXT: papers.print_lines, PRINT_RECEIPT: papers.print_receipt, MESSAGE: messages.show,
        SAY: RemoteVoice(parts.prompts).say, SELFTEST: SelfTest(parts.snapshot).run, SUSPEND: suspending.order,
        RESTART: restarting.order, REBOOT: restarting.order, LOGS: uploading.order, DIAGNOSIS: uploading.order,
        JOURNAL: uploading.order, SUPPORT: RemoteHelp(bus).order,
    }  # fmt: skip
    resumed: dict[str, Resumed] = {
        PRINT_TEXT: papers.resumed,
        TEST_PRINT: papers.resumed,
        REPORT_AGAIN: papers.resumed,
        PRINT_RECEIPT: papers.resumed,
        MESSAGE: messages.resumed,
        RESTART: restarting.resumed,
        REBOOT: restarting.resumed,
    }
    again = ReportsAgain(papers, parts.tests.state)
    at_page = {
        TEST_PRINT: tests.print_slip, REPORT_AGAIN: again.print_copy, SALE_CANCEL: cancel_sale, **tests.orders(),
    }  # fmt: skip
    return Wishes(at_once, at_page, resumed)
