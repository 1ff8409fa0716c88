// The floor of a send through the window of protocol 1.0: lock, look, write aside, exchange, unlock.

#define _GNU_SOURCE
#include "CContenders.h"
#include "message.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MESSAGES = 100 };

struct contender_window {
  int folder;
  struct message_key key;
  uint64_t last;
  /// The window's elements, oldest first, each behind its separator; and where the second one begins.
  char *text;
  size_t length;
  /// The file that is published now.
  struct stat published;
};

/// Adds a message to the text; answers its length with the separator.
static size_t add(struct contender_window *window, char *out) {
  char id[ID_LENGTH];
  message_id(id, &window->key, 0, ++window->last);
  memcpy(out, ",\n", 2);
  return 2 + message_write(out + 2, id, EVENT, NULL);
}

/// Writes the window's file: bracket, elements without their first separator, bracket. The descriptor stays open.
static int write_aside(struct contender_window *window, const char *name) {
  int file = openat(window->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) fail("openat of a temporary file");
  struct iovec pieces[] = {
    { "[", 1 },
    { window->text + 1, window->length - 1 },
    { "\n]\n", 3 },
  };
  if (writev(file, pieces, 3) != (ssize_t)(window->length + 3)) fail("writev");
  if (fstat(file, &window->published)) fail("fstat");
  return file;
}

struct contender_window *contender_window_open(const char *folder) {
  struct contender_window *window = calloc(1, sizeof *window);
  window->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (window->folder < 0) fail("open a directory");
  if (mkdirat(window->folder, "staging", 0700)) fail("mkdirat");
  window->key = message_key_of_contenders();
  window->text = malloc((MESSAGES + 1) * MESSAGE_ROOM);
  for (int i = 0; i < MESSAGES; i++) window->length += add(window, window->text + window->length);
  close(write_aside(window, "window.json"));
  return window;
}

void contender_publish(struct contender_window *window) {
  // The lock is written aside and appears whole, by link.
  char holder[32];
  int length = snprintf(holder, sizeof holder, "%d\n", getpid());
  int lock = openat(window->folder, "staging/lock", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (lock < 0 || write(lock, holder, (size_t)length) != length) fail("write of the lock");
  while (linkat(window->folder, "staging/lock", window->folder, "window.lock", 0)) {
    if (errno != EEXIST) fail("linkat");
    usleep(20);
  }
  close(lock);
  if (unlinkat(window->folder, "staging/lock", 0)) fail("unlinkat in staging");

  // Is the window the one that was published last?
  struct stat here, before = window->published;
  if (fstatat(window->folder, "window.json", &here, AT_SYMLINK_NOFOLLOW)) fail("fstatat of the window");
  if (here.st_ino != before.st_ino || here.st_size != before.st_size) fail("the window was replaced");

  // The oldest element leaves at the front and the new one comes behind the others.
  window->length += add(window, window->text + window->length);
  char *second = memmem(window->text + 2, window->length - 2, ",\n", 2);
  window->length -= (size_t)(second - window->text);
  memmove(window->text, second, window->length);
  int file = write_aside(window, "staging/window");
  if (renameat2(window->folder, "staging/window", window->folder, "window.json", RENAME_EXCHANGE)) fail("renameat2");
  // What came back must be the file that was there before.
  if (fstatat(window->folder, "staging/window", &here, AT_SYMLINK_NOFOLLOW)) fail("fstatat in staging");
  if (here.st_ino != before.st_ino) fail("somebody published in between");
  if (unlinkat(window->folder, "staging/window", 0)) fail("unlinkat of the old window");
  close(file);
  if (unlinkat(window->folder, "window.lock", 0)) fail("unlinkat of the lock");
}
