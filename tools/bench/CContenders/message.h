// A message of the channel as text, and the ids of ours; see BytesOnDisk for their form.

#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>
#include <stdint.h>

enum {
  ID_LENGTH = 36,
  /// More than any message here needs.
  MESSAGE_ROOM = 1024
};

struct message_key {
  uint8_t channel[16];
  uint64_t low, high;
};

enum message_kind { EVENT, REQUEST, RESPONSE };

/// The key that all contenders use: they only have to do the work.
struct message_key message_key_of_contenders(void);

/// Writes the id that our message with this seq has: 36 characters.
void message_id(char *text, const struct message_key *key, uint8_t direction, uint64_t seq);

/// Writes a message with the payload of all; `reply_to` is an id, for a response. Answers its length.
size_t message_write(char *out, const char *id, enum message_kind kind, const char *reply_to);

/// Whether the text is the answer to the request with this id.
int message_answers(const char *text, size_t length, const char *id);

/// Where a message's id begins in its text: all that are made here begin with it.
enum { ID_OFFSET = sizeof "{\"id\":\"" - 1 };

/// Ends the process, naming the call that failed and errno.
_Noreturn void fail(const char *call);

#endif
