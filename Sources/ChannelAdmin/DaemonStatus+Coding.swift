// How the daemon is, as objects.

package import ChannelMessages
internal import ChannelModel

extension DaemonStatus {
  /// The members but those for roots, handlers and bridges, which have lines of their own.
  package func write(to writer: inout JSONWriter) {
    writer.member("version", version)
    writer.member("process", UInt64(clamping: process))
    writer.member("began_ns", began)
    writer.member("asked_ns", asked)
    writer.member("phase", phase.rawValue)
    writer.member("configuration") { writer in
      writer.member("files", configuration.files)
      writer.member("loaded_ns", configuration.loaded)
      writer.member("reloads", configuration.reloadCount)
      writer.member("failed_reloads", configuration.failedReloadCount)
      writer.member("problem", configuration.problem)
    }
    writer.member("channels") { writer in
      writer.member("known", channels.known)
      writer.member("open", channels.open)
      writer.member("troubled", channels.troubled)
    }
    writer.member("dead_letters", letterCount)
    writer.member("lost_log_lines", lostLogLineCount)
    writer.member("resident_bytes", residentBytes)
    writer.member("processor_ns", processorTime)
    writer.member("descriptors", descriptorCount)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    guard let process = Int32(exactly: try object.number("process")) else { throw .wrongValue("process") }
    let settings = try object.object("configuration")
    var configuration = Configuration(files: try settings.texts("files"), loaded: try settings.time("loaded_ns"))
    configuration.reloadCount = try settings.number("reloads")
    configuration.failedReloadCount = try settings.number("failed_reloads")
    configuration.problem = try settings.optionalText("problem")
    self.init(
      version: try object.text("version"),
      process: process,
      began: try object.time("began_ns"),
      asked: try object.time("asked_ns"),
      phase: try object.word("phase"),
      configuration: configuration
    )
    let counts = try object.object("channels")
    channels.known = try counts.count("known")
    channels.open = try counts.count("open")
    channels.troubled = try counts.count("troubled")
    letterCount = try object.count("dead_letters")
    lostLogLineCount = try object.number("lost_log_lines")
    residentBytes = try object.count("resident_bytes")
    processorTime = try object.duration("processor_ns")
    descriptorCount = try object.count("descriptors")
  }
}

extension DaemonStatus.Root {
  package func write(to writer: inout JSONWriter) {
    writer.member("path", path)
    writer.member("trouble", trouble)
  }

  init(_ object: AdminObject) throws(AdminFault) {
    self.init(try object.text("path"), trouble: try object.optionalText("trouble"))
  }
}
