#define _GNU_SOURCE
#include "CLinuxFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// A gather write passes our slices as the kernel's: the two must be laid out alike.
_Static_assert(sizeof(struct clinux_slice) == sizeof(struct iovec), "a slice is an iovec");
_Static_assert(offsetof(struct clinux_slice, bytes) == offsetof(struct iovec, iov_base), "a slice is an iovec");
_Static_assert(offsetof(struct clinux_slice, count) == offsetof(struct iovec, iov_len), "a slice is an iovec");
_Static_assert(CLINUX_RENAME_EXCHANGE == RENAME_EXCHANGE && CLINUX_RENAME_NOREPLACE == RENAME_NOREPLACE, "flags");

static void tell(const struct stat *from, struct clinux_file_facts *facts) {
  facts->device = from->st_dev;
  facts->inode = from->st_ino;
  facts->mode = from->st_mode;
  facts->owner = from->st_uid;
  facts->group = from->st_gid;
  facts->links = from->st_nlink;
  facts->size = from->st_size;
  facts->modified_seconds = from->st_mtim.tv_sec;
  facts->modified_nanoseconds = from->st_mtim.tv_nsec;
  facts->changed_seconds = from->st_ctim.tv_sec;
  facts->changed_nanoseconds = from->st_ctim.tv_nsec;
}

int clinux_open_directory(const char *path) {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int clinux_openat(int directory, const char *name, int flags, unsigned mode) {
  return openat(directory, name, flags, mode);
}

int clinux_openat_beneath(int directory, const char *name, int flags, unsigned mode) {
#ifdef SYS_openat2
  struct open_how how = {
    .flags = (uint64_t)(unsigned)flags,
    .mode = mode,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
#else
  errno = ENOSYS;
  return -1;
#endif
}

int clinux_fstat(int descriptor, struct clinux_file_facts *facts) {
  struct stat answer;
  int result = fstat(descriptor, &answer);
  if (result == 0) tell(&answer, facts);
  return result;
}

int clinux_fstatat(int directory, const char *name, struct clinux_file_facts *facts) {
  struct stat answer;
  int result = fstatat(directory, name, &answer, AT_SYMLINK_NOFOLLOW);
  if (result == 0) tell(&answer, facts);
  return result;
}

int clinux_set_modified(int descriptor, int64_t seconds, int64_t nanoseconds) {
  struct timespec times[2] = {
    {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
    {.tv_sec = seconds, .tv_nsec = nanoseconds},
  };
  return futimens(descriptor, times);
}

int clinux_set_modified_now(int descriptor) {
  struct timespec times[2] = {
    {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
    {.tv_sec = 0, .tv_nsec = UTIME_NOW},
  };
  return futimens(descriptor, times);
}

int clinux_renameat2(int from, const char *name, int to, const char *new_name, unsigned flags) {
  // Without flags the old call does, on kernels and file systems that know no other.
  if (flags == 0) return renameat(from, name, to, new_name);
  return renameat2(from, name, to, new_name, flags);
}

int clinux_take_lease(int descriptor) {
  // Whoever opens the file meanwhile waits, and we are told of it by a signal. By default that is one that ends programs;
  // this one they ignore unless they ask for it. Each time: the end of a lease sets it back.
  if (fcntl(descriptor, F_SETSIG, SIGURG)) return -1;
  return fcntl(descriptor, F_SETLEASE, F_WRLCK);
}

int clinux_end_lease(int descriptor) {
  return fcntl(descriptor, F_SETLEASE, F_UNLCK);
}

int64_t clinux_pwritev(int descriptor, const struct clinux_slice *slices, int count, int64_t offset) {
  return pwritev(descriptor, (const struct iovec *)slices, count, offset);
}

int64_t clinux_getdents(int descriptor, void *buffer, size_t size) {
  return syscall(SYS_getdents64, descriptor, buffer, size);
}

int clinux_file_system(int descriptor, uint64_t *kind) {
  struct statfs answer;
  int result = fstatfs(descriptor, &answer);
  // Magic numbers are 32 bits; the field is signed on some machines.
  if (result == 0) *kind = (uint32_t)answer.f_type;
  return result;
}
