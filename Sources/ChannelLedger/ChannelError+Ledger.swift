// What goes wrong with a ledger, told as an error of the library.

internal import LinuxIO
internal import Transom

extension ChannelError {
  init(_ error: FileError, named path: String) {
    switch error {
    case .system(let error): self.init(error, at: path)
    case .refused(let refusal): self.init(.refused, at: refusal.path, refusal.reason.what, hint: refusal.reason.remedy)
    }
  }

  static func damagedLedger(_ what: String, at path: String) -> ChannelError {
    let hint = "start the daemon again: a damaged ledger is moved aside whole, and begun anew"
    return ChannelError(.damaged, at: path, what, hint: hint)
  }

  /// Makes file calls and tells what they throw; `path` is named where the error itself names none.
  static func making<Result: ~Copyable>(
    _ path: @autoclosure () -> String,
    _ body: () throws(FileError) -> Result
  ) throws(ChannelError) -> Result {
    do {
      return try body()
    } catch {
      throw ChannelError(error, named: path())
    }
  }
}
