// How many files a process may have open.

internal import Glibc

/// The soft limit of open descriptors.
package enum DescriptorLimit {
  package static var current: Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return 1_024 }
    return Int(clamping: limit.rlim_cur)
  }

  /// Raises it as far as this process may, for a program that has many files open by its nature; its children get the
  /// same. Where that is refused it stays as it is.
  package static func raise() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    // No limit at all is more than the kernel gives to anybody.
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 1 << 20))
    _ = unsafe setrlimit(__rlimit_resource_t(7), &limit)
  }
}
