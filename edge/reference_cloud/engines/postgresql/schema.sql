-- What several workers store of terminals. The names are those of the small cloud's file, so that both run the same
-- statements; codes and bodies are text as they came.
CREATE TABLE IF NOT EXISTS terminal(tid TEXT PRIMARY KEY, state TEXT, sess BIGINT NOT NULL DEFAULT 0, boot BIGINT,
  epoch TEXT, ctr BIGINT NOT NULL DEFAULT 0, hello TEXT, hello_at TEXT, tele TEXT, cfg TEXT, since_at TEXT,
  heard_at TEXT, tele_at TEXT);
CREATE TABLE IF NOT EXISTS lane(lane BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tid TEXT NOT NULL,
  epoch TEXT NOT NULL, stream TEXT NOT NULL, upto BIGINT NOT NULL DEFAULT 0, spans TEXT NOT NULL DEFAULT '[]',
  again BIGINT NOT NULL DEFAULT 0, UNIQUE(tid, epoch, stream));
CREATE TABLE IF NOT EXISTS event(n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tid TEXT NOT NULL,
  lane BIGINT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, sv BIGINT NOT NULL,
  at TEXT NOT NULL, boot BIGINT NOT NULL, up BIGINT NOT NULL, clk TEXT, body TEXT NOT NULL, received_at TEXT NOT NULL,
  code TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS event_id ON event(id, tid);
CREATE INDEX IF NOT EXISTS event_place ON event(lane, seq);
CREATE INDEX IF NOT EXISTS event_conflict ON event(lane) WHERE code = 'seq.conflict';
CREATE TABLE IF NOT EXISTS again(lane BIGINT, seq BIGINT, id TEXT NOT NULL, PRIMARY KEY(lane, seq));
CREATE TABLE IF NOT EXISTS lost(lane BIGINT, lo BIGINT, hi BIGINT, why TEXT, PRIMARY KEY(lane, lo));
CREATE TABLE IF NOT EXISTS parked(n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tid TEXT, topic TEXT NOT NULL,
  lane BIGINT, seq BIGINT, code TEXT NOT NULL, why TEXT NOT NULL, raw BYTEA NOT NULL, received_at TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS parked_place ON parked(lane, seq) WHERE lane IS NOT NULL;
CREATE INDEX IF NOT EXISTS parked_unplaced ON parked(tid) WHERE lane IS NULL;
CREATE TABLE IF NOT EXISTS refused(tid TEXT, code TEXT, times BIGINT NOT NULL, PRIMARY KEY(tid, code));
CREATE TABLE IF NOT EXISTS step(tid TEXT, boot BIGINT, up BIGINT, step_ms BIGINT NOT NULL, PRIMARY KEY(tid, boot, up));
CREATE TABLE IF NOT EXISTS resend(n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tid TEXT NOT NULL,
  lane BIGINT NOT NULL, lo BIGINT NOT NULL, hi BIGINT NOT NULL, why TEXT NOT NULL, filled BIGINT NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS resend_open ON resend(tid) WHERE filled = 0;
CREATE TABLE IF NOT EXISTS twin(tid TEXT PRIMARY KEY, times BIGINT NOT NULL, at TEXT NOT NULL);
CREATE OR REPLACE VIEW events AS SELECT e.n, e.tid, l.epoch, l.stream, e.seq, e.id, e.type, e.sv, e.at, e.boot, e.up,
  e.clk, e.body, e.received_at, e.code FROM event e JOIN lane l USING(lane);
