#define _GNU_SOURCE
#include "message.h"
#include "CContenders.h"
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

// 204 bytes: an event with it has 301.
const char *const contender_payload =
  "{\"n\":1234567890,\"who\":\"bench\",\"what\":[1,2,3,4,5,6,7,8],\"text\":\""
  "The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs, "
  "and how vexingly quick daft zebras jump!\",\"last\":true}";

_Noreturn void fail(const char *call) {
  perror(call);
  exit(1);
}

void contender_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

// MARK: SipHash-2-4 with 128 bits

#define ROTATED(x, by) ((x) << (by) | (x) >> (64 - (by)))
#define SIP_ROUND                                                                                                     \
  do {                                                                                                                \
    v0 += v1, v1 = ROTATED(v1, 13) ^ v0, v0 = ROTATED(v0, 32);                                                        \
    v2 += v3, v3 = ROTATED(v3, 16) ^ v2;                                                                              \
    v0 += v3, v3 = ROTATED(v3, 21) ^ v0;                                                                              \
    v2 += v1, v1 = ROTATED(v1, 17) ^ v2, v2 = ROTATED(v2, 32);                                                        \
  } while (0)

/// Hashes 25 bytes: three words and one byte.
static void siphash128_of_25(uint64_t out[2], const uint8_t in[25], uint64_t low, uint64_t high) {
  uint64_t v0 = low ^ 0x736f6d6570736575, v1 = high ^ 0x646f72616e646f6d ^ 0xee;
  uint64_t v2 = low ^ 0x6c7967656e657261, v3 = high ^ 0x7465646279746573;
  uint64_t words[4];
  memcpy(words, in, 24);
  words[3] = (uint64_t)25 << 56 | in[24];
  for (int i = 0; i < 4; i++) {
    v3 ^= words[i];
    SIP_ROUND;
    SIP_ROUND;
    v0 ^= words[i];
  }
  v2 ^= 0xee;
  for (int i = 0; i < 4; i++) SIP_ROUND;
  out[0] = v0 ^ v1 ^ v2 ^ v3;
  v1 ^= 0xdd;
  for (int i = 0; i < 4; i++) SIP_ROUND;
  out[1] = v0 ^ v1 ^ v2 ^ v3;
}

// MARK: Ids

struct message_key message_key_of_contenders(void) {
  struct message_key key = { .low = 0x0706050403020100, .high = 0x0f0e0d0c0b0a0908 };
  for (int i = 0; i < 16; i++) key.channel[i] = (uint8_t)(i * 17);
  return key;
}

void message_id(char *text, const struct message_key *key, uint8_t direction, uint64_t seq) {
  static const char digits[] = "0123456789abcdef";
  uint8_t input[25], id[16];
  uint64_t hash[2];
  memcpy(input, key->channel, 16);
  input[16] = direction;
  memcpy(input + 17, &seq, 8);
  siphash128_of_25(hash, input, key->low, key->high);
  for (int i = 0; i < 6; i++) id[i] = (uint8_t)(seq >> (40 - 8 * i));
  memcpy(id + 6, hash, 10);
  id[6] = 0x40 | (id[6] & 0x0f);
  id[8] = 0x80 | (id[8] & 0x3f);
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *text++ = '-';
    *text++ = digits[id[i] >> 4];
    *text++ = digits[id[i] & 15];
  }
}

// MARK: Text

static char *put(char *out, const char *text, size_t length) {
  memcpy(out, text, length);
  return out + length;
}
#define PUT(out, literal) put(out, literal, sizeof literal - 1)

static char *put_number(char *out, uint64_t number) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10); while (number /= 10);
  while (count) *out++ = digits[--count];
  return out;
}

size_t message_write(char *out, const char *id, enum message_kind kind, const char *reply_to) {
  static size_t payload_length;
  if (!payload_length) payload_length = strlen(contender_payload);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  char *next = PUT(out, "{\"id\":\"");
  next = put(next, id, ID_LENGTH);
  next = PUT(next, "\",\"timestamp\":");
  next = put_number(next, (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
  switch (kind) {
  case EVENT: next = PUT(next, ",\"type\":\"event\",\"method\":\"tick\",\"payload\":"); break;
  case REQUEST: next = PUT(next, ",\"type\":\"request\",\"method\":\"echo\",\"payload\":"); break;
  case RESPONSE:
    next = PUT(next, ",\"type\":\"response\",\"reply_to\":\"");
    next = put(next, reply_to, ID_LENGTH);
    next = PUT(next, "\",\"payload\":");
    break;
  }
  next = put(next, contender_payload, payload_length);
  *next++ = '}';
  return (size_t)(next - out);
}

int message_answers(const char *text, size_t length, const char *id) {
  static const char key[] = "\"reply_to\":\"";
  const char *place = memmem(text, length, key, sizeof key - 1);
  if (!place) return 0;
  place += sizeof key - 1;
  return (size_t)(text + length - place) > ID_LENGTH && !memcmp(place, id, ID_LENGTH);
}
