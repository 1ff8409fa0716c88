// Certificates for tests, as the openssl command makes them.

internal import Glibc
internal import LinuxIO

/// Certificates and keys in PEM, made once for each test process and written to where a test wants them.
package enum TestCertificates {
  /// The name that the certificate `server` is for.
  package static let serverName = "bridge.test"

  /// Writes them all into a directory, each as NAME.pem with its NAME.key:
  ///
  /// - `ca`, which has signed `server`, `client`, `expired` (a server's) and `stranger` (a server's, of another name) and
  ///   `nameless` (with the server's name as its common name alone);
  /// - `other`, another authority, which has signed `outsider`;
  /// - `encrypted.key`, which is that of `client` with a password.
  package static func write(to directory: String) throws {
    for (name, bytes) in try made.get() {
      RawFiles.write(bytes, to: "\(directory)/\(name)")
    }
  }

  private static let made: Result<[(name: String, text: String)], any Error> = Result {
    try withScratchDirectory { directory in
      try makeAuthority("ca", "Test Authority", in: directory)
      try makeAuthority("other", "Other Authority", in: directory)
      try make(
        "server",
        by: "ca",
        "DNS:\(serverName),DNS:*.wild.test,IP:127.0.0.1,URI:spiffe://test/bridge",
        in: directory
      )
      try make("client", by: "ca", "DNS:desk.test,URI:spiffe://test/desk", in: directory)
      try make("expired", by: "ca", "DNS:\(serverName),IP:127.0.0.1", days: -1, in: directory)
      try make("stranger", by: "ca", "DNS:somebody.test", in: directory)
      try make("nameless", by: "ca", "URI:spiffe://test/bridge", commonName: serverName, in: directory)
      try make("outsider", by: "other", "DNS:\(serverName)", in: directory)
      try openssl(
        "pkey",
        "-in",
        "\(directory)/client.key",
        "-aes128",
        "-passout",
        "pass:secret",
        "-out",
        "\(directory)/encrypted.key"
      )
      return try Directory.open(directory).names().compactMap { name in
        RawFiles.read("\(directory)/\(name)").map { (name: name, text: $0) }
      }
    }
  }

  private static func makeAuthority(_ name: String, _ commonName: String, in directory: String) throws {
    try openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-noenc",
      "-days",
      "30",
      "-keyout",
      "\(directory)/\(name).key",
      "-out",
      "\(directory)/\(name).pem",
      "-subj",
      "/CN=\(commonName)",
      "-addext",
      "basicConstraints=critical,CA:TRUE",
      "-addext",
      "keyUsage=critical,keyCertSign"
    )
  }

  private static func make(
    _ name: String,
    by authority: String,
    _ names: String,
    commonName: String? = nil,
    days: Int = 10,
    in directory: String
  ) throws {
    let path = "\(directory)/\(name)"
    try openssl(
      "req",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-noenc",
      "-keyout",
      "\(path).key",
      "-out",
      "\(path).csr",
      "-subj",
      "/CN=\(commonName ?? name)",
      "-addext",
      "subjectAltName=\(names)"
    )
    try openssl(
      "x509",
      "-req",
      "-in",
      "\(path).csr",
      "-CA",
      "\(directory)/\(authority).pem",
      "-CAkey",
      "\(directory)/\(authority).key",
      "-days",
      "\(days)",
      "-copy_extensions",
      "copyall",
      "-out",
      "\(path).pem"
    )
  }

  private static func openssl(_ arguments: String...) throws {
    let (code, output) = try ProcessRun(["openssl"] + arguments).finish()
    guard code == 0 else { throw Refused(output: output) }
  }

  /// The openssl command did not do what it was told.
  private struct Refused: Error {
    let output: String
  }
}
