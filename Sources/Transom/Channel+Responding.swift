// Answering what the other side asks.

public import ChannelMessages

extension Channel {
  /// Answers the requests for a method with what a function of yours returns.
  ///
  /// ```swift
  /// channel.respond(to: "sum") { (pair: Pair) in pair.a + pair.b }
  /// ```
  ///
  /// A function that throws answers with the error's description. Requests that were sent up to 30 seconds before, and
  /// that nobody has answered, are taken as well: the two sides may start in any order.
  ///
  /// - Parameters:
  ///   - method: The method, or a pattern in which `*` stands for anything. An exact name comes before a pattern.
  ///   - answer: Gets the request's payload, returns the answer's.
  /// - Returns: The means to stop answering; it may be let go of.
  @discardableResult
  public func respond<Question: Decodable & Sendable, Answer: Encodable & Sendable>(
    to method: String,
    with answer: @escaping @Sendable (Question) async throws -> Answer
  ) -> Responder {
    respond(to: method) { (request: Message) in
      try JSONText(encoding: try await answer(try request.payload.decode()))
    }
  }

  /// Answers the requests for a method with what a function of yours returns: JSON in and out, with the whole request.
  ///
  /// - Parameters:
  ///   - method: The method, or a pattern in which `*` stands for anything.
  ///   - answer: Gets the request, returns the answer's payload.
  /// - Returns: The means to stop answering; it may be let go of.
  @discardableResult
  public func respond(
    to method: String,
    answering answer: @escaping @Sendable (Message) async throws -> JSONText
  ) -> Responder {
    take(method, .task(answer))
  }

  /// Answers the requests for a method at once, on the thread that noticed them: the fastest, for functions that never
  /// wait. That is the one of ``executor``, or one that waits in a call of this library meanwhile.
  ///
  /// - Parameters:
  ///   - method: The method, or a pattern in which `*` stands for anything.
  ///   - answer: Gets the request, returns the answer's payload. While it runs nothing is noticed in this process.
  /// - Returns: The means to stop answering; it may be let go of.
  @discardableResult
  public func respondInline(
    to method: String,
    answering answer: @escaping @Sendable (Message) throws -> JSONText
  ) -> Responder {
    take(method, .inline(answer))
  }

  private func take(_ method: String, _ handler: Responders.Handler) -> Responder {
    do throws(ChannelError) {
      try checkMayWrite("to answer")
    } catch  where error.code == .refused {
      onTrouble(error)
      return Responder(method) {}
    } catch {
      // Of a closed channel the responders tell.
    }
    return responders.add(method, handler)
  }
}
