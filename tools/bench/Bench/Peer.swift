// The 1.0 program that others have: the real `ipckit`, in Python.

internal import Glibc

/// Ends that are Python programs with `ipckit`; `peer.py` beside this folder is what they run.
enum Peer {
  private static let packages = ".build/peers"
  private static let script = "tools/bench/peer.py"
  private static let python = "/usr/bin/python3"

  /// One that does what the verb says, whenever it is told to or all the time.
  static func end(_ verb: String, serves: Bool = false) -> End {
    .isProgram(serves: serves) { place in
      guard unsafe access("\(packages)/ipckit", R_OK) == 0 else {
        throw Skipped(reason: "ipckit is not in \(packages), where tools/setup puts it")
      }
      unsafe setenv("PYTHONPATH", packages, 1)
      return [python, script, verb, "\(place.folder)/channel"]
    }
  }
}
