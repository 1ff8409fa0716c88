// What can be wrong with descriptors that were handed over.

/// The environment announces descriptors in a way that cannot be understood.
package enum ActivationError: Error, Hashable, CustomStringConvertible {
  case process(String)
  case count(String)
  case names(Int, descriptors: Int)

  package var description: String {
    switch self {
    case .process(let text): "LISTEN_PID is \"\(text)\", which is no process"
    case .count(let text): "LISTEN_FDS is \"\(text)\", which is no number of descriptors"
    case .names(let count, let descriptors):
      "LISTEN_FDNAMES names \(count) descriptors, and LISTEN_FDS says \(descriptors)"
    }
  }
}
