import ChannelMessages
import TestSupport
import Transom

extension DaemonScene {
  func channel(_ name: String = "channel", as side: Side = .frontend) throws -> Channel {
    try Channel(at: "\(root)/\(name)", as: side)
  }

  /// Lines that handlers have put into a file of the test's folder.
  func lines(of name: String) -> [String] {
    (RawFiles.read("\(folder)/\(name)") ?? "").split(separator: "\n").map(String.init)
  }
}
