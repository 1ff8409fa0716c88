// The file calls that Glibc's Swift module hides, or that C declares as variadic.
// Plain declarations only: _GNU_SOURCE stays in files.c, since here it would clash with Glibc's own module.
#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

#include <stddef.h>
#include <stdint.h>

/// What fstat tells, in types that are the same everywhere.
struct clinux_file_facts {
  uint64_t device;
  uint64_t inode;
  uint32_t mode;
  uint32_t owner;
  uint32_t group;
  uint64_t links;
  int64_t size;
  int64_t modified_seconds;
  int64_t modified_nanoseconds;
  int64_t changed_seconds;
  int64_t changed_nanoseconds;
};

/// One slice of a gather write.
struct clinux_slice {
  const void *bytes;
  size_t count;
};

int clinux_open_directory(const char *path);
int clinux_openat(int directory, const char *name, int flags, unsigned mode);
int clinux_openat_beneath(int directory, const char *name, int flags, unsigned mode);
int clinux_fstat(int descriptor, struct clinux_file_facts *facts);
int clinux_fstatat(int directory, const char *name, struct clinux_file_facts *facts);
int clinux_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds);
int clinux_set_modified_now(int descriptor);
int clinux_take_lease(int descriptor);
int clinux_end_lease(int descriptor);
int clinux_renameat2(int from, const char *name, int to, const char *new_name, unsigned flags);
int64_t clinux_pwritev(int descriptor, const struct clinux_slice *slices, int count, int64_t offset);
int64_t clinux_getdents(int descriptor, void *buffer, size_t size);
int clinux_file_system(int descriptor, uint64_t *kind);

#define CLINUX_RENAME_NOREPLACE 1u
#define CLINUX_RENAME_EXCHANGE 2u

#endif
