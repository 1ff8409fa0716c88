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
    .executable(name: "transom-bridge", targets: ["transom-bridge"]),
    .executable(name: "transomd", targets: ["transomd"]),
  ],
  targets: [
    // Floor 0: messages and JSON; C shims and libraries.
    .target(name: "CChecksum"),
    .target(name: "CLinux"),
    .systemLibrary(name: "CInotifyTools"),
    .target(name: "CToml"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CHttpParser", providers: [.apt(["libhttp-parser-dev"])]),
    .systemLibrary(name: "CWslay", providers: [.apt(["libwslay-dev"])]),
    .systemLibrary(name: "CUv", pkgConfig: "libuv"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .target(name: "ChannelMessages", dependencies: ["CChecksum"], swiftSettings: strict),

    // Floor 1: the pure rules of the directory channel, and of what is spoken on streams; the kernel, typed.
    .target(name: "ChannelModel", dependencies: ["ChannelMessages"], swiftSettings: strict),
    .target(name: "ChannelWires", dependencies: ["CHttpParser", "CWslay", "ChannelMessages"], swiftSettings: strict),
    .target(name: "LinuxIO", dependencies: ["CLinux", "CInotifyTools"], swiftSettings: strict),

    // Floor 2: the channel as its user sees it; the daemon's loop.
    .target(
      name: "Transom",
      dependencies: ["ChannelMessages", "ChannelModel", "LinuxIO"],
      swiftSettings: strict
    ),
    .target(name: "ChannelSockets", dependencies: ["COpenSSL", "CUv", "LinuxIO"], swiftSettings: strict),

    // Floor 3: what the daemon remembers.
    .target(
      name: "ChannelLedger",
      dependencies: ["CSQLite", "ChannelMessages", "ChannelModel", "LinuxIO", "Transom"],
      swiftSettings: strict
    ),

    // Floor 3: what command and daemon say to each other.
    .target(
      name: "ChannelAdmin",
      dependencies: ["ChannelMessages", "ChannelModel", "LinuxIO", "Transom"],
      swiftSettings: strict
    ),

    // Floor 4: channels and streams, joined.
    .target(
      name: "ChannelBridge",
      dependencies: ["ChannelMessages", "ChannelModel", "ChannelSockets", "ChannelWires", "LinuxIO", "Transom"],
      resources: [
        .embedInCode("Browser/openapi.json"), .embedInCode("Browser/transom.d.ts"), .embedInCode("Browser/transom.js"),
      ],
      swiftSettings: strict
    ),

    // Floors 5 to 7: the daemon's parts and the command line; what of it speaks to sockets; the programs.
    .target(
      name: "ChannelDaemon",
      dependencies: [
        "CToml", "ChannelAdmin", "ChannelBridge", "ChannelLedger", "ChannelMessages", "ChannelModel",
        "ChannelSockets", "ChannelWires", "LinuxIO", "Transom",
      ],
      swiftSettings: strict
    ),
    .target(
      name: "ChannelCommands",
      dependencies: ["ChannelAdmin", "ChannelMessages", "ChannelModel", "LinuxIO", "Transom"],
      swiftSettings: strict
    ),
    .target(
      name: "ChannelBridgeCommand",
      dependencies: [
        "ChannelBridge", "ChannelCommands", "ChannelMessages", "ChannelModel", "ChannelSockets", "ChannelWires",
        "LinuxIO", "Transom",
      ],
      swiftSettings: strict
    ),
    .executableTarget(name: "transom", dependencies: ["ChannelCommands"], swiftSettings: strict),
    .executableTarget(
      name: "transom-bridge",
      dependencies: ["ChannelBridgeCommand", "ChannelCommands"],
      swiftSettings: strict
    ),
    .executableTarget(name: "transomd", dependencies: ["ChannelDaemon"], swiftSettings: strict),

    .target(
      name: "TestSupport",
      dependencies: ["ChannelMessages", "ChannelModel", "ChannelSockets", "LinuxIO"],
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
    .executableTarget(name: "WebSocketCrowd", path: "Tests/WebSocketCrowd"),
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
      name: "ChannelWiresTests",
      dependencies: ["ChannelWires", "TestSupport"],
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
      name: "ChannelAdminTests",
      dependencies: ["ChannelAdmin", "ChannelMessages", "ChannelModel", "LinuxIO", "TestSupport", "Transom"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelSocketsTests",
      dependencies: ["COpenSSL", "ChannelSockets", "LinuxIO", "TestPeer", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelDaemonTests",
      dependencies: [
        "ChannelAdmin", "ChannelBridge", "ChannelDaemon", "ChannelLedger", "ChannelMessages", "ChannelModel",
        "ChannelSockets",
        "ChannelWires", "LinuxIO", "TestPeer", "TestSupport", "Transom",
        "transom", "transom-bridge", "transomd",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelCommandsTests",
      dependencies: [
        "ChannelAdmin", "ChannelCommands", "ChannelMessages", "ChannelModel", "LinuxIO", "TestSupport", "Transom",
        "transom",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ChannelBridgeTests",
      dependencies: [
        "ChannelBridge", "ChannelBridgeCommand", "ChannelMessages", "ChannelModel", "ChannelSockets", "ChannelWires",
        "LinuxIO", "TestPeer",
        "TestSupport", "Transom", "WebSocketCrowd", "transom", "transom-bridge",
      ],
      swiftSettings: strict
    ),
    // With the real 1.0 peer, which tools/setup puts into .build.
    .testTarget(
      name: "InteropTests",
      dependencies: ["ChannelMessages", "LinuxIO", "TestPeer", "TestSupport", "Transom", "transomd"],
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
      dependencies: [
        "CContenders", "ChannelBridge", "ChannelMessages", "ChannelModel", "ChannelSockets", "ChannelWires", "LinuxIO",
        "TestSupport", "Transom",
      ],
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
      dependencies: [
        "CFuzz", "ChannelAdmin", "ChannelBridge", "ChannelMessages", "ChannelModel", "ChannelWires", "LinuxIO",
      ],
      path: "tools/fuzz/Fuzz",
      swiftSettings: strict
    ),
  ]
}
if Context.environment["TRANSOM_FAULTS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Faults",
      dependencies: ["ChannelMessages", "ChannelModel", "ChannelWires", "LinuxIO", "TestSupport", "Transom"],
      path: "tools/fault-runs/Faults",
      swiftSettings: strict
    )
  )
}
