// A journal as BytesOnDisk describes it, by one writer and one reader that trust each other.

#ifndef JOURNAL_H
#define JOURNAL_H

#include "CContenders.h"
#include "message.h"

/// Appends a message and answers its seq; `id` gets the 36 characters of its id.
uint64_t journal_append(struct contender_journal *journal, enum message_kind kind, const char *reply_to, char *id);

/// The text of the message that was appended last, good until the next one is.
const char *journal_text(const struct contender_journal *journal, size_t *length);

/// What `projected` says of the journal: its id, the seq appended last, and where it ends (segment and offset).
const uint8_t *journal_identifier(const struct contender_journal *journal);
void journal_place(const struct contender_journal *journal, uint64_t place[2]);

struct journal_reader;

/// Reads one direction's journal below the folder, from its beginning.
struct journal_reader *journal_reader_open(const char *folder, int direction);

/// The next record's bytes, good until the next call; NULL when nothing is new.
const char *journal_read(struct journal_reader *reader, size_t *length);

/// The path of the directory to watch.
void journal_path(char *path, size_t room, const char *folder, int direction);

#endif
