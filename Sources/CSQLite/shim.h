#include <errno.h>
#include <sqlite3.h>

/* What Swift cannot say: a destructor that is a cast number, and a function with any number of arguments. */

static inline int csqlite_bind_bytes(sqlite3_stmt *statement, int place, const void *bytes, sqlite3_uint64 count) {
  /* Without an address it would be NULL, which is something else than no bytes. */
  return sqlite3_bind_blob64(statement, place, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

static inline int csqlite_bind_text(sqlite3_stmt *statement, int place, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, place, bytes ? bytes : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* The number that the system left is told of some refusals only; so it is fetched where it is still there. */
static inline int csqlite_step(sqlite3_stmt *statement, int *number) {
  errno = 0;
  int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) *number = errno;
  return code;
}

static inline int csqlite_keep_log_when_closing(sqlite3 *connection, int keeps) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keeps, (int *)0);
}
