// TOML as a list of what stands in it. The library behind it is C++; nothing of that comes through here.

#ifndef CTOML_H
#define CTOML_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ctoml_kind {
  CTOML_TABLE,
  CTOML_ARRAY,
  CTOML_STRING,
  CTOML_INTEGER,
  CTOML_FLOAT,
  CTOML_BOOLEAN,
  /// A date, a time, or both; what it says is not told.
  CTOML_MOMENT,
};

/// A value. Lines and columns count from 1, columns in characters; 0 where the library knows none.
struct ctoml_node {
  /// A `ctoml_kind`.
  int kind;
  /// How many values a table or an array has itself; they follow it, each with its own behind it.
  size_t count;
  /// What it is called in its table; NULL in an array.
  const char *key;
  size_t key_length;
  uint32_t key_line, key_column;
  uint32_t line, column;
  /// A string's UTF-8.
  const char *text;
  size_t text_length;
  /// An integer, or whether a boolean is true.
  int64_t integer;
  double number;
};

/// A text that was read. Everything in it ends with it.
struct ctoml_document {
  /// First the table that the whole text is; NULL when the text is no TOML, or is nested too deep.
  const struct ctoml_node *nodes;
  size_t count;
  /// Why there are no nodes, in UTF-8, and where.
  const char *error;
  size_t error_length;
  uint32_t line, column;
};

/// Reads a text in which no value lies in more than `depth` others. NULL when there is no memory for it.
struct ctoml_document *ctoml_read(const char *text, size_t length, size_t depth);

/// Ends a document, or nothing.
void ctoml_free(struct ctoml_document *document);

#ifdef __cplusplus
}
#endif

#endif
