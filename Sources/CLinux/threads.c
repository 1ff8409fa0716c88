#define _GNU_SOURCE
#include "CLinuxThreads.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clinux_start_thread(const char *name, void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  int code = pthread_attr_init(&attributes);
  if (code) return code;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // A thread inherits the mask, so it is set before there is one: no signal can find the thread without it.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_t thread;
  code = pthread_create(&thread, &attributes, body, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (code) return code;
  char cut[16];
  strncpy(cut, name, sizeof cut - 1);
  cut[sizeof cut - 1] = 0;
  pthread_setname_np(thread, cut);
  return 0;
}

uint32_t clinux_gate_value(const uint32_t *gate) { return __atomic_load_n(gate, __ATOMIC_SEQ_CST); }

void clinux_gate_advance(uint32_t *gate) { __atomic_fetch_add(gate, 1, __ATOMIC_SEQ_CST); }

int clinux_gate_wait(const uint32_t *gate, uint32_t value, long long nanoseconds) {
  struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return syscall(SYS_futex, gate, FUTEX_WAIT_PRIVATE, value, nanoseconds < 0 ? NULL : &limit, NULL, 0) < 0 ? -1 : 0;
}

void clinux_gate_wake(uint32_t *gate, int count) { syscall(SYS_futex, gate, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }
