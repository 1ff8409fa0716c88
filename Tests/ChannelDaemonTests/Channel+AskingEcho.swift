import ChannelMessages
import Transom

extension Channel {
  /// One request and its answer, which has to be what was asked.
  func askEcho() throws {
    let answer: JSONText = try request("echo", 7, timeout: .seconds(10))
    guard answer == 7 else { throw ChannelError(.damaged, at: path, "another answer came") }
  }
}
