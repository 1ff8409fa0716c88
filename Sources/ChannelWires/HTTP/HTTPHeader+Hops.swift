// Which headers go no further than the next.

extension HTTPHeader {
  /// Whether it is about one connection, or about how long a body is there: it is for each hop to say for itself (RFC
  /// 9110, 7.6.1).
  package var isForOneHop: Bool {
    let names = [
      "Connection", "Content-Length", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
      "TE", "Trailer", "Upgrade",
    ]
    return saysEncoding || names.contains(where: isNamed)
  }
}

extension [HTTPHeader] {
  /// Those that are for whoever gets it in the end, and not for one connection on the way, by their names or as that
  /// connection says.
  package var endToEnd: [HTTPHeader] {
    let named = Set(words(of: "Connection").map { $0.lowercased() })
    return filter { !$0.isForOneHop && !named.contains($0.name.lowercased()) }
  }
}
