// What lies in a direction's quarantine.

internal import ChannelMessages

/// The files that were set aside because they are no messages.
package struct QuarantineState: Hashable, Sendable {
  package struct Newest: Hashable, Sendable {
    package var name: String
    package var age: FileAge

    package init(name: String, age: FileAge) {
      self.name = name
      self.age = age
    }
  }

  package var fileCount: Int
  /// How many of them were in a window, as a part of it or all of it.
  package var pieceCount: Int
  package var byteCount: UInt64
  package var newest: Newest?

  package init(fileCount: Int = 0, pieceCount: Int = 0, byteCount: UInt64 = 0, newest: Newest? = nil) {
    self.fileCount = fileCount
    self.pieceCount = pieceCount
    self.byteCount = byteCount
    self.newest = newest
  }

  package var text: String {
    guard fileCount > 0 else { return "empty" }
    let files = fileCount == 1 ? "1 file" : "\(fileCount) files"
    let size = ByteCountText.text(byteCount)
    let last = newest.map { ", the newest \($0.name), put there \($0.age.text)" } ?? ""
    return "\(files), \(size) that were no message or that repair cut off\(last)"
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("files")
    writer.integer(Int64(fileCount))
    writer.key("of_window")
    writer.integer(Int64(pieceCount))
    writer.key("bytes")
    writer.integer(byteCount)
    if let newest {
      writer.key("newest")
      writer.string(newest.name)
      writer.key("newest_age_ms")
      writer.integer(newest.age.milliseconds)
    }
    writer.endObject()
  }
}
