#define _GNU_SOURCE
#include "CLinuxChildren.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// As vfork does: no page table is copied, and the thread stops until its child is the program or has ended. Unlike vfork it
// gives a pidfd in the same call, so that there is no child without one.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// It keeps books of its own in our memory, which a child must not share.
#define SHARING 0
#endif
#endif
#ifndef SHARING
#define SHARING (CLONE_VM | CLONE_VFORK)
#endif

enum step { GROUP, DEATH_SIGNAL, STREAMS, OTHERS, DIRECTORY, LIMIT, PROGRAM };

static const char *const calls[] = {"setpgid", "prctl", "dup2", "close_range", "chdir", "setrlimit", "execve"};

// What a child says that could not become the program.
struct refusal {
  enum step step;
  int code;
};

struct birth {
  const struct clinux_child_plan *plan;
  pid_t parent;
  int report;
};

static _Noreturn void give_up(int report, enum step step) {
  struct refusal refusal = {.step = step, .code = errno};
  // So few bytes go into an empty pipe at once. Where nobody reads them, nobody waits for this child.
  ssize_t done = write(report, &refusal, sizeof refusal);
  (void)done;
  _exit(127);
}

static int stream(int given) {
  int from = given >= 0 ? given : open("/dev/null", O_RDWR | O_CLOEXEC);
  // Out of the way of the three numbers, in case that our own streams were closed and a pipe got one of them.
  return from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, 3);
}

// Nothing but 0, 1 and 2 outlives the program's beginning. Our own descriptors close by themselves; those of libraries
// need not.
static int keep_streams_only(void) {
  if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) == 0) return 0;
  // A kernel before 5.11, or a sandbox that does not know the call.
  if (errno != ENOSYS && errno != EINVAL && errno != EPERM) return -1;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return -1;
  for (rlim_t number = 3; number < limit.rlim_cur; number++) fcntl((int)number, F_SETFD, FD_CLOEXEC);
  return 0;
}

static int limit_address_space(uint64_t bytes) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit)) return -1;
  // Where we have less ourselves it cannot have more.
  if (bytes < limit.rlim_max) limit.rlim_max = bytes;
  if (bytes < limit.rlim_cur) limit.rlim_cur = bytes;
  return setrlimit(RLIMIT_AS, &limit);
}

// The child, in our memory until it is the program: so it calls nothing that takes a lock or memory.
static int become(void *argument) {
  const struct birth *birth = argument;
  const struct clinux_child_plan *plan = birth->plan;
  int report = fcntl(birth->report, F_DUPFD_CLOEXEC, 3);
  if (report < 0) give_up(birth->report, STREAMS);

  // All signals are blocked still: a handler of ours would run in our memory. KILL, STOP and glibc's own two refuse this.
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);

  if (setpgid(0, 0)) give_up(report, GROUP);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) give_up(report, DEATH_SIGNAL);
  // A parent that was killed before that call sent nothing. Then somebody else is our parent by now.
  if (getppid() != birth->parent) _exit(127);

  int streams[3];
  for (int number = 0; number < 3; number++) {
    streams[number] = stream(plan->streams[number]);
    if (streams[number] < 0) give_up(report, STREAMS);
  }
  for (int number = 0; number < 3; number++)
    if (dup2(streams[number], number) < 0) give_up(report, STREAMS);
  if (keep_streams_only()) give_up(report, OTHERS);
  if (plan->directory && chdir(plan->directory)) give_up(report, DIRECTORY);
  if (plan->address_space && limit_address_space(plan->address_space)) give_up(report, LIMIT);

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(plan->program, plan->words, plan->variables);
  give_up(report, PROGRAM);
}

int clinux_start_child(const struct clinux_child_plan *plan, int *number, int *handle, const char **refused) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) {
    *refused = "pipe2";
    return -1;
  }
  struct birth birth = {.plan = plan, .parent = getpid(), .report = ends[1]};
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  alignas(16) char stack[32 << 10];
  int pidfd = -1;
  pid_t child = clone(become, stack + sizeof stack, SHARING | CLONE_PIDFD | SIGCHLD, &birth, &pidfd);
  int code = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);

  struct refusal refusal;
  ssize_t count = 0;
  if (child >= 0) {
    // The program closed the other end by beginning. The pipe tells it even where clone has copied our memory after all.
    while ((count = read(ends[0], &refusal, sizeof refusal)) < 0 && errno == EINTR) {}
  }
  close(ends[0]);
  if (child < 0) {
    *refused = "clone";
    errno = code;
    return -1;
  }
  if (count == sizeof refusal) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    close(pidfd);
    *refused = calls[refusal.step];
    errno = refusal.code;
    return -1;
  }
  if (pidfd < 0) {
    // A kernel before 5.2 takes no notice of that flag.
    kill(-child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    *refused = "clone";
    errno = ENOSYS;
    return -1;
  }
  *number = child;
  *handle = pidfd;
  return 0;
}
