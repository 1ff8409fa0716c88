// The floor of a send that 1.0 programs see: an append to the journal, then the window, with no call that the protocol
// could do without while one process sends and knows what its last window held.

#define _GNU_SOURCE
#include "CChecksum.h"
#include "journal.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
  MESSAGES = 100,
  PROJECTED_LENGTH = 128,
  PROJECT_RECORD_LENGTH = 72,
  /// So much of what has left the window may lie before what is there until all of it is moved to the front.
  SLACK = 64 << 10,
  TEXT_ROOM = SLACK + (MESSAGES + 2) * MESSAGE_ROOM,
  NAME_ROOM = 64
};

struct contender_sender {
  struct contender_journal *journal;
  int channel, staging;
  /// The lock among natives, the record of what the window shows, and the 1.0 lock as it waits in staging.
  int project_lock, projected, prepared;
  uint64_t refreshed;
  /// The window's file, held open so that its inode is nobody else's.
  int window;
  struct stat published;
  /// The file that came back, which nobody has open any more; below zero when there is none, or a new one is made each
  /// time.
  int spare;
  int rewrites;
  struct stat spare_facts;
  uint64_t windows;
  /// The window's elements: where the first and the one behind the last begin, and how long each of them is, the
  /// separator before it included.
  char *text;
  size_t start, end;
  size_t lengths[MESSAGES];
  size_t oldest, count;
};

static int make(int folder, const char *name) {
  int file = openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) fail("openat");
  return file;
}

/// Adds a message behind the others; the oldest leaves when there are too many.
static void add(struct contender_sender *sender, const char *message, size_t length) {
  if (sender->count == MESSAGES) {
    sender->start += sender->lengths[sender->oldest];
    sender->oldest = (sender->oldest + 1) % MESSAGES;
    sender->count -= 1;
    if (sender->start > SLACK) {
      // One byte before the elements is for the bracket.
      memmove(sender->text + 1, sender->text + sender->start, sender->end - sender->start);
      sender->end -= sender->start - 1;
      sender->start = 1;
    }
  }
  memcpy(sender->text + sender->end, ",\n", 2);
  memcpy(sender->text + sender->end + 2, message, length);
  sender->end += length + 2;
  sender->lengths[(sender->oldest + sender->count) % MESSAGES] = length + 2;
  sender->count += 1;
}

/// Writes the window's file with a time of its own; the descriptor stays open.
static int write_aside(struct contender_sender *sender, const char *name) {
  int file = sender->spare;
  if (file >= 0) {
    // Nobody reads it, and nobody will before it is whole.
    if (fcntl(file, F_SETSIG, SIGURG)) fail("F_SETSIG");
    if (fcntl(file, F_SETLEASE, F_WRLCK)) fail("F_SETLEASE");
  } else {
    file = openat(sender->staging, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) fail("openat of a temporary file");
  }
  // The brackets stand where the separators are that nobody needs, so that all of it is one stretch.
  char *text = sender->text + sender->start;
  size_t length = sender->end - sender->start;
  // Pages of two versions must not look like one: the first byte comes last.
  if (sender->spare >= 0 && fstat(file, &sender->spare_facts)) fail("fstat of the spare");
  text[0] = sender->spare >= 0 ? 0 : '[';
  text[length] = ']';
  if (pwrite(file, text, length + 1, 0) != (ssize_t)length + 1) fail("pwrite of the window");
  text[0] = ',';
  if (sender->spare >= 0 && (off_t)length + 1 < sender->spare_facts.st_size && ftruncate(file, (off_t)length + 1))
    fail("ftruncate of the window");
  if (sender->spare >= 0 && pwrite(file, "[", 1, 0) != 1) fail("pwrite of the first byte");
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
  clock_gettime(CLOCK_REALTIME, &times[1]);
  if (futimens(file, times)) fail("futimens of the window");
  if (sender->spare >= 0) {
    // What the file system keeps of the time is known by now.
    sender->published = sender->spare_facts;
    sender->published.st_size = (off_t)length + 1;
    sender->published.st_mtim = times[1];
  } else if (fstat(file, &sender->published)) {
    fail("fstat of the window");
  }
  if (sender->spare >= 0 && fcntl(file, F_SETLEASE, F_UNLCK)) fail("F_SETLEASE, to end it");
  return file;
}

/// Says what the window will show, before it does; answers the record's checksum.
static uint32_t intend(struct contender_sender *sender, uint64_t through) {
  uint8_t record[PROJECTED_LENGTH] = "TSMPRJ\1";
  uint64_t place[2];
  const struct stat *window = &sender->published;
  journal_place(sender->journal, place);
  memcpy(record + 8, journal_identifier(sender->journal), 16);
  memcpy(record + 40, &through, 8);
  memcpy(record + 72, place, 16);
  memcpy(record + 88, &window->st_dev, 8);
  memcpy(record + 96, &window->st_ino, 8);
  memcpy(record + 104, &window->st_size, 8);
  memcpy(record + 112, &window->st_mtim.tv_sec, 8);
  memcpy(record + 120, &window->st_mtim.tv_nsec, 4);
  uint32_t crc = cchecksum_crc32c(0, record, 124);
  memcpy(record + 124, &crc, 4);
  if (pwrite(sender->projected, record, sizeof record, 0) != sizeof record) fail("pwrite of projected");
  return crc;
}

/// Leaves a record for the next projector.
static void leave_record(struct contender_sender *sender, uint32_t confirmed) {
  uint8_t record[PROJECT_RECORD_LENGTH] = "TSMPLK\1";
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  uint64_t released = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  memcpy(record + 24, &released, 8);
  memcpy(record + 64, &confirmed, 4);
  uint32_t crc = cchecksum_crc32c(0, record, 68);
  memcpy(record + 68, &crc, 4);
  if (pwrite(sender->project_lock, record, sizeof record, 0) != sizeof record) fail("pwrite of project.lock");
}

struct contender_sender *contender_sender_open(const char *folder, int rewrites) {
  struct contender_sender *sender = calloc(1, sizeof *sender);
  sender->rewrites = rewrites;
  sender->spare = -1;
  // The journal makes the folders that it needs.
  sender->journal = contender_journal_open(folder, 0);
  char path[4096];
  sender->channel = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  snprintf(path, sizeof path, "%s/staging", folder);
  sender->staging = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (sender->channel < 0 || sender->staging < 0) fail("open a directory");
  sender->project_lock = make(sender->channel, "project.lock");
  sender->projected = make(sender->channel, "projected");
  sender->prepared = make(sender->staging, "lock");
  char holder[32];
  int length = snprintf(holder, sizeof holder, "%d\n", getpid());
  if (write(sender->prepared, holder, (size_t)length) != length) fail("write of the lock");
  sender->text = malloc(TEXT_ROOM);
  sender->start = sender->end = 1;
  for (int i = 0; i < MESSAGES; i++) {
    char id[ID_LENGTH];
    size_t size;
    journal_append(sender->journal, EVENT, NULL, id);
    const char *message = journal_text(sender->journal, &size);
    add(sender, message, size);
  }
  sender->window = write_aside(sender, "window");
  if (renameat(sender->staging, "window", sender->channel, "window.json")) fail("renameat");
  return sender;
}

void contender_send_shown(struct contender_sender *sender) {
  char id[ID_LENGTH];
  size_t size;
  uint64_t seq = journal_append(sender->journal, EVENT, NULL, id);
  const char *message = journal_text(sender->journal, &size);

  // Natives exclude each other. (That the file was not removed is looked at now and then only, and left out here.)
  struct stat facts;
  while (flock(sender->project_lock, LOCK_EX | LOCK_NB)) {
    if (errno != EWOULDBLOCK) fail("flock of project.lock");
    usleep(20);
  }
  // The 1.0 lock appears whole, with its flock and a time far below the five seconds at which it is stale.
  if (flock(sender->prepared, LOCK_EX | LOCK_NB)) fail("flock of the lock file");
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t nanoseconds = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  if (nanoseconds - sender->refreshed > 500000000) {
    if (futimens(sender->prepared, NULL)) fail("futimens of the lock file");
    sender->refreshed = nanoseconds;
  }
  while (linkat(sender->staging, "lock", sender->channel, "window.lock", 0)) {
    if (errno != EEXIST) fail("linkat");
    usleep(20);
  }

  // Is the window the one that was published last?
  struct stat before = sender->published;
  if (fstatat(sender->channel, "window.json", &facts, AT_SYMLINK_NOFOLLOW)) fail("fstatat of the window");
  if (facts.st_ino != before.st_ino || facts.st_size != before.st_size ||
      facts.st_mtim.tv_nsec != before.st_mtim.tv_nsec)
    fail("the window was replaced");

  add(sender, message, size);
  char name[NAME_ROOM];
  // A spare has the name that it came back under.
  if (sender->spare < 0) sender->windows++;
  snprintf(name, sizeof name, "window-%llu", (unsigned long long)sender->windows);
  int file = write_aside(sender, name);
  uint32_t intent = intend(sender, seq);
  if (renameat2(sender->staging, name, sender->channel, "window.json", RENAME_EXCHANGE)) fail("renameat2");
  // What came back must be the file that was there before.
  if (fstatat(sender->staging, name, &facts, AT_SYMLINK_NOFOLLOW)) fail("fstatat in staging");
  if (facts.st_ino != before.st_ino) fail("somebody published in between");
  if (sender->rewrites) {
    struct timespec mark[2] = { { .tv_nsec = UTIME_OMIT } };
    if (futimens(sender->window, mark)) fail("futimens of what came back");
    sender->spare = sender->window;
    sender->spare_facts = before;
  } else {
    if (unlinkat(sender->staging, name, 0)) fail("unlinkat of the old window");
    close(sender->window);
  }
  sender->window = file;

  if (unlinkat(sender->channel, "window.lock", 0)) fail("unlinkat of the lock");
  if (flock(sender->prepared, LOCK_UN)) fail("flock of the lock file, to unlock");
  leave_record(sender, intent);
  if (flock(sender->project_lock, LOCK_UN)) fail("flock of project.lock, to unlock");
}
