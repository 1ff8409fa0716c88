// The other program of the command.

internal import LinuxIO
internal import Transom

/// Does what has to do with sockets: `transom-bridge`, which lies beside this program and understands the same words.
enum SocketProgram {
  static let name = "transom-bridge"

  /// Puts it in the place of this program: the same process, the same descriptors, and nobody in between.
  static func becomeIt(with words: [String]) throws -> Never {
    let error = ProgramImage.replace(by: "\(try ProgramImage.folder())/\(name)", words: words)
    guard error.isMissing else { throw error }
    throw ChannelError(
      .system,
      at: error.subject,
      "it is not there, and does what has to do with sockets",
      hint: "install \(name) beside \(CommandTable.program)"
    )
  }
}
