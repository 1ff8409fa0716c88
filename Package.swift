// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built with the same strictness; a warning is an error.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "transom",
  products: [
    .library(name: "Transom", targets: ["Transom"]),
    .executable(name: "transom", targets: ["transom"]),
    .executable(name: "transomd", targets: ["transomd"]),
  ],
  targets: [
    // Floor 0: messages and JSON; C shims and libraries.
    .target(name: "CChecksum"),
    .target(name: "CLinux"),
    .systemLibrary(name: "CInotifyTools"),
    .target(name: "CToml"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CUv", pkgConfig: "libuv"),
    .target(name: "ChannelMessages", dependencies: ["CChecksum"], swiftSettings: strict),

    // Floor 1: the pure rules of the directory channel; the kernel, typed.
    .target(name: "ChannelModel", dependencies: ["ChannelMessages"], swiftSettings: strict),
    .target(name: "LinuxIO", dependencies: ["CLinux", "CInotifyTools"], swiftSettings: strict),

    // Floor 2: the channel as its user sees it; the daemon's loop.
    .target(
      name: "Transom",
      dependencies: ["ChannelMessages", "ChannelModel", "LinuxIO"],
      swiftSettings: strict
    ),
    .target(name: "ChannelSockets", dependencies: ["CUv", "LinuxIO"], swiftSettings: strict),

    // Floor 3: what the daemon remembers.
    .target(
      name: "ChannelLedger",
      dependencies: ["CSQLite", "ChannelMessages", "ChannelModel", "LinuxIO", "Transom"],
      swiftSettings: strict
    ),

    // Floors 5 and 6: the daemon's parts; the command line, and the program that begins it.
    .target(
      name: "ChannelDaemon",
      dependencies: [
        "CToml", "ChannelLedger", "ChannelMessages", "ChannelModel", "ChannelSockets", "LinuxIO", "Transom",
      ],
      swiftSettings: strict
    ),
    .target(
      name: "ChannelCommands",
      dependencies: ["ChannelMessages", "ChannelModel", "LinuxIO", "Transom"],
      swiftSettings: strict
    ),
    .executableTarget(name: "transom", dependencies: ["ChannelCommands"], swiftSettings: strict),
    .executableTarget(name: "transomd", dependencies: ["ChannelDaemon"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: ["ChannelMessages", "ChannelModel", "LinuxIO"],
      path: "Tests/TestSupport",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "TestPeer",
      dependencies: [
        "ChannelLedger", "ChannelMessages", "ChannelModel", "ChannelSockets", "LinuxIO", "Transom", "TestSupport",
      ],
      path: "Tests/TestPeer",
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelMessagesTests",
      dependencies: ["ChannelMessages", "CChecksum", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelModelTests",
      dependencies: ["ChannelModel", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "LinuxIOTests",
      dependencies: ["LinuxIO", "CInotifyTools", "TestSupport", "TestPeer"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TransomTests",
      dependencies: ["Transom", "TestSupport", "TestPeer"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelLedgerTests",
      dependencies: [
        "ChannelLedger", "ChannelMessages", "ChannelModel", "LinuxIO", "TestPeer", "TestSupport", "Transom",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelSocketsTests",
      dependencies: ["ChannelSockets", "LinuxIO", "TestPeer", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelDaemonTests",
      dependencies: [
        "ChannelDaemon", "ChannelLedger", "ChannelMessages", "ChannelModel", "ChannelSockets", "LinuxIO", "TestPeer",
        "TestSupport", "Transom",
        "transomd",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelCommandsTests",
      dependencies: ["ChannelCommands", "ChannelMessages", "LinuxIO", "Transom", "TestSupport", "transom"],
      swiftSettings: strict
    ),
    // With the real 1.0 peer, which tools/setup puts into .build.
    .testTarget(
      name: "InteropTests",
      dependencies: ["ChannelMessages", "LinuxIO", "TestPeer", "TestSupport", "Transom"],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)

// Programs for those who work on the package, built only when asked for.
if Context.environment["TRANSOM_BENCH"] != nil {
  package.targets += [
    .target(
      name: "CContenders",
      dependencies: ["CChecksum"],
      path: "tools/bench/CContenders",
      linkerSettings: [.linkedLibrary("inotifytools")]
    ),
    .executableTarget(
      name: "Bench",
      dependencies: ["CContenders", "ChannelMessages", "ChannelModel", "LinuxIO", "TestSupport", "Transom"],
      path: "tools/bench/Bench",
      swiftSettings: strict
    ),
  ]
}
if Context.environment["TRANSOM_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzz", path: "tools/fuzz/CFuzz"),
    .executableTarget(
      name: "Fuzz",
      dependencies: ["CFuzz", "ChannelMessages", "ChannelModel", "LinuxIO"],
      path: "tools/fuzz/Fuzz",
      swiftSettings: strict
    ),
  ]
}
if Context.environment["TRANSOM_FAULTS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Faults",
      dependencies: ["ChannelMessages", "ChannelModel", "LinuxIO", "TestSupport", "Transom"],
      path: "tools/fault-runs/Faults",
      swiftSettings: strict
    )
  )
}
