// What channels are called.

extension Configuration {
  /// A channel's path below its root, or its last name where the root itself is the channel.
  func name(ofChannelAt path: String) -> String {
    // The nearest root: roots may lie in one another.
    let root =
      roots.filter { path == $0 || $0 == "/" || path.hasPrefix($0 + "/") }.max { $0.count < $1.count } ?? path
    if path == root { return path.split(separator: "/").last.map(String.init) ?? path }
    return String(path.dropFirst(root == "/" ? 1 : root.count + 1))
  }

  /// Where a channel of this name may be, in the order in which they count; each path once. What is there may have another
  /// name, where roots lie in one another.
  func places(ofChannel name: String) -> [String] {
    var places: [String] = []
    for root in roots {
      let own = root.split(separator: "/").last.map(String.init) == name ? root : nil
      let paths = ["\(root == "/" ? "" : root)/\(name)", own].compactMap(\.self)
      places += paths.filter { !places.contains($0) }
    }
    return places
  }
}
