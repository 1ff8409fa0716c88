#include "CChecksum.h"
#include <string.h>

#define REFLECTED_CASTAGNOLI 0x82F63B78u

static uint32_t table[256];

__attribute__((constructor)) static void fill_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ REFLECTED_CASTAGNOLI : value >> 1;
    table[byte] = value;
  }
}

uint32_t cchecksum_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  crc = ~crc;
  while (count--) crc = crc >> 8 ^ table[(crc ^ *next++) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)
// Not <nmmintrin.h>: clang's module map refuses it from a package target.
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  uint64_t state = (uint32_t)~crc;
  for (; count >= 8; next += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    state = __builtin_ia32_crc32di(state, word);
  }
  uint32_t rest = (uint32_t)state;
  while (count--) rest = __builtin_ia32_crc32qi(rest, *next++);
  return ~rest;
}

static int has_instruction;
__attribute__((constructor)) static void look_for_instruction(void) {
  __builtin_cpu_init();
  has_instruction = __builtin_cpu_supports("sse4.2");
}

uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return has_instruction ? by_instruction(crc, bytes, count) : cchecksum_crc32c_portable(crc, bytes, count);
}
#else
uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return cchecksum_crc32c_portable(crc, bytes, count);
}
#endif
