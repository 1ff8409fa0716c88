// Every word that a configuration file may have for a key.

/// The keys of each table; the raw value is how a key is written.
package enum ConfigurationKeys {
  package enum Top: String, Sendable, CaseIterable {
    case roots
    case drainLimit = "drain-limit"
    case log, state, admin, metrics, handler, bridge, door
  }

  package enum Log: String, Sendable, CaseIterable {
    case form, level
    case showsPayloads = "show-payloads"
    case parts
  }

  package enum State: String, Sendable, CaseIterable {
    case directory
  }

  package enum Admin: String, Sendable, CaseIterable {
    case socket
  }

  package enum Metrics: String, Sendable, CaseIterable {
    case socket, port
  }

  package enum Handler: String, Sendable, CaseIterable {
    case name, channels, side, methods, events, run, worker, concurrency, rate
    case timeLimit = "time-limit"
    case grace, attempts, backoff
    case outputLimit = "output-limit"
    case memoryLimit = "memory-limit"
    case isRepeatable = "repeatable"
    case environment, directory
  }

  package enum Backoff: String, Sendable, CaseIterable {
    case first, longest
  }

  package enum Bridge: String, Sendable, CaseIterable {
    case name, connect, listen, channels, side
    case outward = "out"
    case inward = "in"
    case acknowledgement = "ack"
    case timeLimit = "time-limit"
    case peers, connections
    case idleTime = "idle-time"
    case attempts
    case isRepeatable = "repeatable"
    case failureLimit = "failure-limit"
    case failurePause = "failure-pause"
    case cachedMethods = "cache"
    case cacheTime = "cache-time"
    case token
    case certificates = "cert"
    case key
    case authorities = "ca"
    case isUnprotected = "unprotected"
  }

  package enum Door: String, Sendable, CaseIterable {
    case name, listen, channels, side, tokens, origins, hosts, connections
    case certificates = "cert"
    case key
    case authorities = "ca"
    case isUnprotected = "unprotected"
    case rule
  }

  package enum Rule: String, Sendable, CaseIterable {
    case subjects = "for"
    case channels, methods, events, directions, rate, size
  }

  /// The tables as they are written, with their keys.
  package static let tables: [(name: String, keys: [String])] = [
    ("", Top.allCases.map(\.rawValue)),
    ("[log]", Log.allCases.map(\.rawValue)),
    ("[state]", State.allCases.map(\.rawValue)),
    ("[admin]", Admin.allCases.map(\.rawValue)),
    ("[metrics]", Metrics.allCases.map(\.rawValue)),
    ("[[handler]]", Handler.allCases.map(\.rawValue)),
    ("[[bridge]]", Bridge.allCases.map(\.rawValue)),
    ("[[door]]", Door.allCases.map(\.rawValue)),
    ("[[door.rule]]", Rule.allCases.map(\.rawValue)),
    ("backoff", Backoff.allCases.map(\.rawValue)),
  ]
}
