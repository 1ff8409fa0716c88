// What a refusal means for a caller who knows another way.

internal import Glibc

extension SystemError {
  /// Whether this is a file system, or a rule of the kernel, that allows no second name.
  var isLinkForbidden: Bool {
    code == EPERM || code == EOPNOTSUPP || code == ENOSYS || code == EMLINK
  }

  /// Whether the kernel or the file system does not know this form of the call.
  var isFormUnsupported: Bool {
    code == EINVAL || code == ENOSYS || code == EOPNOTSUPP
  }

  /// Whether nobody reads any more what was written, as behind `head -1`.
  package var isReaderGone: Bool { code == EPIPE }

  /// Whether whoever was at the other end has gone.
  package var isOtherEndGone: Bool { code == EPIPE || code == ECONNRESET }

  /// Whether nobody listens at an address: nothing is there, what is there is no socket or was left by one who has ended, or
  /// a host of that name is not known.
  package var isNobodyThere: Bool {
    [ENOENT, ECONNREFUSED, ENOTDIR, ENOTSOCK].contains(code) || call == "getaddrinfo" && code == EAI_NONAME
  }
}
