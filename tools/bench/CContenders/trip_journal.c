// A round trip over two journals: each end appends to its own and waits by inotify for the other's.

#define _GNU_SOURCE
#include "journal.h"
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

struct contender_journal_end {
  struct contender_journal *own;
  struct journal_reader *other;
  enum contender_notice notice;
  int inotify;
};

/// The library gives no way to its descriptor: it gets the lowest number that is free.
static int open_library(const char *path) {
  int lowest = open("/dev/null", O_RDONLY);
  if (lowest < 0) fail("open");
  close(lowest);
  if (!inotifytools_initialize()) fail("inotifytools_initialize");
  if (!inotifytools_watch_file(path, IN_MODIFY | IN_MOVED_TO)) fail("inotifytools_watch_file");
  return lowest;
}

struct contender_journal_end *contender_journal_end_open(const char *folder, int side, enum contender_notice notice) {
  struct contender_journal_end *end = calloc(1, sizeof *end);
  end->notice = notice;
  // Both are made by whoever comes first.
  end->own = contender_journal_open(folder, side);
  free(contender_journal_open(folder, !side));
  char path[4096];
  journal_path(path, sizeof path, folder, !side);
  if (notice == CONTENDER_LIBRARY) {
    end->inotify = open_library(path);
  } else {
    end->inotify = inotify_init1(IN_CLOEXEC);
    if (end->inotify < 0) fail("inotify_init1");
    if (inotify_add_watch(end->inotify, path, IN_MODIFY | IN_MOVED_TO) < 0) fail("inotify_add_watch");
  }
  end->other = journal_reader_open(folder, !side);
  return end;
}

/// Sleeps until the other end's journal changed.
static void wait_for_notice(struct contender_journal_end *end) {
  if (end->notice == CONTENDER_LIBRARY) {
    struct pollfd ready = { end->inotify, POLLIN, 0 };
    if (poll(&ready, 1, -1) < 0) fail("poll");
    while (inotifytools_next_events(0, 1)) {}
  } else {
    char events[4096];
    if (read(end->inotify, events, sizeof events) <= 0) fail("read of inotify");
  }
}

/// The other end's next message: first a look, then sleep.
static const char *next(struct contender_journal_end *end, size_t *length) {
  for (;;) {
    const char *message = journal_read(end->other, length);
    if (message) return message;
    wait_for_notice(end);
  }
}

void contender_journal_ask(struct contender_journal_end *end) {
  char id[ID_LENGTH];
  size_t length;
  journal_append(end->own, REQUEST, NULL, id);
  while (!message_answers(next(end, &length), length, id)) {}
}

void contender_journal_answer(struct contender_journal_end *end) {
  char id[ID_LENGTH];
  size_t length;
  const char *request = next(end, &length);
  journal_append(end->own, RESPONSE, request + ID_OFFSET, id);
}

void contender_journal_send(struct contender_journal_end *end) { contender_append(end->own); }

void contender_journal_take(struct contender_journal_end *end) {
  size_t length;
  next(end, &length);
}
