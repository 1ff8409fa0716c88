// The three descriptors that every program is begun with.

internal import Glibc

/// Standard input, output and error.
package enum StandardStreams {
  /// Opens those that are closed. Otherwise the next file would get the number of a closed standard output, and what is
  /// printed into it.
  package static func occupyClosed() {
    for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is this one. It is opened the wrong way round, so that using it fails as it did.
      _ = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
    }
  }
}
