// How many files a process may have open.

internal import Glibc

/// The soft limit of open descriptors.
package enum DescriptorLimit {
  package static var current: Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return 1_024 }
    return Int(clamping: limit.rlim_cur)
  }
}
