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

  /// Has requests taken whose answers come later, `most` of them at once. The function is called on the thread that
  /// noticed the request, and must not wait.
  ///
  /// - Parameters:
  ///   - methods: Methods or patterns, at least one. What was asked before is met by all of them.
  ///   - most: So many requests are worked on at once.
  ///   - mostBytes: While so many bytes of requests are worked on no more are taken.
  ///   - lookback: What was asked so long ago and not answered is taken as well; the first call decides.
  ///   - body: Gets each request, and the means to answer it.
  /// - Returns: The means to stop answering, one for each method.
  package func take(
    _ methods: [String],
    most: Int,
    mostBytes: Int,
    lookback: Duration,
    _ body: @escaping @Sendable (Message, RequestReply) -> Void
  ) -> [Responder] {
    responders.prepare(mostRunning: most, mostBytes: mostBytes, lookback: lookback)
    return take(methods, .later(body))
  }

  private func take(_ method: String, _ handler: Responders.Handler) -> Responder { take([method], handler)[0] }

  private func take(_ methods: [String], _ handler: Responders.Handler) -> [Responder] {
    do throws(ChannelError) {
      try checkMayWrite("to answer")
    } catch  where error.code == .refused {
      onTrouble(error)
      return methods.map { Responder($0) {} }
    } catch {
      // Of a closed channel the responders tell.
    }
    return responders.add(methods, handler)
  }
}
