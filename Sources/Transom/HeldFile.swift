// An open file that outlives a call.

internal import LinuxIO

/// An open file in the hands of something that may let go of it at any time: the file itself has one owner.
final class HeldFile: Sendable {
  let file: OpenFile

  init(_ file: consuming OpenFile) {
    self.file = file
  }
}
