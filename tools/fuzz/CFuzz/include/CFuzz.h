#ifndef CFUZZ_H
#define CFUZZ_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's entry for programs with a main of their own.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*body)(const uint8_t *bytes, size_t count));

/// From here on this thread may request so many bytes from the allocator; one more ends the program.
void cfuzz_allow(size_t bytes);

/// Stops or resumes counting, for the checks around what is tested. Calls nest.
void cfuzz_pause(void);
void cfuzz_resume(void);

/// Ends the counting; answers how many bytes were requested.
size_t cfuzz_finish(void);

#endif
