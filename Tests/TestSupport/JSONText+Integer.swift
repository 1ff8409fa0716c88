package import ChannelMessages

extension JSONText {
  /// A number as JSON.
  package init(integer: Int) {
    self.init(trusted: Array(String(integer).utf8))
  }
}
