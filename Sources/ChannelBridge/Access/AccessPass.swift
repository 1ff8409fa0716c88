// What somebody was let in with.

/// Who he is, what he may do, and what he has shown for it.
struct AccessPass: Sendable {
  let identity: AccessIdentity
  let permission: AccessPermission
  /// Nil where he has shown something else, or nothing.
  let token: AccessToken?
}
