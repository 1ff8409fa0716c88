// Somebody who comes with a secret.

package import ChannelModel

/// What is known of a token: whose it is and until when it holds, but not what it says.
package struct AccessToken: Sendable {
  package let name: String
  /// It holds before this moment and not at it; nil: for ever.
  package let expiry: WallTime?
  /// Of the token's bytes, under a key that only its `AccessTokens` have.
  let hash: UInt128

  package func hasExpired(at now: WallTime) -> Bool { expiry.map { $0 <= now } ?? false }
}
