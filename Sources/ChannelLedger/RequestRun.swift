// One run of a handler.

/// What a request is settled by: it was begun in this process, by this ledger.
package struct RequestRun: Sendable, Hashable {
  let key: RequestKey
  let number: UInt64
}
