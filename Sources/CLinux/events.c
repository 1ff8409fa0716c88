#define _GNU_SOURCE
#include "CLinuxEvents.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_wait(const int *descriptors, int count, long long nanoseconds, unsigned long long *ready) {
  struct pollfd polled[64];
  if (count < 0 || count > 64) {
    errno = EINVAL;
    return -1;
  }
  for (int place = 0; place < count; place++) {
    polled[place].fd = descriptors[place];
    polled[place].events = POLLIN;
    polled[place].revents = 0;
  }
  struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  int found = ppoll(polled, count, nanoseconds < 0 ? NULL : &limit, NULL);
  if (found < 0) return -1;
  *ready = 0;
  for (int place = 0; place < count; place++) {
    // poll reports a closed number as an event of its own; to the caller it is a call on a bad descriptor.
    if (polled[place].revents & POLLNVAL) {
      errno = EBADF;
      return -1;
    }
    if (polled[place].revents) *ready |= 1ULL << place;
  }
  return found;
}

int clinux_timerfd(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK); }

int clinux_timerfd_set(int descriptor, uint64_t nanoseconds) {
  struct itimerspec when = {.it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
  return timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &when, NULL);
}

int clinux_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_epoll_add(int epoll, int descriptor) {
  struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_open_to_watch(const char *path, int follow) {
  return open(path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
}

int clinux_next_descriptor(void) {
  // Every open takes the lowest free number, so what one gets now the next would get as well.
  int number = open("/", O_PATH | O_CLOEXEC);
  if (number >= 0) close(number);
  return number;
}

int clinux_inotify_descriptors(int *numbers, int capacity) {
  DIR *directory = opendir("/proc/self/fd");
  if (!directory) return -1;
  int found = 0;
  struct dirent *entry;
  while (found < capacity && (entry = readdir(directory))) {
    char target[32];
    ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target);
    // A descriptor that another thread closed meanwhile answers ENOENT, and is of no interest either way.
    if (length == strlen("anon_inode:inotify") && memcmp(target, "anon_inode:inotify", length) == 0)
      numbers[found++] = atoi(entry->d_name);
  }
  closedir(directory);
  return found;
}
