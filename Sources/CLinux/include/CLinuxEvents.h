// Waiting and noticing: what Glibc's Swift module does not show. Each function leaves errno as the call did.

#ifndef CLINUX_EVENTS_H
#define CLINUX_EVENTS_H

#include <stdint.h>

/// A new eventfd, close-on-exec and non-blocking, or -1.
int clinux_eventfd(void);

/// Waits until one of at most 64 descriptors can be read or has failed, for so many nanoseconds (below zero: for ever);
/// a descriptor below zero is passed over.
/// Answers how many are ready (0: time is up) and sets the bit of each one's place, or answers -1.
int clinux_wait(const int *descriptors, int count, long long nanoseconds, unsigned long long *ready);

/// A new timerfd on the clock that goes on while the machine sleeps, close-on-exec and non-blocking, or -1.
int clinux_timerfd(void);

/// Has it become ready at a moment of CLOCK_BOOTTIME, in nanoseconds; 0: never. Answers 0 or -1.
int clinux_timerfd_set(int descriptor, uint64_t nanoseconds);

/// A new epoll descriptor, close-on-exec, or -1.
int clinux_epoll(void);

/// Makes an epoll descriptor ready for as long as the other one can be read. Answers 0 or -1.
int clinux_epoll_add(int epoll, int descriptor);

/// A descriptor that only names what is at the path (O_PATH), close-on-exec, or -1.
int clinux_open_to_watch(const char *path, int follow);

/// The number that the next descriptor of this process would get, or -1.
int clinux_next_descriptor(void);

/// The numbers of this process's inotify descriptors, at most `capacity` of them; answers how many, or -1.
int clinux_inotify_descriptors(int *numbers, int capacity);

#endif
