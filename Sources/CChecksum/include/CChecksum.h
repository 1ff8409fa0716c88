#ifndef CCHECKSUM_H
#define CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `count` bytes, continuing from `crc`; begin with 0.
/// Uses the processor's instruction where there is one, a table elsewhere.
uint32_t cchecksum_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by table alone, so that a test can hold the two against each other.
uint32_t cchecksum_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#endif
