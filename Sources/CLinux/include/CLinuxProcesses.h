// Children: what Glibc's Swift module does not show. Each function leaves errno as the call did.

#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

#include <stddef.h>

/// A pipe of which children inherit neither end, not even those that another thread starts meanwhile: its reading end
/// and its writing end. Answers 0 or -1.
int clinux_pipe(int *ends);

/// Sends a datagram to a Unix socket, whose path begins with a slash, or with an at sign for a name of the kernel's own;
/// never waits. Answers 0 or -1.
int clinux_notify(const char *path, const char *text, size_t count);

#endif
