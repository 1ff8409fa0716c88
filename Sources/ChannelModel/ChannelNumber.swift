// What a process calls its channels.

/// A channel of this process, by the number that whoever opened it gave.
package struct ChannelNumber: Hashable, Sendable {
  package let rawValue: Int

  package init(_ value: Int) {
    rawValue = value
  }
}
