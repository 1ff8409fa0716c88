// Addresses of a command line.

internal import ChannelBridge
internal import ChannelCommands
internal import ChannelSockets
internal import LinuxIO

extension PeerAddress {
  /// The address that was written, or what is wrong with it: what can never be reached is told at once.
  init(written text: String, isListening: Bool = false) throws(UsageError) {
    do throws(Fault) {
      try self.init(text)
    } catch {
      throw UsageError("\"\(text)\" is no address", hint: "\(error)")
    }
    switch endpoint {
    case .program(let words):
      if let name = words.first, ProgramSearch.find(name) == nil { throw .noProgram(name) }
    case .tcp(_, 0) where !isListening && !isDoor:
      throw UsageError("nobody can be reached at port 0", hint: "write the port at which the other end says it listens")
    case .path, .abstract, .tcp, .descriptor, .fifos, .queues, .standard: break
    }
  }
}
