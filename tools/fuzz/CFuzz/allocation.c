// Stands before the allocator and counts what the code under test requests.
//
// All requests are added up and nothing is taken off again when memory is freed: so a decoder that allocates by a
// length it has only read, or that copies its buffer for each piece, is found by a short input, long before it would
// run out of memory.
#include "CFuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

// One a thread: libFuzzer has threads of its own that allocate when they like.
static _Thread_local size_t requested;
static _Thread_local size_t allowed;
static _Thread_local int counting;

static void count(size_t bytes) {
  if (counting <= 0) return;
  if (__builtin_add_overflow(requested, bytes, &requested) || requested > allowed) {
    counting = 0;
    static const char message[] = "fuzz: more memory was requested than the bytes received allow\n";
    (void)!write(2, message, sizeof message - 1);
    __builtin_trap();
  }
}

void cfuzz_allow(size_t bytes) {
  requested = 0;
  allowed = bytes;
  counting = 1;
}

void cfuzz_pause(void) { counting--; }

void cfuzz_resume(void) { counting++; }

size_t cfuzz_finish(void) {
  counting = 0;
  return requested;
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  size_t bytes;
  count(__builtin_mul_overflow(number, size, &bytes) ? SIZE_MAX : bytes);
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count(size);
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  count(size);
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}
