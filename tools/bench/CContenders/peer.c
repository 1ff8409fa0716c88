// A writer and a reader of protocol 1.0 that lose no time: they neither parse what they need not nor look twice.

#define _GNU_SOURCE
#include "CContenders.h"
#include "message.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGES = 100, TEXT_ROOM = (MESSAGES + 2) * MESSAGE_ROOM };

static const char window_name[] = "backend_to_frontend.json";
static const char lock_name[] = "backend_to_frontend.lock";
static const char temporary_name[] = "backend_to_frontend.tmp";

// MARK: The moment of the last write

static uint64_t *map_stamp(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/stamp", folder);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof(uint64_t))) fail("make a file for the moment");
  void *memory = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) fail("mmap");
  close(file);
  return memory;
}

const volatile uint64_t *contender_stamp_open(const char *folder) { return map_stamp(folder); }

uint64_t contender_stamp_read(const volatile uint64_t *stamp) { return *stamp; }

// MARK: The channel

static int open_channel(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/channel", folder);
  if (mkdir(path, 0700) && errno != EEXIST) fail("mkdir");
  int channel = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (channel < 0) fail("open a directory");
  return channel;
}

/// The window's bytes; their number, 0 when there is no window.
static size_t read_window(int channel, char *text) {
  int file = openat(channel, window_name, O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return 0;
  if (file < 0) fail("openat of the window");
  size_t length = 0;
  ssize_t more;
  while ((more = read(file, text + length, TEXT_ROOM - length)) > 0) length += (size_t)more;
  if (more < 0) fail("read of the window");
  close(file);
  return length;
}

// MARK: Writing

struct contender_peer_writer {
  int channel;
  volatile uint64_t *stamp;
  struct message_key key;
  uint64_t last;
  size_t count;
  char text[TEXT_ROOM + MESSAGE_ROOM];
};

struct contender_peer_writer *contender_peer_writer_open(const char *folder) {
  struct contender_peer_writer *writer = calloc(1, sizeof *writer);
  writer->channel = open_channel(folder);
  writer->stamp = map_stamp(folder);
  writer->key = message_key_of_contenders();
  return writer;
}

void contender_peer_write(struct contender_peer_writer *writer) {
  int lock;
  while ((lock = openat(writer->channel, lock_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0) {
    if (errno != EEXIST) fail("openat of the lock");
    usleep(10000);
  }
  char holder[32];
  int holder_length = snprintf(holder, sizeof holder, "%d\n", getpid());
  if (write(lock, holder, (size_t)holder_length) != holder_length) fail("write of the lock");
  close(lock);

  // Whoever else writes here puts a comma and a line's end between elements, as we do.
  size_t length = read_window(writer->channel, writer->text);
  char *close_bracket = length ? memrchr(writer->text, ']', length) : NULL;
  if (!close_bracket || close_bracket == writer->text + 1) {
    writer->text[0] = '[';
    close_bracket = writer->text + 1;
    writer->count = 0;
  } else {
    *close_bracket++ = ',';
    *close_bracket++ = '\n';
  }
  char id[ID_LENGTH];
  message_id(id, &writer->key, 0, ++writer->last);
  char *end = close_bracket + message_write(close_bracket, id, EVENT, NULL);
  *end++ = ']';
  char *start = writer->text;
  if (++writer->count > MESSAGES) {
    writer->count -= 1;
    start = memmem(writer->text, (size_t)(end - writer->text), ",\n", 2) + 1;
    *start = '[';
  }
  int file = openat(writer->channel, temporary_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail("openat of a temporary file");
  if (write(file, start, (size_t)(end - start)) != end - start) fail("write of the window");
  close(file);
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  *writer->stamp = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  if (renameat(writer->channel, temporary_name, writer->channel, window_name)) fail("renameat");
  if (unlinkat(writer->channel, lock_name, 0)) fail("unlinkat of the lock");
}

// MARK: Reading

struct contender_peer_reader {
  int channel, inotify;
  char id[ID_LENGTH];
  char text[TEXT_ROOM];
};

struct contender_peer_reader *contender_peer_reader_open(const char *folder) {
  struct contender_peer_reader *reader = calloc(1, sizeof *reader);
  reader->channel = open_channel(folder);
  reader->inotify = inotify_init1(IN_CLOEXEC);
  char path[4096];
  snprintf(path, sizeof path, "%s/channel", folder);
  if (reader->inotify < 0 || inotify_add_watch(reader->inotify, path, IN_MOVED_TO) < 0) fail("inotify_add_watch");
  return reader;
}

void contender_peer_read(struct contender_peer_reader *reader) {
  static const char opening[] = "{\"id\":\"";
  for (;;) {
    char events[4096];
    if (read(reader->inotify, events, sizeof events) <= 0) fail("read of inotify");
    size_t length = read_window(reader->channel, reader->text);
    // The newest message stands last; its id says whether it is new.
    for (size_t at = length; at-- > 0;) {
      if (length - at < sizeof opening + ID_LENGTH || memcmp(reader->text + at, opening, sizeof opening - 1)) continue;
      const char *id = reader->text + at + ID_OFFSET;
      if (!memcmp(id, reader->id, ID_LENGTH)) break;
      memcpy(reader->id, id, ID_LENGTH);
      return;
    }
  }
}
