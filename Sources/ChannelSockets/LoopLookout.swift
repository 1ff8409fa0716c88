// Who looks out for more than descriptors.

/// What a loop looks at as well while it looks on before it sleeps, and what it does between two rounds; all on its thread.
package protocol LoopLookout: AnyObject {
  /// A quick look, which says whether there was anything.
  func glance() -> Bool

  /// Does what was put off because something else might come at once: all of it when the loop has nothing else to do, else
  /// what cannot wait any longer. Says whether anything still is put off; then the loop does not sleep.
  func settle(isIdle: Bool) -> Bool
}
