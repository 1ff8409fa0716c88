#define _GNU_SOURCE
#include "journal.h"
#include "CChecksum.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
  HEADER_LENGTH = 52,
  HEAD_LENGTH = 26,
  SEGMENT_LIMIT = 4 << 20,
  KIND_MESSAGE = 1,
  KIND_SEAL = 6,
  LAST_OF_BATCH = 1,
  NAME_ROOM = 32,
  READING_BLOCK = 256 << 10
};

struct contender_journal {
  int folder, staging;
  /// The descriptor whose flock excludes other writers, and the inode that it was opened at.
  int lock;
  dev_t lock_device;
  ino_t lock_inode;
  struct message_key key;
  uint8_t direction;
  uint8_t id[16];
  uint32_t seed;
  /// The newest segment: its descriptor, where the next record goes, and its first seq and those of the two before.
  int segment;
  off_t end;
  uint64_t firsts[3];
  /// The highest seq given, and its record.
  uint64_t last;
  size_t length;
  uint8_t record[HEAD_LENGTH + MESSAGE_ROOM];
};

static void segment_name(char *name, uint64_t first) {
  snprintf(name, NAME_ROOM, "%020llu.seg", (unsigned long long)first);
}

void journal_path(char *path, size_t room, const char *folder, int direction) {
  snprintf(path, room, "%s/%s/journal", folder, direction ? "frontend_to_backend" : "backend_to_frontend");
}

static int open_folder(const char *path) {
  if (mkdir(path, 0700) && errno != EEXIST) fail("mkdir");
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail("open a directory");
  return folder;
}

static void write_whole(int file, const void *bytes, size_t length, off_t at) {
  if (pwrite(file, bytes, length, at) != (ssize_t)length) fail("pwrite");
}

/// Writes a record's head in front of `content` bytes that already lie behind it; answers the record's length.
static size_t finish_record(uint8_t *record, size_t content, uint64_t seq, uint8_t kind, uint32_t seed) {
  uint32_t length = (uint32_t)(HEAD_LENGTH + content);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t stamp = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  memcpy(record, &length, 4);
  memcpy(record + 8, &seq, 8);
  memcpy(record + 16, &stamp, 8);
  record[24] = kind;
  record[25] = LAST_OF_BATCH;
  uint32_t crc = cchecksum_crc32c(seed, record, 4);
  crc = cchecksum_crc32c(crc, record + 8, length - 8);
  memcpy(record + 4, &crc, 4);
  return length;
}

/// Makes the segment aside with its header and renames it into place.
static void begin_segment(struct contender_journal *journal, uint64_t first) {
  uint8_t header[HEADER_LENGTH] = "TSMSEG\1";
  memcpy(header + 8, journal->id, 16);
  memcpy(header + 40, &first, 8);
  uint32_t crc = cchecksum_crc32c(0, header, 48);
  memcpy(header + 48, &crc, 4);
  char name[NAME_ROOM];
  segment_name(name, first);
  int segment = openat(journal->staging, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (segment < 0) fail("openat of a segment");
  write_whole(segment, header, HEADER_LENGTH, 0);
  if (renameat2(journal->staging, name, journal->folder, name, RENAME_NOREPLACE)) fail("renameat2 of a segment");
  if (journal->segment >= 0) close(journal->segment);
  journal->segment = segment;
  journal->end = HEADER_LENGTH;
  journal->firsts[2] = journal->firsts[1];
  journal->firsts[1] = journal->firsts[0];
  journal->firsts[0] = first;
}

/// Begins the next segment, seals the one before, and lets the one before that go: the last two stay.
static void roll_over(struct contender_journal *journal) {
  int sealed = dup(journal->segment);
  if (sealed < 0) fail("dup");
  off_t sealed_end = journal->end;
  begin_segment(journal, journal->last + 1);
  uint8_t seal[HEAD_LENGTH];
  write_whole(sealed, seal, finish_record(seal, 0, journal->last + 1, KIND_SEAL, journal->seed), sealed_end);
  close(sealed);
  if (journal->firsts[2]) {
    char name[NAME_ROOM];
    segment_name(name, journal->firsts[2]);
    if (unlinkat(journal->folder, name, 0)) fail("unlinkat of a segment");
  }
}

struct contender_journal *contender_journal_open(const char *folder, int direction) {
  struct contender_journal *journal = calloc(1, sizeof *journal);
  char path[4096];
  journal_path(path, sizeof path, folder, direction);
  *strrchr(path, '/') = 0;
  close(open_folder(path));
  snprintf(path, sizeof path, "%s/staging", folder);
  journal->staging = open_folder(path);
  journal_path(path, sizeof path, folder, direction);
  journal->folder = open_folder(path);
  journal->key = message_key_of_contenders();
  journal->direction = (uint8_t)direction;
  journal->segment = -1;
  journal->lock = openat(journal->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct stat lock;
  if (journal->lock < 0 || fstat(journal->lock, &lock)) fail("open of the lock");
  journal->lock_device = lock.st_dev;
  journal->lock_inode = lock.st_ino;

  char name[NAME_ROOM];
  segment_name(name, 1);
  int segment = openat(journal->folder, name, O_RDWR | O_CLOEXEC);
  if (segment >= 0) {
    // Made by the other end, which opened first; nothing was appended yet.
    uint8_t header[HEADER_LENGTH];
    if (pread(segment, header, HEADER_LENGTH, 0) != HEADER_LENGTH) fail("pread of a segment's header");
    memcpy(journal->id, header + 8, 16);
    journal->segment = segment;
    journal->end = HEADER_LENGTH;
    journal->firsts[0] = 1;
  } else {
    if (getrandom(journal->id, 16, 0) != 16) fail("getrandom");
    begin_segment(journal, 1);
  }
  journal->seed = cchecksum_crc32c(0, journal->id, 16);
  return journal;
}

uint64_t journal_append(struct contender_journal *journal, enum message_kind kind, const char *reply_to, char *id) {
  while (flock(journal->lock, LOCK_EX | LOCK_NB)) {
    if (errno != EWOULDBLOCK) fail("flock");
    usleep(20);
  }
  // Whoever removed the lock's file and made it again would not be excluded; whoever appended moved the end.
  struct stat at_path, segment;
  if (fstatat(journal->folder, "lock", &at_path, AT_SYMLINK_NOFOLLOW)) fail("fstatat of the lock");
  if (at_path.st_ino != journal->lock_inode || at_path.st_dev != journal->lock_device) fail("the lock was replaced");
  if (fstat(journal->segment, &segment)) fail("fstat of the segment");
  if (segment.st_size != journal->end) fail("somebody else appended");

  uint64_t seq = journal->last + 1;
  uint8_t *record = journal->record;
  message_id(id, &journal->key, journal->direction, seq);
  size_t content = message_write((char *)record + HEAD_LENGTH, id, kind, reply_to);
  size_t length = finish_record(record, content, seq, KIND_MESSAGE, journal->seed);
  if (journal->end + (off_t)length + HEAD_LENGTH > SEGMENT_LIMIT) roll_over(journal);
  write_whole(journal->segment, record, length, journal->end);
  journal->end += (off_t)length;
  journal->last = seq;
  journal->length = length;
  if (flock(journal->lock, LOCK_UN)) fail("flock, to unlock");
  return seq;
}

void contender_append(struct contender_journal *journal) {
  char id[ID_LENGTH];
  journal_append(journal, EVENT, NULL, id);
}

const char *journal_text(const struct contender_journal *journal, size_t *length) {
  *length = journal->length - HEAD_LENGTH;
  return (const char *)journal->record + HEAD_LENGTH;
}

const uint8_t *journal_identifier(const struct contender_journal *journal) { return journal->id; }

void journal_place(const struct contender_journal *journal, uint64_t place[2]) {
  place[0] = journal->firsts[0];
  place[1] = (uint64_t)journal->end;
}

// MARK: Reading

struct journal_reader {
  int folder, segment;
  uint32_t seed;
  /// Where in the segment the buffer begins, how much it holds, and where in it the next record begins.
  off_t at;
  size_t held, next;
  uint8_t buffer[READING_BLOCK];
};

static void open_segment(struct journal_reader *reader, uint64_t first) {
  char name[NAME_ROOM];
  segment_name(name, first);
  if (reader->segment >= 0) close(reader->segment);
  reader->segment = openat(reader->folder, name, O_RDONLY | O_CLOEXEC);
  uint8_t header[HEADER_LENGTH];
  if (reader->segment < 0 || pread(reader->segment, header, HEADER_LENGTH, 0) != HEADER_LENGTH) fail("open a segment");
  reader->seed = cchecksum_crc32c(0, header + 8, 16);
  reader->at = HEADER_LENGTH;
  reader->held = reader->next = 0;
}

struct journal_reader *journal_reader_open(const char *folder, int direction) {
  struct journal_reader *reader = calloc(1, sizeof *reader);
  char path[4096];
  journal_path(path, sizeof path, folder, direction);
  reader->folder = open_folder(path);
  reader->segment = -1;
  open_segment(reader, 1);
  return reader;
}

const char *journal_read(struct journal_reader *reader, size_t *length) {
  for (;;) {
    uint8_t *record = reader->buffer + reader->next;
    size_t available = reader->held - reader->next;
    uint32_t size = 0, crc;
    if (available >= HEAD_LENGTH) memcpy(&size, record, 4);
    if (!size || size > available) {
      // Not whole in the buffer: what is left moves to its front and the file's next bytes come behind it.
      memmove(reader->buffer, record, available);
      reader->at += (off_t)reader->next;
      reader->next = 0;
      ssize_t more = pread(reader->segment, reader->buffer + available, READING_BLOCK - available,
                           reader->at + (off_t)available);
      if (more < 0) fail("pread");
      reader->held = available + (size_t)more;
      if (!more) return NULL;
      continue;
    }
    memcpy(&crc, record + 4, 4);
    uint32_t sum = cchecksum_crc32c(reader->seed, record, 4);
    if (size < HEAD_LENGTH || cchecksum_crc32c(sum, record + 8, size - 8) != crc) fail("a record is broken");
    if (record[24] == KIND_SEAL) {
      uint64_t next;
      memcpy(&next, record + 8, 8);
      open_segment(reader, next);
      continue;
    }
    reader->next += size;
    *length = size - HEAD_LENGTH;
    return (const char *)record + HEAD_LENGTH;
  }
}
