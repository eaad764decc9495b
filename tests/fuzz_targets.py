"""Every reader of foreign bytes and texts: what it is called, how it is called, good inputs, what it may raise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import fuzz_corpus as good
import fuzz_streams as streams
from cloud_bench import TID
from fuzz_commands import COMMAND_PARSERS
from fuzz_evening import EVENING_PARSERS
from fuzz_identity import IDENTITY_PARSERS
from fuzz_insight import INSIGHT_PARSERS
from fuzz_keeping import KEEPING_PARSERS
from fuzz_licences import LICENCE_PARSERS
from fuzz_loans import LOAN_PARSERS
from fuzz_locks import LOCK_PARSERS
from fuzz_orders import ORDER_PARSERS
from fuzz_parcels import PARCEL_PARSERS
from fuzz_purchases import PURCHASE_PARSERS
from fuzz_services import SERVICE_PARSERS
from fuzz_target import Open, Target, of_file, of_json, of_octets, of_text

from edge.card_table import load_cards
from edge.codec import (
    aim,
    badge,
    basket,
    catalogue_csv,
    catalogue_op,
    catalogue_row,
    classification,
    command_card,
    coupon,
    digital_link,
    display_screen,
    escpos,
    escpos_status,
    event_list,
    frame,
    gb18030,
    gs1,
    gtin,
    hid_report,
    input_event,
    instore,
    json_text,
    jws,
    line_display,
    line_scan,
    number_pattern,
    paycode,
    pcm,
    pickup,
    prompts,
    refund_text,
    s10,
    scale,
    scale_frame,
    scan,
    scanner_frame,
    slip_text,
    spoken_runs,
    teach_in,
    topics,
    waybill,
    wire,
    wire_down,
    wire_payment,
    wire_up,
)
from edge.codec.bodies import BODIES
from edge.command_keys import load_command_keys
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import CodecError, CorruptStore, ModelError, SettingsError, WireError
from edge.messages import Show, View
from edge.model import manner, money, set_up_slip
from edge.model.receipt import ReceiptText, receipt_slip
from edge.model.sale import Sale
from edge.model.slip import Barcode, QrCode, Row, Slip, Text
from edge.platform_file import load_carriers, load_platforms
from edge.promotion_file import load_promotions
from edge.reference_cloud.spans import Spans
from edge.store.atomic_storage import Schema, read_tables
from edge.toml_file import TomlFile

NEVER: tuple[type[Exception], ...] = ()
CODEC, WIRE, SETTINGS = (CodecError,), (WireError,), (SettingsError,)
TOPICS = topics.Topics()
OLDER = Schema(2, {1: lambda documents: dict(documents)})


def _addressed(read: Callable[[topics.Topics, str, bytes], object]) -> Open:
    """Topic, a zero octet, payload."""

    def received(octets: bytes) -> object:
        topic, _, payload = octets.partition(b"\0")
        return read(TOPICS, topic.decode("utf-8", "replace"), payload)

    return of_octets(received)


def _classified(text: str) -> None:
    found = classification.candidates(text, carriers=load_carriers())
    for mode in classification.Mode:
        classification.classify(found, mode, classification.Known())


def _scan_described(text: str) -> str:
    return json.dumps(scan.describe_scan(text, load_carriers()), ensure_ascii=False)


def _frame_described(octets: bytes) -> None:
    """Each protocol, of the bytes and of the text that they are."""
    protocols = sorted({*frame.PROTOCOLS, "time", "nonsense"})
    protocol = protocols[octets[0] % len(protocols) if octets else 0]
    for text in (octets[1:].hex(), octets[1:].decode("utf-8", "replace")):
        answer = frame.describe_frame(protocol, text, octets[1:4].hex() if octets[:1] < b"\x80" else None)
        json.dumps(answer, ensure_ascii=False)


def _elements_read(text: str) -> None:
    found = gs1.parse_elements(text)
    scan.elements_keys(found)
    scan.link_keys(found)


def _link_read(text: str) -> None:
    scan.link_keys(digital_link.parse_digital_link(text))


def _ops_read(octets: bytes) -> None:
    for _ in catalogue_op.read_ops(octets.decode("utf-8", "replace").splitlines(), name="ops"):
        continue


def _cells_read(text: str) -> None:
    name, _, cell = text.partition("\n")
    catalogue_row.read_cell(name if name in catalogue_row.FIELDS else "price_fen", cell)


def _prompts_read(text: str) -> None:
    pack = prompts.Prompts.parse(text, "prompts.toml")
    for prompt in pack.ids:
        for language in manner.LANGUAGES:
            words = [(word, prompt) for word in prompts.WORDS]
            pack.text(prompt, language, [(name, money.Fen(12)) for name in prompts.AMOUNTS], words)


def _body_read(value: object) -> None:
    body = BODIES.get(str(value.get("type"))) if isinstance(value, dict) else None
    if body is not None and isinstance(value, dict):
        wire.checked(body, value.get("data"), where="event")


def _event_read(value: object) -> None:
    wire.checked(wire_up.Event, value, where="event")


def _command_read(value: object) -> None:
    wire.checked(wire_down.Command, value, where="command")


def _payment_read(value: object) -> None:
    wire_payment.read_answer(wire.checked(wire_down.Response, value, where="answer"))


def _sale_read(value: object) -> None:
    body = value.get("data") if isinstance(value, dict) else value
    _sale_used(basket.completed_sale("s", body))  # type: ignore[arg-type]


def _counter_read(text: str) -> None:
    counter = basket.read_counter(text)
    assert basket.read_counter(basket.write_counter(counter)) == counter
    if counter.sale is not None:
        _sale_used(counter.sale)


def _sale_used(sale: Sale) -> None:
    """What was read is of the types that it says: it adds up and prints."""
    assert sale.due + sale.paid == sale.total + sale.rounding
    slip = receipt_slip(sale, receipt="261123-1-0042", code=None, till="1", local_time="", text=ReceiptText("店"))
    escpos.encode_slip(slip, escpos.paper_of(58))


def _slip_read(text: str) -> None:
    slip = slip_text.read_slip(text)
    assert slip_text.read_slip(slip_text.write_slip(slip)) == slip
    escpos.encode_slip(slip, escpos.paper_of(58))


def _printed(text: str) -> None:
    """A stranger's goods name on paper: it prints, and no command of its own gets through."""
    slip = Slip((Text(text[:300], bold=True), Row(text[:80], "1.00"), QrCode(text[:100]), Barcode(text[:20])))
    escpos.encode_slip(slip, escpos.paper_of(58))


def _displayed(text: str) -> None:
    show = Show(View.ITEM, name=text, name_en=text, price=money.Fen(100), amount=money.Fen(100))
    for kind in line_display.DisplayKind:
        octets = line_display.encode_show(show, kind, chinese=True)
        screen = display_screen.screen_of(kind)
        screen.feed(octets)
        assert not screen.garbage, octets


def _cells_counted(text: str) -> None:
    for line in gb18030.wrap(text[:500], 16):
        assert gb18030.cells(line) <= 16
        assert not set(gb18030.encode(line)) & set(range(0x20)), line
    assert len(gb18030.encode(gb18030.pad(text[:100], 20))) == 20


def _orders_read(args: Any) -> None:
    for issue in (True, False):
        badge.read_order(args, issue=issue)


def _answer_read(octets: bytes) -> None:
    for ask in escpos_status.Ask:
        escpos_status.decode_reply(ask, octets[0] if octets else 0)


def _spans_kept(octets: bytes) -> None:
    """Whatever is put in and in which order, it is a set."""
    spans, held = Spans(), set[int]()
    for lo, length in zip(octets[:64:2], octets[1:64:2], strict=False):
        spans.add(lo + 1, lo + length % 8)
        held |= set(range(lo + 1, lo + length % 8 + 1))
        assert (lo in spans) == (lo in held)
    assert Spans.read(spans.text()).missing(1, 300) == spans.missing(1, 300)
    assert {seq for lo, hi in spans.missing(1, 300) for seq in range(lo, hi + 1)} == set(range(1, 301)) - held


def _scale_described(octets: bytes) -> None:
    area = scale.AREAS[octets[0] % len(scale.AREAS) if octets else 0]
    json.dumps(scale.describe_scale_frame(area, octets[1:]))


SCALE_TARGETS = (
    ("scale_8217", "toledo_8217"), ("scale_ascii", "ascii"), ("scale_cas", "cas"), ("scale_nci", "nci"),
    ("scale_toledo.checked", "toledo"), ("scale_toledo.unchecked", "toledo_unchecked"), ("scale_yaohua", "yaohua"),
    ("scale_yaohua.command", "yaohua_command"), ("scale_yaohua.equals", "yaohua_equals"),
    ("scale_yaohua.equals_normal", "yaohua_equals_normal"),
)  # fmt: skip
"""What a target is called, and the protocol of `codec/scale.py` that it tries."""

PARSERS: tuple[Target, ...] = (
    Target("aim.split", of_text(aim.split_aim), good.SCANS, NEVER),
    Target("badge.code", of_text(badge.find_badge), good.BADGES, NEVER),
    Target("badge.document", of_json(badge.read_badge), good.BADGE_DOCUMENTS, CODEC),
    Target("badge.order", of_json(_orders_read), good.BADGE_DOCUMENTS, CODEC),
    Target("basket.counter", of_text(_counter_read), good.COUNTERS, CODEC),
    Target("basket.completed_sale", of_json(_sale_read), good.BODY_TEXTS, CODEC),
    Target("bodies", of_json(_body_read), good.BODY_TEXTS, WIRE),
    Target("catalogue_csv", of_octets(lambda x: catalogue_csv.read_catalogue(x, name="c")), good.CSV, SETTINGS),
    Target("catalogue_op.one", of_json(catalogue_op.read_op), good.OPS, CODEC),
    Target("catalogue_op.many", of_octets(_ops_read), good.OPS, CODEC),
    Target("catalogue_row", of_text(_cells_read), (b"price_fen\n350", b"gtin\n6901234567892", b"weighed\n1"), CODEC),
    Target("classification", of_text(_classified), good.SCANS, NEVER),
    Target("command_card.own", of_text(command_card.find_own_code), good.SCANS, NEVER),
    Target("command_card.receipt", of_text(command_card.receipt_code), (b"261123-1-0042", b"261123-12-0001"), CODEC),
    Target("digital_link", of_text(_link_read), good.texts_of("gs1dl"), CODEC),
    Target("display_screen.cd5220", of_octets(streams.shown_on(line_display.DisplayKind.CD5220)), good.SHOWN),
    Target("display_screen.dmd", of_octets(streams.shown_on(line_display.DisplayKind.DMD)), good.SHOWN),
    Target("display_screen.led8", of_octets(streams.shown_on(line_display.DisplayKind.LED8)), good.SHOWN),
    Target("escpos", of_text(_printed), good.SCANS, CODEC),
    Target("escpos_status.block", of_octets(escpos_status.decode_asb), good.frames_of("escpos_asb"), CODEC),
    Target("escpos_status.reply", of_octets(_answer_read), good.frames_of("escpos_rt"), CODEC),
    Target("escpos_status.stream", of_octets(streams.status_bytes), good.frames_of("escpos_rt", "escpos_asb")),
    Target("escpos_stream", of_octets(streams.print_commands), good.PRINTED),
    Target(
        "event_list.evdev", of_text(lambda x: event_list.describe_events("evdev", x)), good.lists_of("evdev"), CODEC
    ),
    Target("event_list.time", of_text(lambda x: event_list.describe_events("time", x)), good.lists_of("time"), CODEC),
    Target("frame", of_octets(_frame_described), good.FRAMES, SETTINGS),
    Target("gb18030", of_text(_cells_counted), good.SCANS, NEVER),
    Target("gs1", of_text(_elements_read), good.texts_of("gs1"), CODEC),
    Target("gtin.goods", of_text(lambda text: gtin.readings(text, None)), good.SCANS, NEVER),
    Target("gtin.padded", of_text(gtin.to_gtin14), good.SCANS, CODEC),
    Target("gtin.short", of_text(gtin.upce_to_upca), good.texts_of("upce"), CODEC),
    Target("hid_report", of_octets(hid_report.parse_hid_report), good.frames_of("hidpos"), CODEC),
    Target("input_event.capture", of_octets(input_event.parse_events), good.KEYS, CODEC),
    Target("input_event.stream", of_octets(streams.kernel_events), good.KEYS),
    Target("instore", of_text(instore.label_readings), good.texts_of("instore"), NEVER),
    Target("json_text.strict", of_octets(json_text.read_object), good.PAYLOADS, WIRE),
    Target("json_text.lenient", of_octets(json_text.salvaged), good.PAYLOADS, NEVER),
    Target("keyboard", of_octets(streams.typed_keys), good.KEY_PAIRS),
    Target("line_display", of_text(_displayed), good.SCANS, NEVER),
    Target("line_scan.stream", of_octets(streams.scan_lines), good.SCANS),
    Target("teach_in.bytes", of_octets(lambda x: teach_in.learn_bytes(x, {}, "T7K3M9Q2")), good.SCANS),
    Target("teach_in.keys", of_octets(lambda x: teach_in.learn_keys(x, {}, "T7K3M9Q2")), good.SCANS),
    Target("line_scan.text", of_octets(line_scan.scan_text), good.SCANS, CODEC),
    Target("paycode", of_text(lambda text: (paycode.channels(text), paycode.masked(text))), good.SCANS, NEVER),
    Target("pickup", of_text(pickup.parse_pickup), good.texts_of("pickup"), CODEC),
    Target("printer_talk", of_octets(streams.printer_answers), good.frames_of("escpos_rt", "escpos_asb")),
    Target("pcm.wav", of_octets(lambda x: pcm.read_wav(x, "a.wav")), good.WAVES, CODEC),
    Target("prompts", of_text(_prompts_read), good.PROMPTS, SETTINGS),
    Target("s10", of_text(s10.parse_s10), good.texts_of("s10"), CODEC),
    Target("scale", of_octets(_scale_described), good.SCALES, CODEC),
    *(
        Target(name, of_octets(streams.scale_frames(protocol)), (*good.SCALES, streams.SCALES[protocol]))
        for name, protocol in SCALE_TARGETS
    ),
    Target("scale_frame", of_octets(scale_frame.frame_text), good.SCALES, NEVER),
    Target("scan", of_text(_scan_described), good.SCANS, NEVER),
    Target("scan.mode", of_text(scan.parse_mode), (b"idle", b"paying"), CODEC),
    Target("scanner_frame.hid", of_octets(scanner_frame.describe_hid_report), good.frames_of("hidpos"), CODEC),
    Target("scanner_frame.keys", of_octets(scanner_frame.describe_input_events), good.KEYS, CODEC),
    Target(
        "scanner_frame.command", of_octets(scanner_frame.describe_scanner_command), good.frames_of("scancmd"), CODEC
    ),
    Target("slip_text", of_text(_slip_read), good.SLIPS, CODEC),
    Target("refund_text", of_text(refund_text.read_pending), good.PENDING_REFUNDS, CODEC),
    Target("spoken_runs", of_text(lambda text: spoken_runs.spoken_runs(text, "zh-CN")), good.NAMES, NEVER),
    Target("topics.up", of_text(TOPICS.read_up), (b"stores/v1/T7K3M9Q2/up/tx",), WIRE),
    Target("topics.down", of_text(TOPICS.read_down), (b"stores/v1/T7K3M9Q2/dn/cmd",), WIRE),
    Target("topics.prefix", of_text(topics.Topics), (b"stores/v1/{tid}/", b"a/{tid}/b/"), SETTINGS),
    Target("waybill", of_text(lambda text: waybill.carrier_names(text, load_carriers())), good.SCANS, NEVER),
    Target(
        "number_pattern",
        of_text(lambda text: number_pattern.meant_for_others(number_pattern.read_pattern(text))),
        good.NUMBER_PATTERNS,
        CODEC,
    ),
    Target("wire.up", _addressed(wire.read_up), good.addressed("up"), WIRE),
    Target("wire.down", _addressed(wire.read_down), good.addressed("dn"), WIRE),
    Target("wire.salvaged", of_octets(lambda x: wire.salvaged_batch(x, tid=TID, stream="tx")), good.PAYLOADS, NEVER),
    Target("wire_up.event", of_json(_event_read), good.EVENTS, WIRE),
    Target("wire_down.command", of_json(_command_read), good.PAYLOADS, WIRE),
    Target("jws", of_text(lambda text: jws.read_jws(text, good.SIGNERS)), good.SIGNED, WIRE),
    Target("coupon", of_text(lambda text: coupon.read_coupon(text, good.SIGNERS)), good.SIGNED, WIRE),
    Target("jws.key", of_text(jws.read_key), (b"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",), WIRE),
    Target("command_keys", of_file("keys.toml", load_command_keys), good.KEY_FILES, SETTINGS),
    Target("wire_payment.answer", of_json(_payment_read), good.PAYMENT_ANSWERS, WIRE),
    Target("config", of_file("shop.toml", lambda path: load_settings(path, load_driver)), good.SETTINGS, SETTINGS),
    Target("card_table", of_file("cards.toml", load_cards), good.CARDS, SETTINGS),
    Target("platform_file", of_file("own.toml", lambda path: load_platforms(own=path)), good.PLATFORMS, SETTINGS),
    Target("promotion_file", of_file("promotions.toml", load_promotions), good.PROMOTIONS, SETTINGS),
    Target("toml_file", of_file("shop.toml", TomlFile.read), good.TOML, SETTINGS),
    Target("money", of_text(money.parse_yuan), (b"12.50", b".5", b"3"), (ModelError,)),
    Target("set_up_slip", of_text(set_up_slip.read_pin), (b"8JGP-9PRM-VS9XR",), NEVER),
    Target("spans", of_octets(_spans_kept), (bytes(range(0, 200, 3)),)),
    *LOCK_PARSERS,
    *INSIGHT_PARSERS,
    *PARCEL_PARSERS,
    *EVENING_PARSERS,
    *KEEPING_PARSERS,
    *LICENCE_PARSERS,
    *IDENTITY_PARSERS,
    *PURCHASE_PARSERS,
    *SERVICE_PARSERS,
    *LOAN_PARSERS,
    *COMMAND_PARSERS,
    *ORDER_PARSERS,
    Target("atomic_storage", of_file("d.json", lambda path: read_tables(path, OLDER)), good.DOCUMENTS, (CorruptStore,)),
)
"""Each is tried 10^5 times by `make fuzz`."""
