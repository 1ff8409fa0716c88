#define _GNU_SOURCE
#include "frame.h"
#include <string.h>

size_t frame_read(const uint8_t *bytes, size_t count, struct frame *frame, const char **fault) {
  if (count < 2) return 0;
  unsigned short_length = bytes[1] & 0x7f;
  size_t wide = short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
  frame->opcode = bytes[0] & 0xf;
  *fault = bytes[0] & 0x70 ? "a frame with reserved bits"
      : bytes[1] & 0x80 ? "a frame with a mask, which only clients may write"
      : !(bytes[0] & 0x80) || frame->opcode == 0 ? "a message in parts, which is not read here"
      : frame->opcode >= FRAME_CLOSE && short_length > 125 ? "a control frame of more than 125 bytes"
      : NULL;
  if (*fault || count < 2 + wide) return 0;
  uint64_t length = wide ? 0 : short_length;
  for (size_t place = 0; place < wide; place++) length = length << 8 | bytes[2 + place];
  if (length < (wide == 8 ? 1 << 16 : wide == 2 ? 126 : 0)) *fault = "a length that is not written in the shortest way";
  if (length > FRAME_LIMIT) *fault = "a frame that is longer than any that is read here";
  if (*fault || count - 2 - wide < length) return 0;
  frame->content = bytes + 2 + wide;
  frame->length = (size_t)length;
  return 2 + wide + frame->length;
}

size_t frame_write_pong(uint8_t *room, const struct frame *ping) {
  // Nobody is deceived on the loopback, so any mask will do.
  static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  room[0] = 0x80 | FRAME_PONG;
  room[1] = (uint8_t)(0x80 | ping->length);
  memcpy(room + 2, mask, 4);
  for (size_t place = 0; place < ping->length; place++) room[6 + place] = ping->content[place] ^ mask[place % 4];
  return 6 + ping->length;
}

long event_number(const uint8_t *text, size_t length) {
  // A string that says so would have a backslash before the quotation mark.
  static const char name[] = "\"payload\":";
  const uint8_t *end = text + length;
  const uint8_t *digit = memmem(text, length, name, sizeof name - 1);
  if (!digit) return -1;
  digit += sizeof name - 1;
  long number = 0;
  int digits = 0;
  // Nine of them fit into any long.
  for (; digit < end && *digit >= '0' && *digit <= '9' && digits < 9; digit++, digits++)
    number = 10 * number + (*digit - '0');
  return digits && digit < end && (*digit == ',' || *digit == '}') ? number : -1;
}
