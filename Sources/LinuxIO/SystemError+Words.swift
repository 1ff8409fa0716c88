// A refused call in the words of people who know no calls.

extension SystemError {
  /// What could not be done, and why; what it was about stands before it.
  package var what: String { "\(deed): \(reason)" }

  private var deed: String {
    switch call {
    case "open", "openat", "openat2", "opendir", "mq_open": "cannot be opened"
    case "read", "pread", "getdents64", "mq_receive": "cannot be read"
    case "write", "pwrite", "pwritev", "mq_send": "cannot be written"
    case "close", "fsync", "fdatasync": "cannot be written to its end"
    case "ftruncate": "cannot be cut"
    case "mkdirat", "mkfifo": "cannot be made"
    case "linkat": "cannot be given a second name"
    case "renameat", "renameat2": "cannot be renamed"
    case "unlinkat": "cannot be removed"
    case "fchmod", "fchown": "cannot be given its rights"
    case "futimens": "cannot be given its time"
    case "faccessat", "fstat", "fstatat", "fstatfs", "stat": "cannot be looked at"
    case "flock": "cannot be locked"
    case "inotify_add_watch", "inotify_init": "cannot be watched"
    case "epoll_create1", "epoll_ctl", "eventfd", "pipe2", "ppoll", "timerfd_create", "uv_loop_init", "uv_async_init",
      "uv_signal_init", "uv_signal_start":
      "nothing is to be had to wait by"
    case "uv_poll_init": "cannot be waited for"
    case "pthread_create": "no thread is to be had"
    case "posix_spawn", "execve": "cannot be run"
    case "clone": "no process is to be had"
    case "chdir": "cannot be worked in"
    case "bind": "cannot be listened at"
    case "getaddrinfo": "has no address to be found"
    case "connect": "cannot be connected to"
    case "accept4": "takes no connections"
    case "getcwd": "the current directory cannot be told"
    default: "the system refuses"
    }
  }
}
