#define _GNU_SOURCE
#include "CLinuxProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }

int clinux_notify(const char *path, const char *text, size_t count) {
  struct sockaddr_un place = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length < 2 || length >= sizeof place.sun_path) {
    errno = EINVAL;
    return -1;
  }
  memcpy(place.sun_path, path, length);
  // A name of the kernel's own is written with an at sign, and begins with a zero.
  if (path[0] == '@') place.sun_path[0] = 0;
  int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (number < 0) return -1;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  ssize_t sent = sendto(number, text, count, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&place, size);
  int code = errno;
  close(number);
  errno = code;
  return sent < 0 ? -1 : 0;
}
