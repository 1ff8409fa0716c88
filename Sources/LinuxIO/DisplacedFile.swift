// What a publication put out of its place.

/// What stood in the place of a published file and was not expected there: somebody's work, to be looked at.
///
/// It stays in staging, whatever it is, until `remove` is called.
package struct DisplacedFile: Sendable {
  package let name: String
  /// What it is, nil when even looking failed.
  package let facts: FileFacts?
  /// Whether it is a copy, made where the file system allows neither exchange nor link; `facts` are the original's.
  package let isCopy: Bool
  private let staging: Staging

  package init(_ name: String, facts: FileFacts? = nil, isCopy: Bool = false, in staging: Staging) {
    self.name = name
    self.facts = facts
    self.isCopy = isCopy
    self.staging = staging
  }

  package var path: String { staging.directory.path(of: name) }

  /// Opens it for reading if it is a regular file, no stranger's and within the limit; anything else is refused.
  package func open(limit: Int64) throws(FileError) -> OpenFile {
    try staging.directory.openRegularFile(name, limit: limit)
  }

  /// Removes it, once what is in it was taken care of.
  package func remove() {
    staging.discard(name)
  }
}
