// Channels whose windows are left for later.

internal import Transom

extension ChannelOptions {
  /// For rows that measure what passes through the journals: no window is written as long as a row takes.
  static let journalAlone = ChannelOptions(visibility: .within(.seconds(3_600)))
}
