// Which version this is.

/// The version of everything in this package.
package enum ProgramVersion {
  package static let text = "0.3.0"
}
