// An open file that outlives a call.

/// An open file in the hands of something that may let go of it at any time: the file itself has one owner.
package final class HeldFile: Sendable {
  package let file: OpenFile

  package init(_ file: consuming OpenFile) {
    self.file = file
  }
}
