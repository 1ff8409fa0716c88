// Which dead letters something is done with.

package import ChannelModel

/// A single letter, or all that are like this.
package enum LetterChoice: Sendable, Hashable {
  /// By its number, or by its message's id.
  case one(String)
  case all(LetterSelection)
}
