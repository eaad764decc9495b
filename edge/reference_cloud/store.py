"""The cloud's database: one SQLite file, one writer, nothing acknowledged before its commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.errors import CorruptStore, DiskFull, SettingsError, StoreError

SCHEMA_VERSION = 19
BUSY_TIMEOUT_S = 5.0

SCHEMA = """
CREATE TABLE terminal(tid TEXT PRIMARY KEY, state TEXT, sess INTEGER NOT NULL DEFAULT 0, boot INTEGER, epoch TEXT,
  ctr INTEGER NOT NULL DEFAULT 0, hello TEXT, hello_at TEXT, tele TEXT, cfg TEXT) WITHOUT ROWID;
CREATE TABLE lane(lane INTEGER PRIMARY KEY, tid TEXT NOT NULL, epoch TEXT NOT NULL, stream TEXT NOT NULL,
  upto INTEGER NOT NULL DEFAULT 0, spans TEXT NOT NULL DEFAULT '[]', again INTEGER NOT NULL DEFAULT 0,
  UNIQUE(tid, epoch, stream));
CREATE TABLE event(n INTEGER PRIMARY KEY, tid TEXT NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL,
  id TEXT NOT NULL, type TEXT NOT NULL, sv INTEGER NOT NULL, at TEXT NOT NULL, boot INTEGER NOT NULL,
  up INTEGER NOT NULL, clk TEXT, body TEXT NOT NULL, received_at TEXT NOT NULL, code TEXT);
CREATE UNIQUE INDEX event_id ON event(id, tid);
CREATE INDEX event_place ON event(lane, seq);
CREATE TABLE again(lane INTEGER, seq INTEGER, id TEXT NOT NULL, PRIMARY KEY(lane, seq)) WITHOUT ROWID;
CREATE TABLE lost(lane INTEGER, lo INTEGER, hi INTEGER, why TEXT, PRIMARY KEY(lane, lo)) WITHOUT ROWID;
CREATE TABLE parked(n INTEGER PRIMARY KEY, tid TEXT, topic TEXT NOT NULL, lane INTEGER, seq INTEGER,
  code TEXT NOT NULL, why TEXT NOT NULL, raw BLOB NOT NULL, received_at TEXT NOT NULL);
CREATE UNIQUE INDEX parked_place ON parked(lane, seq) WHERE lane IS NOT NULL;
CREATE TABLE refused(tid TEXT, code TEXT, times INTEGER NOT NULL, PRIMARY KEY(tid, code)) WITHOUT ROWID;
CREATE TABLE step(tid TEXT, boot INTEGER, up INTEGER, step_ms INTEGER NOT NULL, PRIMARY KEY(tid, boot, up))
  WITHOUT ROWID;
CREATE TABLE resend(n INTEGER PRIMARY KEY, tid TEXT NOT NULL, lane INTEGER NOT NULL, lo INTEGER NOT NULL,
  hi INTEGER NOT NULL, why TEXT NOT NULL, filled INTEGER NOT NULL DEFAULT 0);
CREATE INDEX resend_open ON resend(tid) WHERE filled = 0;
CREATE TABLE command(cid TEXT PRIMARY KEY, tid TEXT NOT NULL, body TEXT NOT NULL, expires_at TEXT NOT NULL,
  state TEXT NOT NULL, result TEXT) WITHOUT ROWID;
CREATE INDEX command_open ON command(tid) WHERE state NOT IN ('done', 'failed', 'rejected', 'expired');
CREATE TABLE request(n INTEGER PRIMARY KEY, tid TEXT NOT NULL, cid TEXT NOT NULL, type TEXT NOT NULL,
  answer TEXT NOT NULL, UNIQUE(tid, cid));
CREATE TABLE notice(tid TEXT, ver INTEGER, since INTEGER NOT NULL, ops TEXT NOT NULL, PRIMARY KEY(tid, ver))
  WITHOUT ROWID;
CREATE VIEW events AS SELECT e.n, e.tid, l.epoch, l.stream, e.seq, e.id, e.type, e.sv, e.at, e.boot, e.up, e.clk,
  e.body, e.received_at, e.code FROM event e JOIN lane l USING(lane);
"""

WALLETS = """
CREATE TABLE wallet(pid TEXT, tid TEXT, channel TEXT NOT NULL, amount INTEGER NOT NULL, code TEXT NOT NULL,
  plan TEXT NOT NULL, state TEXT NOT NULL, turn TEXT NOT NULL, heard INTEGER NOT NULL, told INTEGER NOT NULL,
  refunded INTEGER NOT NULL, PRIMARY KEY(pid, tid)) WITHOUT ROWID;
CREATE INDEX wallet_turn ON wallet(turn) WHERE told = 0 AND turn <> '';
CREATE TABLE wallet_refund(rid TEXT PRIMARY KEY, pid TEXT NOT NULL, amount INTEGER NOT NULL) WITHOUT ROWID;
"""
"""What version 2 added."""
REFUND_STATE = "ALTER TABLE wallet_refund ADD COLUMN state TEXT NOT NULL DEFAULT 'refunded';"
"""What version 3 added."""
CONTRARY = "CREATE INDEX IF NOT EXISTS wallet_contrary ON wallet(turn) WHERE told = 2 AND state = 'approved';"
"""What version 4 added: the few payments that were charged after all."""
PARCELS = """
CREATE TABLE address(tid TEXT, waybill TEXT, parcel TEXT NOT NULL, to_whom TEXT NOT NULL, name TEXT NOT NULL,
  tail TEXT NOT NULL, consent INTEGER, PRIMARY KEY(tid, waybill)) WITHOUT ROWID;
CREATE TABLE text_message(n INTEGER PRIMARY KEY, tid TEXT NOT NULL, to_whom TEXT NOT NULL, waybill TEXT NOT NULL,
  code TEXT NOT NULL, place TEXT NOT NULL, at TEXT NOT NULL, UNIQUE(tid, waybill, code));
"""
"""What version 5 added: whose parcels are, and what people were told of them."""
SENDING = """
CREATE TABLE sending(n INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE);
CREATE TABLE app_token(n INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE);
CREATE TABLE quote(n INTEGER PRIMARY KEY, tid TEXT NOT NULL, cid TEXT NOT NULL, mark TEXT NOT NULL,
  grams INTEGER NOT NULL, answer TEXT NOT NULL, UNIQUE(tid, cid));
"""
"""What version 6 added: parcels that people send, by the marks of their tokens, and what was asked about them."""
CAMPAIGNS = """
CREATE TABLE campaign(tid TEXT, id TEXT, ver INTEGER NOT NULL, body TEXT NOT NULL, goods TEXT NOT NULL,
  revoked_at TEXT NOT NULL, PRIMARY KEY(tid, id)) WITHOUT ROWID;
"""
"""What version 10 added: what each shop was given to show, and the goods that it is about."""
LICENCES = """
CREATE TABLE licence(tid TEXT, platform TEXT, version INTEGER NOT NULL, signed TEXT NOT NULL,
  PRIMARY KEY(tid, platform)) WITHOUT ROWID;
"""
"""What version 7 added: of each platform the newest word on each terminal."""

SUPPLIERS = """
CREATE TABLE supplier_order(tid TEXT, po TEXT, n INTEGER NOT NULL, supplier TEXT NOT NULL, plan INTEGER NOT NULL,
  agrees INTEGER NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, rev INTEGER NOT NULL, news TEXT NOT NULL,
  turn TEXT NOT NULL, heard INTEGER NOT NULL, PRIMARY KEY(tid, po)) WITHOUT ROWID;
CREATE INDEX supplier_order_turn ON supplier_order(turn) WHERE turn <> '';
"""
"""What version 8 added: what shops ordered of suppliers."""


SERVICES = """
CREATE TABLE service(soid TEXT, tid TEXT, offer TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
  price INTEGER NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL, turn TEXT NOT NULL, heard INTEGER NOT NULL,
  told INTEGER NOT NULL, sale TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY(soid, tid)) WITHOUT ROWID;
CREATE INDEX service_turn ON service(turn) WHERE told = 0 AND turn <> '';
"""
"""What version 9 added: service orders at their providers."""
LOANS = """
CREATE TABLE loan(soid TEXT PRIMARY KEY, tid TEXT NOT NULL, mark TEXT NOT NULL, plan TEXT NOT NULL,
  amount INTEGER NOT NULL, state TEXT NOT NULL, turns INTEGER NOT NULL, until TEXT NOT NULL, wrong INTEGER NOT NULL,
  lender TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX loan_mark ON loan(mark);
"""
"""What version 11 added: loans of the model's lender, by the marks of their tokens."""
LOANS_TOLD = "CREATE INDEX event_loan ON event(tid) WHERE type = 'service.loan';"
"""What version 12 added: what terminals told of loans, found without reading all that they told."""
FLEET = """
ALTER TABLE terminal ADD COLUMN since_at TEXT;
ALTER TABLE terminal ADD COLUMN heard_at TEXT;
ALTER TABLE terminal ADD COLUMN tele_at TEXT;
CREATE TABLE registry(tid TEXT PRIMARY KEY, store TEXT NOT NULL, tags TEXT NOT NULL, state TEXT NOT NULL,
  state_at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX event_catalogue ON event(tid) WHERE type = 'cat.applied';
CREATE TABLE handed(n INTEGER PRIMARY KEY, tid TEXT NOT NULL, what TEXT NOT NULL, number INTEGER NOT NULL);
CREATE INDEX command_new ON command(state) WHERE state IN ('new', 'later');
CREATE TABLE operator(name TEXT PRIMARY KEY, role TEXT NOT NULL, store TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE audit(n INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, tid TEXT NOT NULL,
  outcome TEXT NOT NULL);
CREATE TABLE rollout(n INTEGER PRIMARY KEY, type TEXT NOT NULL, args TEXT NOT NULL, ttl_s INTEGER NOT NULL,
  chosen TEXT NOT NULL, waves TEXT NOT NULL, abort_percent INTEGER NOT NULL, who TEXT NOT NULL, state TEXT NOT NULL,
  wave INTEGER NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE rollout_terminal(rollout INTEGER, tid TEXT, wave INTEGER NOT NULL, state TEXT NOT NULL, cid TEXT NOT NULL,
  at TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY(rollout, tid)) WITHOUT ROWID;
CREATE INDEX rollout_state ON rollout_terminal(rollout, state, wave);
"""
"""What version 13 added: the books of the fleet, who may command it, what was done, and what is rolled out."""

CONFIGS = """
CREATE TABLE config(tid TEXT PRIMARY KEY, ver INTEGER NOT NULL, body TEXT NOT NULL, confirm_s INTEGER NOT NULL,
  at TEXT NOT NULL) WITHOUT ROWID;
"""
"""What version 15 added: what each terminal's settings shall be."""

TWINS = """
CREATE TABLE twin(tid TEXT PRIMARY KEY, times INTEGER NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
"""
"""What version 16 added: how often a terminal's hello went back in its own time."""

FORGED = "CREATE INDEX event_forged ON event(tid) WHERE type = 'message.refused';"
"""What version 17 added: what terminals did not believe, found without reading all that they told."""

ENROLMENT = """
CREATE TABLE enrolment(tid TEXT PRIMARY KEY, salt BLOB NOT NULL, mark BLOB NOT NULL, ends_at TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, key BLOB, certificate TEXT) WITHOUT ROWID;
CREATE INDEX event_renewed ON event(received_at) WHERE type = 'cert.renewed';
"""
"""What was added for certificates: technicians' codes, and renewals found without reading all that was told."""

NOTICE_FILES = "ALTER TABLE notice ADD COLUMN more TEXT NOT NULL DEFAULT '{}';"
"""What version 18 added: blob, eff and spread_s of a notice, as JSON."""

HANDED_OVER = "CREATE INDEX event_handed ON event(tid) WHERE type = 'setup.checked';"
"""What version 19 added: who was handed over, found without reading all that terminals told."""


class CloudStore:
    """`open` before use. Statements outside a transaction begin one; `commit` makes it last."""

    locking = ""
    """A transaction that writes is the only one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None

    def open(self) -> None:
        """Create or open the file. Raises SettingsError when that is not possible or it is another program's file."""
        try:
            self._db = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            parts = (
                SCHEMA, WALLETS, REFUND_STATE, CONTRARY, PARCELS, SENDING, LICENCES, SUPPLIERS, SERVICES, CAMPAIGNS,
                LOANS, LOANS_TOLD, FLEET, ENROLMENT, CONFIGS, TWINS, FORGED, NOTICE_FILES, HANDED_OVER,
            )  # fmt: skip
            steps = {begun: "".join(parts[begun:]) for begun in range(SCHEMA_VERSION)}
            if version in steps and (version or not tables):
                self._db.executescript(f"BEGIN; {steps[version]} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
            elif version != SCHEMA_VERSION:
                raise SettingsError("not a database of this cloud", where=str(self._path), cure="Name another file.")
        except sqlite3.Error as error:
            raise SettingsError(f"the database cannot be opened: {error}", where=str(self._path),
                                cure="Name a file that can be written.") from error  # fmt: skip

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """One statement, inside the open transaction or a new one."""
        try:
            return self._begun().execute(sql, values)
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> int:
        """One statement for each row; returns how many rows changed."""
        try:
            db = self._begun()
            before = db.total_changes
            db.executemany(sql, rows)
            return db.total_changes - before
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query finds; it begins no transaction and sees the open one."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def begin(self) -> None:
        """Nobody else writes until this is committed or rolled back: what is read now still holds then."""
        try:
            self._begun()
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def commit(self) -> None:
        """Everything since the last commit is on the disk when this returns; raises StoreError otherwise."""
        db = self._connection()
        if not db.in_transaction:
            return
        try:
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def rollback(self) -> None:
        db = self._connection()
        if db.in_transaction:
            db.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise StoreError("the database is not open", where=str(self._path))
        return self._db

    def _begun(self) -> sqlite3.Connection:
        db = self._connection()
        if not db.in_transaction:
            db.execute("BEGIN IMMEDIATE")
        return db

    def _translated(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return DiskFull("no room for a commit", where=str(self._path), cure="Free some space.")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return CorruptStore(f"the file is damaged: {error}", where=str(self._path), cure="Restore a backup.")
        return StoreError(f"the database failed: {error}", where=str(self._path))


@contextmanager
def existing(path: Path) -> Iterator[CloudStore]:
    """The store of a cloud that runs, or ran: opened, and closed again. Raises SettingsError where there is none."""
    if not path.is_file():
        raise SettingsError("there is no such database", where=str(path), cure="Name the file of edge cloud --db.")
    store = CloudStore(path)
    store.open()
    try:
        yield store
    finally:
        store.close()
