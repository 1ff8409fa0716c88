// A lock that is ready to appear.

/// A lock file in staging, whole and flocked; it can be taken again and again, and goes when it is let go of.
package final class PreparedLock: Sendable {
  let file: OpenFile
  let contents: [UInt8]
  let name: String
  private let staging: Staging

  init(_ file: consuming OpenFile, contents: [UInt8], name: String, staging: Staging) {
    self.file = file
    self.contents = contents
    self.name = name
    self.staging = staging
  }

  deinit {
    staging.discard(name)
    // Before the close: a child that inherited the descriptor would keep the flock otherwise.
    try? file.unlock()
  }
}
