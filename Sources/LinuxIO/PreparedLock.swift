// A lock that is ready to appear.

internal import Glibc
internal import Synchronization

/// A lock file that waits in staging; it can be taken again and again, and goes when it is let go of.
///
/// Others may remove, lock or replace what is in staging. Then it is made anew, from the same contents.
package final class PreparedLock: Sendable {
  let contents: [UInt8]
  private let staging: Staging
  private let current: Mutex<PreparedFile>

  init(contents: [UInt8], staging: Staging) throws(SystemError) {
    self.contents = contents
    self.staging = staging
    current = Mutex(try PreparedFile(contents, in: staging))
  }

  /// The file with its flock taken, another one if that of before is not to be had.
  func locked() throws(SystemError) -> PreparedFile {
    let present = current.withLock { $0 }
    if try present.tryLock() { return present }
    let made = try PreparedFile(contents, in: staging)
    guard try made.tryLock() else { throw SystemError("flock", on: made.file.path, code: EWOULDBLOCK) }
    current.withLock { $0 = made }
    return made
  }
}
