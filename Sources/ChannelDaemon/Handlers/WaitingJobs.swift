// The jobs that wait for a place.

/// Jobs in the order in which they came, not more than so many, and not more than so many bytes beside one.
struct WaitingJobs {
  private let most: Int
  private let mostBytes: Int
  /// Those before `taken` are gone.
  private var jobs: [GivenJob?] = []
  private var taken = 0
  private var byteCount = 0

  init(most: Int, mostBytes: Int) {
    self.most = max(most, 1)
    self.mostBytes = mostBytes
  }

  var count: Int { jobs.count - taken }
  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count >= most || byteCount >= mostBytes }
  /// Whether there is room for a good many more, so that it is worth telling.
  var isRoomy: Bool { count <= most / 2 && byteCount <= mostBytes / 2 }

  var first: GivenJob? { isEmpty ? nil : jobs[taken] }

  mutating func append(_ job: GivenJob) {
    jobs.append(job)
    byteCount += job.byteCount
  }

  /// The place of the first one that is wanted.
  func firstPlace(where isWanted: (GivenJob) -> Bool) -> Int? {
    jobs[taken...].firstIndex { $0.map(isWanted) ?? false }
  }

  /// Takes the one at a place that was just found.
  mutating func remove(at place: Int) -> GivenJob? {
    let job = jobs[place]
    if place == taken {
      jobs[place] = nil
      taken += 1
      if taken > 64, taken > jobs.count / 2 {
        jobs.removeFirst(taken)
        taken = 0
      }
    } else {
      jobs.remove(at: place)
    }
    byteCount -= job?.byteCount ?? 0
    return job
  }

  mutating func removeFirst() {
    _ = remove(at: taken)
  }

  mutating func removeAll() -> [GivenJob] {
    defer {
      jobs = []
      taken = 0
      byteCount = 0
    }
    return jobs[taken...].compactMap(\.self)
  }
}
