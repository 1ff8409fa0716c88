// What the tables of a database look like, and how they came to.

/// The versions of a database: each step brings the tables of one version to those of the next.
struct Schema {
  /// Marks a file as ours, in its header.
  let application: Int32
  /// The first makes version 1 out of nothing. A step that was released is never changed again.
  let steps: [String]

  var version: Int64 { Int64(steps.count) }
}

extension Schema {
  /// The daemon's state. Ids are kept as bytes: they are compared as such, and may hold any character.
  static let ledger = Schema(
    application: 0x5452_4E53,
    steps: [
      """
      CREATE TABLE facts(name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
      INSERT INTO facts VALUES('request hash key', randomblob(16)), ('letters dropped', 0);

      CREATE TABLE letters(
        number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, direction INTEGER NOT NULL, id BLOB NOT NULL,
        sequence INTEGER NOT NULL, kind TEXT NOT NULL, method TEXT, reason TEXT NOT NULL, attempts INTEGER NOT NULL,
        first_time INTEGER NOT NULL, first_error TEXT NOT NULL, last_time INTEGER NOT NULL, last_error TEXT NOT NULL,
        message BLOB NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX letters_by_id ON letters(id, channel, direction);

      CREATE TABLE requests(
        number INTEGER PRIMARY KEY, high INTEGER NOT NULL, low INTEGER NOT NULL, state INTEGER NOT NULL,
        repeatable INTEGER NOT NULL, begun INTEGER NOT NULL, settled INTEGER, handler TEXT NOT NULL, outcome BLOB
      ) STRICT;

      CREATE TABLE steps(
        number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL,
        channel TEXT NOT NULL, detail TEXT NOT NULL
      ) STRICT;
      """
    ]
  )
}
