// A window as `inspect` and `doctor` show it.

internal import ChannelMessages

/// What was found at a window's name, and what 1.0 programs make of it.
package struct WindowState: Hashable, Sendable {
  /// Where, and why, 1.0 programs stop reading. They read all or nothing, and send nothing while they cannot read.
  package struct Fault: Hashable, Sendable {
    package var offset: Int
    package var reason: String

    package init(offset: Int, reason: String) {
      self.offset = offset
      self.reason = reason
    }
  }

  package enum Content: Hashable, Sendable {
    case missing
    /// Something that is not even opened: a link, a FIFO, a stranger's file, one that is too large.
    case refused(what: String, remedy: String)
    /// So many elements, of which so many are no messages.
    case elements(Int, unreadable: Int)
    /// No array of anything.
    case torn
  }

  /// Who wrote it last.
  package enum Author: String, Hashable, Sendable {
    case transom
    /// A 1.0 program, or whoever has no part in this.
    case other
    /// The same, into the very file that Transom had published, which Transom itself never does.
    case otherInPlace = "other-in-place"
    /// There is no record to compare it with.
    case unknown
  }

  /// How far it shows what was sent.
  package enum Shown: Hashable, Sendable {
    case everything
    /// So many messages of Transom programs are not in it yet.
    case behind(UInt64)
    /// Another program wrote it, and what that has left out shows only when a Transom program reads it.
    case unknown
  }

  package var content: Content
  package var byteCount: UInt64
  package var age: FileAge?
  package var fault: Fault?
  package var author: Author
  package var shown: Shown

  package init(
    _ content: Content,
    byteCount: UInt64 = 0,
    age: FileAge? = nil,
    fault: Fault? = nil,
    author: Author = .unknown,
    shown: Shown = .unknown
  ) {
    self.content = content
    self.byteCount = byteCount
    self.age = age
    self.fault = fault
    self.author = author
    self.shown = shown
  }

  /// What it holds, for people.
  package var text: String {
    switch content {
    case .missing: return "missing, which 1.0 programs take for empty"
    case .refused(let what, _): return "not readable: it is \(what)"
    case .torn: return "\(ByteCountText.text(byteCount)) that are no array of messages\(writtenText)"
    case .elements(0, _): return "empty\(writtenText)"
    case .elements(let count, _):
      let messages = count == 1 ? "1 message" : "\(count) messages"
      return "\(messages), \(ByteCountText.text(byteCount))\(writtenText)"
    }
  }

  private var writtenText: String {
    let author =
      switch author {
      case .transom: " by Transom"
      case .other: " by another program"
      case .otherInPlace: " in place by another program"
      case .unknown: ""
      }
    return age.map { ", written \($0.text)\(author)" } ?? ""
  }

  /// Whether 1.0 programs can read it, and see everything in it, for people.
  package var readingText: String {
    switch content {
    case .refused(_, let remedy): return "1.0 programs cannot rely on it: \(remedy)"
    case .missing, .elements, .torn: break
    }
    if let fault { return "1.0 programs cannot read it: \(fault.reason) (byte \(fault.offset))" }
    switch shown {
    case .everything: return "1.0 programs can read it, and it shows all that was sent"
    case .behind(1): return "1.0 programs can read it; 1 message is not in it yet"
    case .behind(let count): return "1.0 programs can read it; \(count) messages are not in it yet"
    case .unknown: return "1.0 programs can read it"
    }
  }

  /// One object; null where there is no window.
  func write(to writer: inout JSONWriter) {
    guard content != .missing else {
      writer.null()
      return
    }
    writer.beginObject()
    writer.key("bytes")
    writer.integer(byteCount)
    if case .elements(let count, let unreadable) = content {
      writer.key("elements")
      writer.integer(Int64(count))
      writer.key("unreadable_elements")
      writer.integer(Int64(unreadable))
    }
    if let age {
      writer.key("age_ms")
      writer.integer(age.milliseconds)
    }
    writer.key("written_by")
    if author == .unknown { writer.null() } else { writer.string(author.rawValue) }
    writer.key("readable")
    writer.boolean(isReadable)
    if let fault {
      writer.key("fault")
      writer.beginObject()
      writer.key("offset")
      writer.integer(Int64(fault.offset))
      writer.key("reason")
      writer.string(fault.reason)
      writer.endObject()
    }
    if case .refused(let what, _) = content {
      writer.key("refused")
      writer.string(what)
    }
    switch shown {
    case .everything:
      writer.key("behind")
      writer.integer(UInt64(0))
    case .behind(let count):
      writer.key("behind")
      writer.integer(count)
    case .unknown: break
    }
    writer.endObject()
  }

  /// Whether 1.0 programs can read it.
  package var isReadable: Bool {
    if case .refused = content { return false }
    return fault == nil
  }
}
