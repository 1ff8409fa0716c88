// Children that are begun with everything a program that nobody watches needs. Each function leaves errno as the call did.

#ifndef CLINUX_CHILDREN_H
#define CLINUX_CHILDREN_H

#include <stdint.h>

/// What a child becomes.
struct clinux_child_plan {
  /// The file to be run; a relative path begins in `directory`.
  const char *program;
  char *const *words;
  char *const *variables;
  /// Where it works; NULL: where we do.
  const char *directory;
  /// What becomes its standard input, output and error; below zero: /dev/null.
  int streams[3];
  /// How many bytes of address space it may have; 0: as many as we.
  uint64_t address_space;
};

/// Starts a child and waits until it is the program: the leader of a process group of its own, with no signal blocked,
/// ignored or handled, with no descriptors but its three streams, and killed when the calling THREAD ends.
///
/// Answers 0 and gives its number and a pidfd, which no child inherits. Or answers -1, there is no child, and `refused`
/// names the call that failed.
int clinux_start_child(const struct clinux_child_plan *plan, int *number, int *handle, const char **refused);

#endif
