// The two ways in which a file cannot be had.

/// Why an operation on a file failed: the kernel refused, or we did.
package enum FileError: Error, Hashable, Sendable {
  case system(SystemError)
  case refused(FileRefusal)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let error): error.description
    case .refused(let refusal): refusal.description
    }
  }
}

/// Carries out calls that only the kernel can refuse where a refusal of ours is possible too.
package func asFileError<Result: ~Copyable>(_ body: () throws(SystemError) -> Result) throws(FileError) -> Result {
  do {
    return try body()
  } catch {
    throw .system(error)
  }
}
