"""Every message of the contract: its examples are read strictly and written back as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.codec import wire_down, wire_up
from edge.codec.json_text import pack, pack_object, read_object
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire import payload, read_down, read_up
from edge.codec.wire_batch import batch_text, event_text
from edge.codec.wire_term import RETRY, Message, fault
from edge.codec.wire_up import Batch, Gone
from edge.errors import SettingsError, WireError
from edge.model.ledger_rows import OutboxRow

TID = "T7K3M9Q2"
TOPICS = Topics()
EPOCH = "01KAQ3Z8F0S7J6W2R9XDBN4V5C"


def examples() -> list[tuple[str, str, dict[str, Any]]]:
    """(leaf such as up/tx, model, object) of each example."""
    found, title = [], ""
    for line in (Path(__file__).parent / "wire_examples.jsonc").read_text().splitlines():
        if line.startswith("{"):
            leaf, model = title.removeprefix("// ").split(":")[0].split(" ")
            found.append((leaf, model, json.loads(line)))
        title = line
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_is_valid_and_comes_back_as_it_was(number: int) -> None:
    leaf, model, fields = EXAMPLES[number]
    kind = getattr(wire_up, model, None) or getattr(wire_down, model)
    message = kind.model_validate(fields)
    assert message.wire() == fields
    assert read_object(payload(message)) == fields
    read = read_up if leaf.startswith("up/") else read_down
    tid, _, received = read(TOPICS, f"stores/v1/{TID}/{leaf}", pack_object(fields))
    assert tid == TID
    if model != "Batch":
        assert received == message


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_unknown_fields_are_ignored(number: int) -> None:
    leaf, _, fields = EXAMPLES[number]
    read = read_up if leaf.startswith("up/") else read_down
    _, _, received = read(TOPICS, f"stores/v1/{TID}/{leaf}", pack_object(fields | {"later": {"than": "us"}}))
    assert "later" not in received.wire()


def test_there_is_an_example_of_every_message() -> None:
    shown = {model for _, model, _ in EXAMPLES}
    ours = {
        name
        for module in (wire_up, wire_down)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
    }
    assert ours - shown == {"BatchHead"}


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a version we do not speak": ("hello", {"v": 2}, "proto.version"),
    "a version that is a truth value": ("hello", {"v": True}, "proto.version"),
    "another terminal's id": ("hello", {"tid": "T0000002"}, "auth.denied"),
    "a number in quotes": ("hello", {"sess": "412"}, "schema.invalid"),
    "a truth value for a number": ("hello", {"sess": True}, "schema.invalid"),
    "a negative position": ("hello", {"streams": {"tx": {"first": -1, "head": 1, "acked": 1}}}, "schema.invalid"),
    "a lower-case epoch": ("hello", {"epoch": EPOCH.lower()}, "schema.invalid"),
    "a month 13": ("status", {"at": "2026-13-01T00:00:00.000Z"}, "schema.invalid"),
    "a time without milliseconds": ("status", {"at": "2026-11-23T02:14:01Z"}, "schema.invalid"),
    "a batch on another stream's topic": ("pk", {}, "schema.invalid"),
    "a hundred and one events": ("tx", {"n": 101}, "schema.invalid"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_message_is_refused_with_its_code(case: str) -> None:
    leaf, changes, code = WRONG[case]
    example = next(fields for place, _, fields in EXAMPLES if place in (f"up/{leaf}", "up/tx" if leaf == "pk" else ""))
    with pytest.raises(WireError) as caught:
        read_up(TOPICS, f"stores/v1/{TID}/up/{leaf}", pack_object({**example, **changes}))
    assert caught.value.code == code


def test_a_command_for_another_terminal_says_so() -> None:
    command = next(fields for leaf, _, fields in EXAMPLES if leaf == "dn/cmd" and "cid" in fields)
    with pytest.raises(WireError) as caught:
        read_down(TOPICS, "stores/v1/T0000002/dn/cmd", pack_object(command))
    assert caught.value.code == "cmd.wrong_terminal"


def test_a_control_message_that_we_do_not_know_says_so() -> None:
    with pytest.raises(WireError) as caught:
        read_down(TOPICS, f"stores/v1/{TID}/dn/ctl", pack_object({"v": 1, "tid": TID, "t": "dance"}))
    assert caught.value.code == "schema.unknown_type"


def test_null_is_kept_and_absence_stays_absence() -> None:
    status = wire_up.Status(tid=TID, state="online", sess=1, boot=1, at=None)
    assert status.wire() == {"v": 1, "tid": TID, "state": "online", "sess": 1, "boot": 1, "at": None}


def test_faults_know_whether_to_try_again() -> None:
    assert fault("cmd.busy", "a sale is open").retry
    assert not fault("schema.invalid", "x" * 999).retry
    assert len(fault("schema.invalid", "x" * 999).msg) == 256
    assert all(code == code.lower() for code in RETRY)


def test_a_batch_built_from_journal_rows_is_what_the_model_reads() -> None:
    rows = [
        OutboxRow(seq=7 + n, id=f"019aadf2-18f1-7c3e-9d51-6a1b2c3d4e{n:02x}", type="drawer.opened", sv=1,
                  at="2026-11-23T02:14:58.004Z", boot=17, up=912345, clk="ok", body='{"why":"售出"}')
        for n in range(3)
    ]  # fmt: skip
    text = batch_text([event_text(row) for row in rows], tid=TID, stream="tx", epoch=EPOCH, base=7,
                      sent="2026-11-23T02:16:12.003Z", rid="rs-7", gone=[Gone(lo=1, hi=6, why="pruned")])  # fmt: skip
    fields = read_object(pack(text))
    batch = Batch.model_validate(fields)
    assert batch.wire() == fields
    assert [event.seq for event in batch.evs] == [7, 8, 9]
    assert batch.evs[0].data == {"why": "售出"} and batch.gone[0].hi == 6


def test_topics_are_built_and_read() -> None:
    assert TOPICS.up(TID, Up.TX) == "stores/v1/T7K3M9Q2/up/tx"
    assert TOPICS.read_up("stores/v1/T7K3M9Q2/up/tx") == (TID, Up.TX)
    assert TOPICS.read_down(TOPICS.down(TID, Down.ACK)) == (TID, Down.ACK)
    assert TOPICS.terminal_filter(TID) == "stores/v1/T7K3M9Q2/dn/#"
    assert TOPICS.cloud_filter() == "stores/v1/+/up/#"
    vendor = Topics("a1b2/{tid}/user/")
    assert vendor.read_up(vendor.up(TID, Up.EV)) == (TID, Up.EV)


@pytest.mark.parametrize(
    "topic",
    ["", "stores/v1/T7K3M9Q2/up", "stores/v2/T7K3M9Q2/up/tx", "stores/v1/t7k3m9q2/up/tx", "stores/v1/T1/up/tx",
     "stores/v1/T7K3M9Q2/dn/ack", "stores/v1/T7K3M9Q2/up/tx/more", "stores/v1/T7K3M9Q2/up/gossip",
     "stores/v1/" + "T" * 24 + "/up/tx", "stores/v1/T7K3M9Q2/up/tx\n", "$SYS/broker/uptime"],
)  # fmt: skip
def test_foreign_topics_are_refused(topic: str) -> None:
    with pytest.raises(WireError):
        TOPICS.read_up(topic)


@pytest.mark.parametrize("prefix", ["stores/v1/", "stores/v1/{tid}", "s/{tid}/{tid}/", "s/+/{tid}/", "s/x{tid}/",
                                    "a/b/c/d/e/f/{tid}/", "x" * 60 + "/{tid}/"])  # fmt: skip
def test_a_prefix_that_brokers_would_not_carry_is_a_wrong_setting(prefix: str) -> None:
    with pytest.raises(SettingsError):
        Topics(prefix)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_a_bent_message_raises_only_our_error(example: tuple[str, str, dict[str, Any]], data: st.DataObject) -> None:
    leaf, _, fields = example
    key = data.draw(st.sampled_from(sorted(fields)))
    bent: Any = data.draw(
        st.none() | st.booleans() | st.integers(-9, 2**53) | st.text(max_size=9) | st.just([]) | st.just({})
    )
    read = read_up if leaf.startswith("up/") else read_down
    try:
        read(TOPICS, f"stores/v1/{TID}/{leaf}", pack_object(fields | {key: bent}))
    except WireError as error:
        assert error.code in RETRY
