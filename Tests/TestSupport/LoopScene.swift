// A loop for as long as a test needs it.

package import ChannelSockets

/// A loop on a thread of its own, stopped and over at the end.
package func withLoop<Result>(_ body: (Loop) async throws -> Result) async throws -> Result {
  let loop = try Loop.start("test loop")
  do {
    let result = try await body(loop)
    loop.stop()
    await loop.untilOver()
    return result
  } catch {
    loop.stop()
    await loop.untilOver()
    throw error
  }
}
