// A request for the channel that waits for its neighbours.

internal import Transom

/// What is asked, and who waits until it is sent.
struct GatheredRequest {
  let question: Question
  let continuation: CheckedContinuation<SentRequest, any Error>
}
