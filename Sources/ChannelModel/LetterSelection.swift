// Which dead letters are meant.

/// Letters by the channel and the method of their messages; nil stands for any.
package struct LetterSelection: Sendable, Hashable {
  package let channel: String?
  package let method: String?

  package init(channel: String? = nil, method: String? = nil) {
    self.channel = channel
    self.method = method
  }
}
