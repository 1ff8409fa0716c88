/// Something that is fed bytes from a stranger, and what it may do with them.
///
/// To add one: a file with an extension that makes it, like `FuzzTarget+Scanner.swift`, and a line in `all`.
struct FuzzTarget: Sendable {
  let name: String
  /// The longest input that is tried; long enough for each structure to come several times.
  let maximumLength: Int
  /// Bytes that may be requested from the allocator whatever the input is.
  let allocationBase: Int
  /// Bytes more that may be requested for each byte of the input.
  let allocationPerByte: Int
  /// Where inputs to begin with are found below `fixtures`: directories and files, which are taken whole, tables
  /// (`.tsv`), whose second column is taken, and hex listings (`.hex`).
  let seeds: [String]
  /// Runs the code under test; checks of its results go into `uncounted`.
  let run: @Sendable ([UInt8]) -> Void

  static let all: [FuzzTarget] = [
    .scanner,
    .message,
    .text,
    .writer,
    .window,
    .record,
    .segment,
    .cursor,
    .claims,
    .projected,
    .projectLock,
    .importedIDs,
    .key,
    .lockLine,
    .inotify,
    .admin,
    .requests,
    .responses,
    .webSocket,
    .lines,
    .eventStream,
    .socketWire,
    .names,
    .addresses,
    .targets,
    .gateway,
  ]
}

/// What must hold; a failure ends the program, and libFuzzer keeps the input.
func check(_ condition: @autoclosure () -> Bool, _ claim: @autoclosure () -> String) {
  if !condition() { fatalError("fuzz: \(claim())") }
}
