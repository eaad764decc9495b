"""docs/cloud-contract.md, written from the models that the terminal itself reads and writes by.

.venv/bin/python scripts/contract.py            writes the page
.venv/bin/python scripts/contract.py --check    exit 1 when the page is not what the models say
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from contract_identity import identity_head
from contract_lists import (
    APP_ORDERS,
    CAMPAIGNS,
    LICENCES,
    LOANS,
    PARCELS,
    PLANS,
    PROMOTIONS,
    PURCHASES,
    SERVICES,
    WISHES,
)
from contract_prose import COMMAND, PROSE
from generated import write_or_check
from json_layout import laid_out
from wire_fields import field_lines, type_lines

from edge.codec import (
    app_order_bodies,
    bodies,
    campaign,
    day_bodies,
    identity_bodies,
    json_text,
    licence,
    purchase_bodies,
    sale_bodies,
    stock_bodies,
    tab_bodies,
    topics,
    wire_command,
    wire_down,
    wire_identity,
    wire_licence,
    wire_loan,
    wire_order,
    wire_parcel,
    wire_plan,
    wire_promotion,
    wire_purchase,
    wire_service,
    wire_term,
    wire_up,
)
from edge.codec.topics import Down, Up
from edge.model.records import Record

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cloud-contract.md"
EXAMPLES = ROOT / "tests" / "wire_examples.jsonc"

CARRIED = {
    "up/status": (1, True, "Status", "birth, will and planned stop"),
    "up/hello": (1, False, "Hello", "repeated until its welcome comes"),
    "up/tx": (1, False, "Batch", "money; kept until acknowledged"),
    "up/pk": (1, False, "Batch", "parcels; kept until acknowledged, sent before tx"),
    "up/ev": (1, False, "Batch", "operation; bounded, the oldest given up and declared in `gone`"),
    "up/tele": (0, False, "Tele", "a sample; lost when the line is down"),
    "up/cfg": (1, False, "CfgReported", "what became of a configuration"),
    "up/res": (1, False, "Result", "answer to a command"),
    "up/req": (1, False, "Request", "question of the terminal, answered on dn/res"),
    "dn/ack": (0, False, "Ack, Resend", "a lost one is harmless: the next says more"),
    "dn/ctl": (0, False, "Welcome, Rebirth, Redirect", "worthless to a box that is not there, so never queued"),
    "dn/cmd": (1, False, "Signed or Command", "the cloud keeps them, and sends them again after a hello"),
    "dn/cfg": (1, False, "Signed or CfgDesired", "a whole configuration"),
    "dn/cat": (1, False, "CatNotice", "a new catalogue version"),
    "dn/res": (1, False, "Response", "answer to a request, by its cid"),
}
"""QoS, retain, model and meaning of each topic."""
TELLING = {
    "Batch": "a sale with cash, change and rounding",
    "Welcome": "to a box that may have been restored from an old copy",
}
"""Which example to show where the first is not the one that teaches most."""


_RULE = re.compile(r" \((?:P\d|decisions|contract)[^)]*\)")
"""Where a docstring names the rule it follows, which the readers of this page do not have."""

LIMITS = (
    ("payload of one PUBLISH", f"{json_text.MAX_WIRE_OCTETS} bytes as sent; a broker's lower limit is a setting"),
    ("the same, unpacked", f"{json_text.MAX_DECODED_OCTETS} bytes, and at most {json_text.MAX_RATIO} times as sent"),
    ("batch", f"{wire_term.MAX_EVENTS} events, {wire_term.MAX_BATCH_OCTETS} bytes of JSON"),
    ("event", f"{wire_term.MAX_EVENT_OCTETS} bytes of JSON"),
    ("nesting", f"{json_text.MAX_DEPTH} levels"),
    ("whole numbers", f"±{json_text.MAX_INTEGER}"),
    ("lines of a sale", f"{sale_bodies.MAX_LINES}; the terminal itself stops at 100"),
    ("topic", f"{topics.MAX_TOPIC} bytes, {topics.MAX_SLASHES} slashes"),
)


def main(words: list[str]) -> int:
    """Write the page, or with --check compare it; 1 when it is not what the models say."""
    return write_or_check(words, PAGE, page, COMMAND)


def page() -> str:
    """The whole page as Markdown."""
    asked = (*_wishes(), *_parcels(), *_services(), *_loans(), *_licences(), *_identity(), *_purchases(), *_insight())
    return "\n".join([PROSE, *_topics(), *_messages(), *asked, *_events(), *_limits(), *_codes()]) + "\n"


def _topics() -> Iterator[str]:
    yield "## Topics\n\nBelow `stores/v1/{tid}/`, or the prefix that both sides were set to.\n"
    yield "| topic | from | QoS | retain | model | |"
    yield "|---|---|---|---|---|---|"
    for leaf in (*Up, *Down):
        topic, sender = (f"up/{leaf}", "terminal") if isinstance(leaf, Up) else (f"dn/{leaf}", "cloud")
        qos, retain, model, meaning = CARRIED[topic]
        yield f"| `{topic}` | {sender} | {qos} | {'yes' if retain else 'no'} | {model} | {meaning} |"
    yield ""


def _messages() -> Iterator[str]:
    examples = _examples()
    yield "## Types of fields\n"
    yield from type_lines()
    for title, module in (("From the terminal", wire_up), ("From the cloud", wire_down)):
        yield f"\n## {title}\n"
        for model in _models(module):
            yield from _section(model, f"### {model.__name__}")
            if model.__name__ in examples:
                leaf, example = examples[model.__name__]
                yield f"On `{leaf}`:\n"
                yield from _json(example)


def _table(lines: Iterable[tuple[str, str, str, str]]) -> Iterator[str]:
    """Of (type, on which topic, model of its args, what the answer says)."""
    yield "| type | on | args | `out` of the answer |"
    yield "|---|---|---|---|"
    yield from (f"| `{kind}` | {leaf} | [{args}](#{args.lower()}) | {out} |" for kind, leaf, args, out in lines)
    yield ""


def _wishes() -> Iterator[str]:
    yield "## Paper, words, a pause\n\n`accepted` at first where something is waited for: it outlives a power cut.\n"
    yield from _table((kind, "dn/cmd", args, out) for kind, args, out in WISHES)
    for model in _models(wire_command):
        yield from _section(model, f"### {model.__name__}")


def _parcels() -> Iterator[str]:
    """What is asked and told about parcels: args of a Request or a Command, `out` of a Response."""
    yield "## Parcels\n"
    yield "| type | on | args | `out` of the answer |"
    yield "|---|---|---|---|"
    for kind, leaf, args, out in PARCELS:
        yield f"| `{kind}` | {leaf} | [{args}](#{args.lower()}) | {out} |"
    yield ""
    for model in _models(wire_parcel):
        yield from _section(model, f"### {model.__name__}")


def _licences() -> Iterator[str]:
    yield "## Store licences\n"
    yield "| type | on | args | `out` of the answer |"
    yield "|---|---|---|---|"
    yield from (f"| `{kind}` | {leaf} | {args} | {out} |" for kind, leaf, args, out in LICENCES)
    yield ""
    models: list[type[BaseModel]] = [*_models(wire_licence), licence.LicenceBody]
    for model in models:
        yield from _section(model, f"### {model.__name__}")
    yield f"It is a compact JWS: `alg` Ed25519, `typ` {licence.LICENCE_TYP}, `kid` the platform's name, or that and"
    yield "more behind a dash. The highest `ver` of a platform stands; to withdraw is to sign one with `withdrawn`.\n"


def _identity() -> Iterator[str]:
    yield from identity_head()
    for model in _models(wire_identity):
        yield from _section(model, f"### {model.__name__}")


def _purchases() -> Iterator[str]:
    yield "## Orders of suppliers\n"
    yield from _table(PURCHASES)
    yield "An order is one by its `po`, however often it is placed: a cloud answers each time with what became of it,"
    yield "and one that was cancelled before it came stays cancelled. `rev` rises with each thing that becomes of it.\n"
    for model in _models(wire_purchase):
        yield from _section(model, f"### {model.__name__}")


def _loans() -> Iterator[str]:
    """The same about loans."""
    yield (
        "## Loans\n\nThe token stands in one question, the authorisation in another, and nothing of who asks in any"
        " message. Answers have no names, numbers of persons or reasons; what is there beside the fields is dropped.\n"
    )
    yield "| type, on up/req | args | `out` of the answer |"
    yield "|---|---|---|"
    for kind, args, out in LOANS:
        yield f"| `{kind}` | [{args}](#{args.lower()}) | {out} |"
    yield ""
    for model in _models(wire_loan):
        yield from _section(model, f"### {model.__name__}")


def _services() -> Iterator[str]:
    """The same about what others do for customers."""
    yield "## Services\n\nAnother order under the same `soid` is refused with `service.conflict`.\n"
    yield from _table(SERVICES)
    for model in _models(wire_service):
        yield from _section(model, f"### {model.__name__}")
    yield "## Orders from apps\n\nBoth are signed. An `oid` is placed once, or after its own `order.cancel` never.\n"
    yield from _table(APP_ORDERS)
    for model in _models(wire_order):
        yield from _section(model, f"### {model.__name__}")


def _insight() -> Iterator[str]:
    """What the platform has a shop show, and what it advises."""
    for title, lines, module in (
        ("Campaigns", CAMPAIGNS, campaign),
        ("Plans", PLANS, wire_plan),
        ("Promotions", PROMOTIONS, wire_promotion),
    ):
        yield f"## {title}\n"
        yield from _table(lines)
        for model in _models(module):
            yield from _section(model, f"### {model.__name__}")


def _events() -> Iterator[str]:
    streams = {kind.type: kind.stream.value for kind in get_args(Record)}
    yield "## Events\n\nWhat `data` of an event holds, by its `type`. A sale's `pay` adds up to `total` + `rounding`.\n"
    for body, group in groupby(bodies.BODIES.items(), key=lambda item: item[1]):
        types = [kind for kind, _ in group]
        stream = streams.get(types[0], "ev")
        yield from _section(body, "### " + ", ".join(f"`{kind}`" for kind in types))
        yield f"Stream `{stream}`, sv {body.SV}:\n"
        yield from _json(body.EXAMPLE)
    for model in (
        *_models(sale_bodies),
        *_models(app_order_bodies),
        *_models(day_bodies),
        *_models(tab_bodies),
        *_models(stock_bodies),
        *_models(purchase_bodies),
        *_models(identity_bodies),
        *_models(bodies),
    ):
        if model not in bodies.BODIES.values():
            yield from _section(model, f"### {model.__name__}")
    yield "### Types without a body of their own\n"
    yield "The contract has these names; nobody writes them yet. A cloud stores them as they come: "
    yield ", ".join(f"`{kind}`" for kind in sorted(bodies.OTHER_TYPES))
    yield "and all whose name begins with " + ", ".join(f"`{kind}.`" for kind in sorted(bodies.OTHER_FAMILIES)) + ".\n"


def _limits() -> Iterator[str]:
    yield "## Limits\n\n| of | is |\n|---|---|"
    yield from (f"| {what} | {limit} |" for what, limit in LIMITS)
    yield ""


def _codes() -> Iterator[str]:
    yield "## Errors\n"
    yield from _section(wire_term.Fault, "### Fault")
    yield "| code | may the same request succeed later |\n|---|---|"
    yield from (f"| `{code}` | {'yes' if retry else 'no'} |" for code, retry in wire_term.RETRY.items())


def _section(model: type[BaseModel], title: str) -> Iterator[str]:
    yield f"{title}\n"
    about = without_rules(inspect.cleandoc(model.__doc__ or ""))
    if about:
        yield f"{about}\n"
    yield from field_lines(model)
    yield ""


def without_rules(text: str) -> str:
    """A docstring as one line, for those who do not have the rules that it names."""
    return _RULE.sub("", text.replace("\n", " "))


def _models(module: ModuleType) -> list[type[BaseModel]]:
    """The models that the module itself defines, in its order; a batch is shown whole, not by its head."""
    return [
        kind for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, BaseModel) and kind.__module__ == module.__name__
        and kind not in (wire_up.BatchHead, sale_bodies.EventBody)
    ]  # fmt: skip


def _examples() -> dict[str, tuple[str, dict[str, Any]]]:
    """(topic, message) by model: the first of each in the examples file, or the telling one."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    title = ""
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            head, _, about = title.removeprefix("// ").partition(": ")
            leaf, _, model = head.partition(" ")
            if model not in found or TELLING.get(model) == about:
                found[model] = (leaf, json.loads(line))
        title = line
    return found


def _json(value: object) -> Iterator[str]:
    yield "```json"
    yield laid_out(value, "")
    yield "```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
