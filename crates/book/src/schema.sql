-- The tables of a book. `ledger` is the record; everything below the line is made from it and can
-- be made again (`jikenbo book rebuild`). Times are RFC 3339 in UTC; dates are as precise as their
-- source (2016, 2016-10, 2016-10-03, 2023-06-05T06:00).

CREATE TABLE meta (
    key   TEXT PRIMARY KEY, -- 'frontier': the Merkle tree's right edge; 'last': the last leaf hash
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE ledger (
    seq   INTEGER PRIMARY KEY, -- from 0, without gaps
    entry BLOB NOT NULL,       -- the entry's bytes, compressed with zstd
    leaf  BLOB NOT NULL        -- SHA-256(0x00 || the entry's bytes), RFC 6962
);

-- ------------------------------------------------------------------------------- projections
-- Tables with long rows have a rowid: a row then takes a page's rest as it comes, in the order in
-- which it was added, where an index of the key would spill it into pages of its own.

CREATE TABLE source (
    sha256      TEXT PRIMARY KEY,
    seq         INTEGER NOT NULL, -- the entry that added it
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    text_sha256 TEXT NOT NULL,
    text_bytes  INTEGER NOT NULL,
    added_at    TEXT NOT NULL
);

CREATE TABLE kept (
    number      TEXT PRIMARY KEY,
    year        INTEGER NOT NULL,
    serial      INTEGER NOT NULL,
    base        INTEGER,          -- the entry that opened or imported it, where no report did
    imported    TEXT,             -- the SHA-256 of the record that it was imported from
    merged_into TEXT,             -- the case that its report turned out to belong to
    opened      INTEGER NOT NULL, -- the entry that made it
    changed     INTEGER NOT NULL, -- the entry that changed it last
    changed_at  TEXT NOT NULL,
    facts       BLOB              -- Facts<Origin> as JSON, compressed with zstd; NULL where they are
                                  -- those of its one report
);
CREATE UNIQUE INDEX kept_serial ON kept (year, serial);
CREATE INDEX kept_imported ON kept (imported) WHERE imported IS NOT NULL;

CREATE TABLE report (
    seq         INTEGER NOT NULL, -- the entry that added its source
    place       INTEGER NOT NULL, -- its place among the entries of the source, from 0
    number      TEXT NOT NULL,    -- the case that it belongs to
    source      TEXT NOT NULL,
    first       INTEGER NOT NULL, -- its span in the text: first byte,
    past        INTEGER NOT NULL, -- and the byte after the last
    disclosed   TEXT,
    printed     TEXT,
    title       TEXT,
    is_later    INTEGER NOT NULL, -- 1 where it says that it is a later report
    facts       BLOB NOT NULL,    -- Facts as read last, as JSON, compressed with zstd
    PRIMARY KEY (seq, place)
);
CREATE INDEX report_number ON report (number);
CREATE INDEX report_source ON report (source);

CREATE TABLE correction (
    seq       INTEGER PRIMARY KEY,
    number    TEXT NOT NULL,
    field     TEXT NOT NULL,
    value     TEXT NOT NULL, -- JSON
    before    TEXT NOT NULL, -- JSON
    who       TEXT NOT NULL,
    at        TEXT NOT NULL,
    why       TEXT NOT NULL,
    withdrawn INTEGER        -- the entry that took it back
);
CREATE INDEX correction_number ON correction (number);

CREATE TABLE proposal (
    number  TEXT PRIMARY KEY, -- the case that was opened
    into_   TEXT NOT NULL,    -- the case that it may belong to
    because TEXT NOT NULL,    -- JSON: list of evidence
    seq     INTEGER NOT NULL, -- the entry that proposed it
    decided INTEGER,          -- the entry that settled it
    accepted INTEGER
) WITHOUT ROWID;

CREATE TABLE history (
    number TEXT NOT NULL,
    seq    INTEGER NOT NULL, -- an entry that made the case what it is
    at     TEXT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    PRIMARY KEY (number, seq)
) WITHOUT ROWID;

-- One row a case that is not merged into another, for statistics and SQL.
CREATE TABLE overview (
    number           TEXT PRIMARY KEY,
    kind             TEXT NOT NULL, -- incident, column
    printed_number   TEXT,          -- the number in the source
    title            TEXT,
    organisation     TEXT,
    organisation_key TEXT,          -- without legal form, width and case
    sector           TEXT,
    category         TEXT NOT NULL,
    disclosed        TEXT,
    occurred         TEXT,          -- the moment, or the beginning of the period
    occurred_to      TEXT,          -- the end of the period
    occurred_approx  INTEGER,       -- 1 where the source says about when
    discovered       TEXT,
    discovered_approx INTEGER,
    recovered        TEXT,          -- the last recovery that is told
    affected         INTEGER,       -- the largest number given; NULL is unknown, never zero
    affected_bound   TEXT,          -- exact, at_most, at_least
    affected_approx  INTEGER,       -- 0, 1
    affected_unit    TEXT,
    data_disclosure  TEXT,
    secondary_damage TEXT,
    data_kinds       TEXT NOT NULL, -- with commas between; '' where none is named
    measures         TEXT NOT NULL,
    authorities      TEXT NOT NULL,
    reports          INTEGER NOT NULL,
    corrections      INTEGER NOT NULL,
    contradictions   INTEGER NOT NULL
);
CREATE INDEX overview_organisation ON overview (organisation_key);
CREATE INDEX overview_disclosed ON overview (disclosed);
-- All that likeness compares first, so that it reads the index alone.
CREATE INDEX overview_alike ON overview (category, disclosed, sector, data_kinds, measures);

-- One row for each value of a list field of a case.
CREATE TABLE listed (
    number TEXT NOT NULL,
    field  TEXT NOT NULL, -- data_kinds, reported_to, prevention, technical, services, …
    value  TEXT NOT NULL,
    PRIMARY KEY (number, field, value)
) WITHOUT ROWID;
CREATE INDEX listed_value ON listed (field, value);

-- Live cases are confidential: nothing of them is in any other table, and no view shows these.
-- What was recorded stands in the ledger alone.
CREATE TABLE live (
    number     TEXT PRIMARY KEY, -- L2031-001
    year       INTEGER NOT NULL,
    serial     INTEGER NOT NULL,
    opened     INTEGER NOT NULL, -- the entry that opened it
    changed    INTEGER NOT NULL, -- the entry that recorded the last
    changed_at TEXT NOT NULL,
    disclosed  TEXT              -- the case of the book that it became
) WITHOUT ROWID;
CREATE UNIQUE INDEX live_serial ON live (year, serial);

CREATE TABLE live_entry (
    seq      INTEGER PRIMARY KEY,
    number   TEXT NOT NULL,
    personal INTEGER NOT NULL -- 1 where it holds data on persons
);
CREATE INDEX live_entry_number ON live_entry (number);

CREATE TABLE live_view (
    seq    INTEGER PRIMARY KEY, -- the entry that says that somebody looked
    number TEXT NOT NULL,
    at     TEXT NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL
);
CREATE INDEX live_view_number ON live_view (number);

-- ------------------------------------------------------------------- views for `jikenbo sql`
-- They are documented in docs/sql.md. What they show of a table, anybody who may query the book
-- may see; crates/book/src/sql.rs lists the same columns.

CREATE VIEW cases AS
SELECT number, kind, printed_number, title, organisation, sector, category, disclosed, occurred,
    occurred_to, occurred_approx, discovered, discovered_approx, recovered, affected,
    affected_bound, affected_approx, affected_unit, data_disclosure, secondary_damage, data_kinds,
    measures, authorities, reports, corrections, contradictions
FROM overview;

CREATE VIEW case_values AS
SELECT number,
    CASE field WHEN 'prevention' THEN 'measures' WHEN 'reported_to' THEN 'authorities'
        WHEN 'warnings' THEN 'contradictions' ELSE field END AS field,
    value
FROM listed;

CREATE VIEW reports AS
SELECT number, source AS source_sha256, first AS first_byte, past AS past_byte, disclosed,
    printed AS printed_number, title, is_later
FROM report;

CREATE VIEW sources AS
SELECT sha256, name, media_type, bytes, text_bytes, added_at FROM source;

CREATE VIEW case_corrections AS
SELECT number, seq AS entry, field, before, value, who, at, why, withdrawn AS withdrawn_by
FROM correction;

CREATE VIEW case_proposals AS
SELECT number, into_ AS into_case, because, seq AS entry, decided AS decided_by, accepted
FROM proposal;

CREATE VIEW ledger_entries AS
SELECT number, history.seq AS entry, at, who, what, lower(hex(leaf)) AS leaf_sha256
FROM history JOIN ledger ON ledger.seq = history.seq;
