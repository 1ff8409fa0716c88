// transom init

internal import ChannelMessages
internal import Glibc
internal import Transom

enum InitVerb {
  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let given = invocation.operand(.directory)
    var options = ChannelOptions(creation: .never)
    let isNew: Bool
    do {
      try Channel(at: given, as: .backend, options: options).close()
      isNew = false
    } catch let error as ChannelError where error.code == .noChannel {
      options.creation = .ifMissing
      try Channel(at: given, as: .backend, options: options).close()
      isNew = true
    }
    let path = absolute(given)
    if invocation.has(.json) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.key("path")
      writer.string(path)
      writer.key("new")
      writer.boolean(isNew)
      writer.endObject()
      try around.output.addLine(writer.bytes)
    } else {
      try around.output.addLine(Array(path.utf8))
    }
    try around.output.flush()
    if !isNew { around.say("there was a channel already, and it stays as it is") }
    return 0
  }

  /// The path as it holds from every directory.
  private static func absolute(_ path: String) -> String {
    guard let whole = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(whole) }
    return unsafe String(cString: whole)
  }
}
