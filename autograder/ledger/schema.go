package ledger

const schemaVersion = 1

// schema is the ledger's tables. What changes is current, job and their
// counters; everything else is only added to, which triggers enforce.
const schema = `
PRAGMA user_version = 1;

CREATE TABLE secret (value BLOB NOT NULL) STRICT;

-- One row for each different thing that a student handed in.
CREATE TABLE submission (
	id INTEGER PRIMARY KEY,
	assignment TEXT NOT NULL,
	student TEXT NOT NULL,
	digest TEXT NOT NULL,
	file TEXT NOT NULL,
	blob TEXT NOT NULL,    -- '' if there is nothing to read
	problem TEXT NOT NULL,
	received TEXT NOT NULL,
	UNIQUE (assignment, student, digest)
) STRICT;

-- The submission that counts, and when it was handed in.
CREATE TABLE current (
	assignment TEXT NOT NULL,
	student TEXT NOT NULL,
	submission INTEGER NOT NULL REFERENCES submission,
	submitted TEXT NOT NULL,
	job TEXT NOT NULL,     -- the last one planned for it
	PRIMARY KEY (assignment, student)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
	key TEXT PRIMARY KEY,
	submission INTEGER NOT NULL REFERENCES submission,
	version INTEGER NOT NULL,
	environment TEXT NOT NULL,
	tries INTEGER NOT NULL,
	trouble TEXT NOT NULL  -- of the last try that ended without a result
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
	key TEXT NOT NULL REFERENCES job,
	revision INTEGER NOT NULL,
	blob TEXT NOT NULL,
	outcome TEXT NOT NULL,
	points REAL NOT NULL,
	max REAL NOT NULL,
	engine TEXT NOT NULL,
	registry TEXT NOT NULL,
	seed TEXT NOT NULL,
	tier TEXT NOT NULL,
	PRIMARY KEY (key, revision)
) STRICT, WITHOUT ROWID;

-- Durations differ from run to run, so they are kept apart from results.
CREATE TABLE timing (
	key TEXT NOT NULL REFERENCES job,
	started TEXT NOT NULL,
	read_ns INTEGER NOT NULL,
	run_ns INTEGER NOT NULL,
	check_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX timing_key ON timing (key);

CREATE TABLE event (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	at TEXT NOT NULL,
	who TEXT NOT NULL,
	kind TEXT NOT NULL,
	assignment TEXT NOT NULL,
	student TEXT NOT NULL,
	question TEXT NOT NULL,
	key TEXT NOT NULL,
	points REAL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX event_student ON event (assignment, student, seq);

CREATE TRIGGER submission_stays BEFORE UPDATE ON submission BEGIN SELECT RAISE(ABORT, 'submissions are only added'); END;
CREATE TRIGGER submission_kept BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'submissions are only added'); END;
CREATE TRIGGER result_stays BEFORE UPDATE ON result BEGIN SELECT RAISE(ABORT, 'results are only added'); END;
CREATE TRIGGER result_kept BEFORE DELETE ON result BEGIN SELECT RAISE(ABORT, 'results are only added'); END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;
CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;
`
