// What a server says on a WebSocket, as far as the crowd has to understand it. Nothing here touches a descriptor.

#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

enum {
  /// How many bytes a frame carries at most that is read here.
  FRAME_LIMIT = 128 << 10,
  /// How many bytes come before them at most.
  FRAME_HEAD_LIMIT = 10,
  /// More than any pong needs.
  PONG_ROOM = 6 + 125
};

enum { FRAME_TEXT = 0x1, FRAME_CLOSE = 0x8, FRAME_PING = 0x9, FRAME_PONG = 0xa };

struct frame {
  unsigned opcode;
  const uint8_t *content;
  size_t length;
};

/// Finds the frame that bytes begin with, and answers how many of them it takes: 0 while it is not whole. A frame that
/// no server may write, or that is not read here, is a fault in words.
size_t frame_read(const uint8_t *bytes, size_t count, struct frame *frame, const char **fault);

/// Writes what answers a ping into PONG_ROOM bytes, and answers its length.
size_t frame_write_pong(uint8_t *room, const struct frame *ping);

/// The whole number that a message in JSON has as its payload; -1 when that is anything else.
long event_number(const uint8_t *text, size_t length);

#endif
