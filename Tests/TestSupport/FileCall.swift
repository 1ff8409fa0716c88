// The file calls by name, so that a test can say which one it means.

/// One kind of call of the file layer.
package enum FileCall: String, CaseIterable, Hashable, Sendable {
  case openRoot, openDirectory, open, create, close
  case read, write, gather, truncate
  case facts, factsOfName, setModified, setPermissions, setGroup
  case sync, syncData
  case rename, exchange, renameToFree, link, unlink
  case makeDirectory, removeDirectory, names
  case lock, unlock, lease, endLease, fileSystem
}
