// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
]

/// A room of the program: its sources in Sources/NAME, what it may import, its tests in Tests/NAMETests.
/// The order of this list is the order of the layers: a room depends only on rooms above it.
struct Room {
    var name: String
    /// Where its sources are, when that is not Sources/NAME.
    var path: String?
    /// A program of its own, not a library.
    var isProgram = false
    var isTested = true
    var uses: [String] = []
    var products: [Target.Dependency] = []
    var testUses: [String] = []

    var dependencies: [Target.Dependency] { uses.map { .init(stringLiteral: $0) } + products }
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let rooms: [Room] = [
    Room(name: "Octets"),
    Room(name: "Instants"),
    Room(name: "Addresses"),
    Room(name: "Digests", uses: ["CNettle"]),
    Room(name: "L2TPWire", uses: ["Octets", "Digests"]),
    Room(name: "L2TPControl", uses: ["Instants", "L2TPWire"]),
    Room(name: "PPPoE", uses: ["Octets", "Instants", "Addresses", "Digests"]),
    Room(name: "PPP", uses: ["Octets", "Instants", "Addresses", "Digests"]),
    Room(name: "Linux", uses: ["CLinux", "Instants", "Addresses"]),
    Room(name: "EventLoop", uses: ["CLinux", "Instants", "Addresses", "Linux"]),
    Room(name: "HTTP", uses: ["CMicroHTTPD", "Instants", "Addresses", "Linux"]),
    Room(name: "Netlink", uses: ["CNetlink", "Addresses", "Linux"]),
    Room(name: "DataPlane", uses: ["CLinux", "Instants", "Addresses", "Linux", "EventLoop", "Netlink"]),
    Room(name: "ControlProtocol"),
    Room(
        name: "Configuration", uses: ["Addresses", "PPP", "ControlProtocol"],
        products: [.product(name: "TOMLKit", package: "TOMLKit"), systemPackage]),
    Room(
        name: "L2TPDaemon",
        uses: [
            "Octets", "Instants", "Addresses", "L2TPWire", "L2TPControl", "PPPoE", "PPP", "Linux", "EventLoop", "HTTP",
            "Netlink", "DataPlane", "ControlProtocol", "Configuration",
        ],
        products: [
            systemPackage,
            .product(name: "DequeModule", package: "swift-collections"),
            .product(name: "HeapModule", package: "swift-collections"),
        ]),
    Room(
        name: "l2tpd", isProgram: true, isTested: false,
        uses: ["Linux", "EventLoop", "DataPlane", "ControlProtocol", "Configuration", "L2TPDaemon"],
        products: [argumentParser]),
    Room(
        name: "l2tpctl", isProgram: true,
        uses: [
            "Octets", "Instants", "Addresses", "L2TPWire", "PPPoE", "PPP", "Linux", "EventLoop", "Netlink",
            "ControlProtocol", "Configuration",
        ],
        products: [argumentParser, systemPackage]),
    Room(
        name: "lab-peer", path: "Integration/LabPeer", isProgram: true, isTested: false,
        uses: [
            "Octets", "Instants", "Addresses", "L2TPWire", "L2TPControl", "PPPoE", "PPP", "Linux", "EventLoop",
        ],
        products: [argumentParser]),
    Room(
        name: "lab-floor", path: "Integration/Bench", isProgram: true, isTested: false,
        uses: ["Instants", "Addresses", "Linux", "EventLoop", "Netlink", "DataPlane"], products: [argumentParser]),
    Room(
        name: "lab-crowd", path: "Integration/Crowd", isProgram: true, isTested: false,
        uses: [
            "Instants", "Addresses", "L2TPWire", "L2TPControl", "PPP", "Linux", "EventLoop", "Netlink", "DataPlane",
            "ControlProtocol", "Configuration", "L2TPDaemon",
        ], products: [argumentParser]),
]

let package = Package(
    name: "l2tpd",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CNettle", path: "Sources/CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(
            name: "CNetlink", path: "Sources/CNetlink", pkgConfig: "libnl-genl-3.0",
            providers: [.apt(["libnl-3-dev", "libnl-genl-3-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", path: "Sources/CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
    ]
        + rooms.map { room -> Target in
            room.isProgram
                ? .executableTarget(
                    name: room.name, dependencies: room.dependencies, path: room.path, swiftSettings: strict)
                : .target(name: room.name, dependencies: room.dependencies, path: room.path, swiftSettings: strict)
        }
        + rooms.filter(\.isTested).map { room -> Target in
            .testTarget(
                name: room.name + "Tests",
                dependencies: [.init(stringLiteral: room.name)] + room.dependencies
                    + room.testUses.map { .init(stringLiteral: $0) },
                swiftSettings: strict
            )
        }
)
