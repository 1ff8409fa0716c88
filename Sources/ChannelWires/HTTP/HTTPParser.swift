// The only place that meets http-parser, which nobody tends any more: llhttp would be asked in the same words.

internal import CHttpParser

/// One request or one answer: given its whole head first, which http-parser is asked about, and then what follows, which
/// it is not: it takes chunks for whole that no other program does.
@safe struct HTTPParser {
  /// What is read.
  enum Kind {
    case request
    /// The answer to a request of this method.
    case answer(to: HTTPMethod)
  }

  /// What the callbacks leave.
  private struct Collected {
    var head = HTTPHead()
    var isHeadComplete = false
    var isValueOpen = false
  }

  private var parser = unsafe http_parser()
  private var collected = Collected()
  private let bodyLimit: Int
  /// Whether it is the answer to HEAD.
  private let answersHead: Bool
  private var wholeBody: HTTPBody
  private(set) var headers: [HTTPHeader] = []
  /// Of a request.
  private(set) var method: HTTPMethod?
  /// Of a request.
  private(set) var target: String?
  /// Of an answer; 0 otherwise.
  private(set) var status = 0
  private(set) var isOld = false
  private(set) var keepsAlive = false

  init(_ kind: Kind, bodyLimit: Int) {
    self.bodyLimit = bodyLimit
    wholeBody = HTTPBody(.none, limit: bodyLimit)
    switch kind {
    case .request:
      answersHead = false
      unsafe http_parser_init(&parser, HTTP_REQUEST)
    case .answer(let method):
      answersHead = method == .head
      unsafe http_parser_init(&parser, HTTP_RESPONSE)
    }
  }

  /// Once its head was taken.
  var isComplete: Bool { wholeBody.isComplete }
  var body: [UInt8] { wholeBody.bytes }
  /// Whether the body of an answer ends with the stream.
  var endsWithStream: Bool { wholeBody.endsWithStream }

  /// Takes the head of a request by one of these methods, with the empty line at its end.
  mutating func takeHead(_ bytes: ArraySlice<UInt8>, methods: Set<HTTPMethod>) throws(HTTPRefusal) {
    try takeLines(bytes)
    let method: HTTPMethod =
      switch unsafe http_method(rawValue: chttp_method(&parser)) {
      case HTTP_GET: .get
      case HTTP_HEAD: .head
      case HTTP_POST: .post
      case HTTP_PUT: .put
      case HTTP_PATCH: .patch
      case HTTP_DELETE: .delete
      case HTTP_OPTIONS: .options
      default: throw .unknownMethod
      }
    guard methods.contains(method) else { throw .unknownMethod }
    self.method = method
    headers = try collected.head.checkedHeaders(isOld: isOld, bodyLimit: bodyLimit)
    let hosts = headers.count { $0.isNamed("Host") }
    guard hosts == 1 || (isOld && hosts == 0) else { throw .notOneHost }
    target = try collected.head.originForm()
    wholeBody = HTTPBody(saidExtent ?? .none, limit: bodyLimit)
  }

  /// Takes the head of an answer, with the empty line at its end.
  mutating func takeAnswerHead(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) {
    try takeLines(bytes)
    // The parser takes fewer digits too, and zeros before them.
    let digits = bytes.dropFirst("HTTP/1.1 ".utf8.count).prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != 0x30 else {
      throw .malformed("a status that is none")
    }
    status = unsafe Int(chttp_status(&parser))
    // Nothing follows such a head, whatever it says of a length (RFC 9112, 6.3).
    let hasNoBody = answersHead || status < 200 || status == 204 || status == 304
    headers = try collected.head.checkedHeaders(isOld: isOld, bodyLimit: hasNoBody ? .max : bodyLimit)
    if status < 200 || status == 204 {
      // Programs disagree about whether what follows is a body or the next answer.
      switch saidExtent {
      case nil, .bytes(0)?: break
      default: throw .malformed("a body where there is none")
      }
    }
    wholeBody = HTTPBody(hasNoBody ? .none : saidExtent ?? .stream, limit: bodyLimit)
    keepsAlive = keepsAlive && !endsWithStream
  }

  /// What the head says of the body.
  private var saidExtent: HTTPBody.Extent? {
    if headers.contains(where: \.saysEncoding) { return .chunks }
    return headers.first { $0.isNamed("Content-Length") }.flatMap { Int($0.value) }.map { .bytes($0) }
  }

  private mutating func takeLines(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) {
    let count = try execute(bytes)
    guard collected.isHeadComplete, count == bytes.count else { throw .malformed("a head that does not end") }
    keepsAlive = unsafe http_should_keep_alive(&parser) != 0
    guard unsafe parser.http_major == 1, unsafe parser.http_minor <= 1 else { throw .unknownVersion }
    isOld = unsafe parser.http_minor == 0
  }

  /// Takes of what follows as much as belongs to it.
  mutating func takeBody(_ rest: inout ArraySlice<UInt8>) throws(HTTPRefusal) {
    try wholeBody.take(&rest)
  }

  private mutating func execute(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) -> Int {
    var settings = Self.settings
    let count = unsafe withUnsafeMutablePointer(to: &collected) { collected in
      unsafe parser.data = UnsafeMutableRawPointer(collected)
      // It must not lie about for longer than it points to something.
      defer { unsafe parser.data = nil }
      return unsafe bytes.withUnsafeBytes { bytes in
        unsafe http_parser_execute(
          &parser,
          &settings,
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
          bytes.count
        )
      }
    }
    let error = unsafe chttp_error(&parser)
    switch error {
    case HPE_OK: return count
    case HPE_INVALID_VERSION: throw .unknownVersion
    case HPE_UNEXPECTED_CONTENT_LENGTH: throw .lengthSaidTwice
    case HPE_INVALID_TRANSFER_ENCODING: throw .unknownEncoding
    case HPE_HEADER_OVERFLOW: throw .headTooLong
    default: throw .malformed(unsafe String(cString: http_errno_description(error)))
    }
  }

  /// What callbacks work on.
  private static func with(
    _ parser: UnsafeMutablePointer<http_parser>?,
    _ body: (inout Collected) -> Bool
  ) -> Int32 {
    guard let collected = unsafe parser?.pointee.data?.assumingMemoryBound(to: Collected.self) else { return -1 }
    return unsafe body(&collected.pointee) ? 0 : -1
  }

  private static func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  private static var settings: http_parser_settings {
    var settings = http_parser_settings()
    unsafe http_parser_settings_init(&settings)
    unsafe settings.on_url = { parser, start, count in
      unsafe HTTPParser.with(parser) { collected in
        unsafe collected.head.target += HTTPParser.bytes(start, count)
        return true
      }
    }
    unsafe settings.on_header_field = { parser, start, count in
      unsafe HTTPParser.with(parser) { collected in
        if collected.isValueOpen || collected.head.headers.isEmpty {
          collected.head.headers.append((name: [], value: []))
          collected.isValueOpen = false
        }
        unsafe collected.head.headers[collected.head.headers.count - 1].name += HTTPParser.bytes(start, count)
        return true
      }
    }
    unsafe settings.on_header_value = { parser, start, count in
      unsafe HTTPParser.with(parser) { collected in
        guard !collected.head.headers.isEmpty else { return false }
        collected.isValueOpen = true
        unsafe collected.head.headers[collected.head.headers.count - 1].value += HTTPParser.bytes(start, count)
        return true
      }
    }
    unsafe settings.on_headers_complete = { parser in
      // 1 tells it that nothing follows: bodies are not for it.
      unsafe HTTPParser.with(parser) {
        $0.isHeadComplete = true; return true
      } == 0 ? 1 : -1
    }
    return settings
  }
}
