// A door that the daemon keeps.

package import ChannelBridge
package import ChannelMessages

/// Where browsers and services come in, to which channels, and who may.
package struct DoorSetting: Sendable, Hashable {
  /// What it is called in logs and metrics; no two have the same.
  package var name: String
  package var address: PeerAddress
  /// Patterns for a channel's path below its root; `*` stands for anything.
  package var channels = ["*"]
  /// The side that those take who come in.
  package var side = Side.frontend
  /// A file of tokens; nil: none is asked for.
  package var tokens: String?
  /// Of pages that may ask besides those that come from here.
  package var origins: [String] = []
  /// Names by which it is called besides those of this machine itself.
  package var hosts: [String] = []
  package var connections = 1_024
  /// Who may do what, the first that is about somebody; nobody is let in whom none is about. Empty: whoever has a token,
  /// or a certificate where those are asked for, may do everything.
  package var rules: [DoorRuleSetting] = []
  package var files = StreamFiles()
  /// Whether anybody may come from anywhere.
  package var isUnprotected = false

  package init(name: String, _ address: PeerAddress) {
    self.name = name
    self.address = address
  }
}
