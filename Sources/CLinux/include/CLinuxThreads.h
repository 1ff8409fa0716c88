// Threads, and waiting among them: what Glibc's Swift module does not show. Each function leaves errno as the call did.

#ifndef CLINUX_THREADS_H
#define CLINUX_THREADS_H

#include <stdint.h>

/// Starts a detached thread that gets no signals; a name longer than 15 bytes is cut. Answers 0, or the error's number.
int clinux_start_thread(const char *name, void *(*body)(void *), void *argument);

/// The value of a gate that threads wait at.
uint32_t clinux_gate_value(const uint32_t *gate);

/// Counts it up by one.
void clinux_gate_advance(uint32_t *gate);

/// Blocks while it has this value, for so many nanoseconds at most (below zero: for ever). Answers 0 when woken, else -1:
/// EAGAIN (it had another value), ETIMEDOUT or EINTR. Only among threads of one process.
int clinux_gate_wait(const uint32_t *gate, uint32_t value, long long nanoseconds);

/// Wakes so many of those who wait.
void clinux_gate_wake(uint32_t *gate, int count);

#endif
