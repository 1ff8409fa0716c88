// What goes wrong with a ledger, told as an error of the library.

internal import Transom

extension ChannelError {
  static func damagedLedger(_ what: String, at path: String) -> ChannelError {
    let hint = "start the daemon again: a damaged ledger is moved aside whole, and begun anew"
    return ChannelError(.damaged, at: path, what, hint: hint)
  }
}
