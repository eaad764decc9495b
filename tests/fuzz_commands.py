"""What every terminal carries out for the cloud: arguments that anybody on the broker could write."""

from __future__ import annotations

import json

from fuzz_target import Target, of_json

from edge.codec import wire_command as wire
from edge.codec.config_body import canonical_sha, check_body
from edge.codec.wire import checked
from edge.errors import WireError

GOOD: tuple[dict[str, object], ...] = (
    {"lines": ["Store closes 18:00", "", "明天见"], "copies": 2}, {"receipt": "261126-1-0001"},
    {"text": "明天停电两小时", "paper": False}, {"prompt": "buy.printed", "words": {"n": "3"}},
    {"on": True, "why": "contract ended"}, {"put": "https://files.example/1", "max_mb": 5}, {},
)  # fmt: skip
MODELS = (wire.PrintTextArgs, wire.PrintReceiptArgs, wire.MessageArgs, wire.SayArgs, wire.SuspendArgs, wire.UploadArgs)


def _args_read(value: object) -> None:
    for model in MODELS:
        try:
            args = checked(model, value, where="a command")
        except WireError:
            continue
        texts = [*getattr(args, "lines", ()), *getattr(args, "words", {}).values(), getattr(args, "text", "")]
        assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for text in texts for sign in text)
        assert 1 <= getattr(args, "copies", 1) <= wire.MAX_COPIES


def _body_read(value: object) -> None:
    if not isinstance(value, dict):
        return
    for signed in (False, True):
        try:
            check_body(value, canonical_sha(value), signed=signed)
        except WireError as error:
            assert error.code in ("cfg.invalid", "cfg.unsigned")
        else:
            assert "cloud" not in value and (signed or "devices" not in value)


BODIES: tuple[dict[str, object], ...] = (
    {"receipt": {"footer": ["谢谢"]}, "voice": {"yao": True}}, {"devices": {"lock": {"driver": "locker_kerong"}}},
    {"terminal": {"tid": "T7K3M9Q2"}, "cloud": {"url": "mqtt://h:1"}},
)  # fmt: skip

COMMAND_PARSERS: tuple[Target, ...] = (
    Target("wire_command.args", of_json(_args_read), tuple(json.dumps(args).encode() for args in GOOD)),
    Target("config_body", of_json(_body_read), tuple(json.dumps(body).encode() for body in BODIES)),
)
