"""The journal under any order of writing, acknowledging, renumbering and forgetting; and under a single wrong bit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import HandClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.__main__ import main
from edge.clock import iso_ms
from edge.model.ids import ulid
from edge.model.money import Fen
from edge.model.records import CatalogueApplied, ItemUnknown, Stream
from edge.model.records import DrawerOpened as Till
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries

BY_HAND = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example opens a ledger on the disk."""
STREAMS = st.sampled_from(Stream)
ACTS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from([Stream.TX, Stream.EV]), st.integers(1, 4)),
    st.tuples(st.just("acknowledge"), STREAMS, st.integers(-1, 30)),
    st.tuples(st.just("reject"), STREAMS, st.integers(0, 12)),
    st.tuples(st.just("rotate"), STREAMS, st.just(0)),
    st.tuples(st.just("age"), STREAMS, st.integers(1, 100)),
    st.tuples(st.just("prune"), STREAMS, st.integers(1, 20)),
    st.tuples(st.just("forget events"), STREAMS, st.integers(1, 20)),
    st.tuples(st.just("drop events"), STREAMS, st.integers(1, 5)),
    st.tuples(st.just("restart"), STREAMS, st.integers(0, 1)),
)
Act = tuple[str, Stream, int]


class Box:
    """A ledger, and what must be true of it: `ids` of the epoch in their order, the first `acked` are in the cloud."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.chance = HandClock(), Random(1)
        self.ledger = Ledger.open(folder / "ledger.db", self.clock, self.chance)
        self.ids: dict[Stream, list[str]] = {stream: [] for stream in Stream}
        self.acked: dict[Stream, int] = dict.fromkeys(Stream, 0)
        self.emptied: set[str] = set()

    def do(self, act: Act) -> None:
        kind, stream, number = act
        if kind == "restart":
            self.ledger.close(clean=bool(number))
            self.clock.boots += 1
            self.ledger = Ledger.open(self.ledger.path, self.clock, self.chance)
            assert self.ledger.set_aside is None
            if not number:
                self._set_back()
            return
        if kind == "age":
            self.clock.pass_s(number * 86_400)
            return
        tx = self.ledger.begin(lambda record, inner: None)
        self.ids[Stream.EV] += self._stepped(tx)
        {
            "write": self._write, "acknowledge": self._acknowledge, "reject": self._reject, "rotate": self._rotate,
            "prune": self._prune, "forget events": self._forget, "drop events": self._drop,
        }[kind](tx, stream, number)  # fmt: skip
        tx.commit()

    def lacking(self, stream: Stream) -> list[str]:
        return self.ids[stream][self.acked[stream] :]

    def _set_back(self) -> None:
        """A power cut takes what no write had taken along, and the cloud gets those rows once more (ADR 18)."""
        tx = self.ledger.begin(lambda record, inner: None)
        for stream, before in self.acked.items():
            self.acked[stream] = tx.outbox.position(stream).acked
            assert self.acked[stream] <= before
        tx.rollback()

    def _stepped(self, tx: Any) -> list[str]:
        """A clock that was put forward says so by itself."""
        rows = tx.outbox.rows(Stream.EV, len(self.ids[Stream.EV]) + 1, 1 << 40)
        return [row.id for row in rows]

    def _write(self, tx: Any, stream: Stream, count: int) -> None:
        for n in range(count):
            record = Till("no_sale") if stream is Stream.TX else ItemUnknown("x" * 200, Fen(n))
            self.ids[stream].append(tx.append(record).id)

    def _acknowledge(self, tx: Any, stream: Stream, upto: int) -> None:
        moved = tx.outbox.acknowledge(stream, upto)
        expected = upto - self.acked[stream] if self.acked[stream] < upto <= len(self.ids[stream]) else 0
        assert moved == expected
        self.acked[stream] += moved

    def _reject(self, tx: Any, stream: Stream, seq: int) -> None:
        tx.outbox.reject(stream, seq, "schema.invalid")

    def _rotate(self, tx: Any, _: Stream, __: int) -> None:
        old = tx.outbox.epoch
        assert tx.outbox.rotate(ulid(self.clock.wall(), self.chance)) == old
        self.ids = {stream: self.lacking(stream) for stream in Stream}
        self.acked = dict.fromkeys(Stream, 0)

    def _prune(self, tx: Any, _: Stream, limit: int) -> None:
        before_at = iso_ms(self.clock.wall() - timedelta(days=90))
        assert tx.retention.prune(before_at, limit=limit) <= limit

    def _forget(self, tx: Any, _: Stream, limit: int) -> None:
        assert tx.retention.forget_events(limit=limit) <= limit

    def _drop(self, tx: Any, _: Stream, limit: int) -> None:
        """Only what nobody has yet, only events, only the oldest."""
        here = {row.id for row in tx.outbox.rows(Stream.EV, 1, 1 << 40)}
        tx.retention.drop_events(limit=limit, max_octets=1_000)
        gone = here - {row.id for row in tx.outbox.rows(Stream.EV, 1, 1 << 40)}
        assert gone <= set(self.lacking(Stream.EV))
        self.emptied |= gone

    def check(self) -> None:
        chain, positions = LedgerQueries(self.ledger.path).verify()
        assert (chain.why or positions) == ""
        tx = self.ledger.begin(lambda record, inner: None)
        for stream in Stream:
            position = tx.outbox.position(stream)
            assert position.acked == self.acked[stream] <= position.head
            rows = tx.outbox.rows(stream, position.acked + 1, position.head)
            kept = [record_id for record_id in self.lacking(stream) if record_id not in self.emptied]
            assert [row.id for row in rows] == kept, f"{stream}: what the cloud lacks is not what is there"
            assert all(row.seq > position.acked for row in rows)
        tx.rollback()


@BY_HAND
@given(st.lists(ACTS, max_size=25))
def test_nothing_that_the_cloud_lacks_is_lost_or_reordered_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, acts: list[Act]
) -> None:
    box = Box(tmp_path_factory.mktemp("box"))
    for act in acts:
        box.do(act)
        box.check()
    box.ledger.close(clean=True)


ROWS = 6
COVERED = ("id", "type", "sv", "at", "boot", "up", "body", "hash")


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a few rows."""
    path = tmp_path_factory.mktemp("journal") / "ledger.db"
    ledger = Ledger.open(path, HandClock(), Random(1))
    for n in range(ROWS):
        tx = ledger.begin(lambda record, inner: None)
        tx.append(CatalogueApplied(n, n))
        tx.commit()
    ledger.close(clean=True)
    return path


def flipped(value: str | int | bytes, bit: int) -> bytes:
    """The value's octets with one bit changed; of a number those of its digits, so that its place stays."""
    octets = bytearray(value if isinstance(value, bytes) else str(value).encode())
    octets[bit // 8 % len(octets)] ^= 1 << bit % 8
    return bytes(octets)


@settings(max_examples=150, deadline=None)
@given(n=st.integers(1, ROWS), column=st.sampled_from(COVERED), bit=st.integers(0, 4_000))
def test_one_wrong_bit_in_any_field_of_any_row_is_found_and_named(
    journal: Path, tmp_path_factory: pytest.TempPathFactory, n: int, column: str, bit: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.db"
    path.write_bytes(journal.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        (value,) = connection.execute(f"SELECT {column} FROM journal WHERE n = ?", (n,)).fetchone()
        kind = "BLOB" if column == "hash" else "TEXT"
        octets = flipped(value, bit)
        connection.execute(f"UPDATE journal SET {column} = CAST(? AS {kind}) WHERE n = ?", (octets, n))
        connection.commit()
        (now,) = connection.execute(f"SELECT CAST({column} AS BLOB) FROM journal WHERE n = ?", (n,)).fetchone()
    chain, _ = LedgerQueries(path).verify()
    if now == (value if isinstance(value, bytes) else str(value).encode()):
        return  # a number that is the same number in other digits
    assert chain.broken_at == n
    assert f"row {n}" in chain.why


def test_the_command_line_names_the_row_that_is_wrong(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.toml").write_text('[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "./data"\n')
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.db").write_bytes(journal.read_bytes().replace(b'{"ver":3,', b'{"ver":\xb3,'))
    assert main(["journal", "--config", str(tmp_path / "shop.toml"), "--verify"]) == 1
    assert "broken: row 4 does not carry the hash of what it says (rows 1 to 3 are whole)" in capsys.readouterr().out
