// What the floor below throws, told as an error of the library.

internal import LinuxIO
internal import Transom

extension ChannelError {
  /// `path` is named where the error itself names none.
  init(_ error: FileError, named path: String) {
    switch error {
    case .system(let error): self.init(error, at: path)
    case .refused(let refusal): self.init(.refused, at: refusal.path, refusal.reason.what, hint: refusal.reason.remedy)
    }
  }
}
