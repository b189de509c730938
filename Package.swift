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
    var uses: [String] = []
    var products: [Target.Dependency] = []
    var testUses: [String] = []
}

let rooms: [Room] = [
    Room(name: "Octets"),
    Room(name: "Addresses"),
    Room(name: "Digests", uses: ["CNettle"]),
    Room(name: "L2TPWire", uses: ["Octets", "Digests"]),
    Room(name: "PPP", uses: ["Octets", "Addresses", "Digests"]),
]

let package = Package(
    name: "l2tpd",
    targets: [
        .systemLibrary(name: "CNettle", path: "Sources/CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])])
    ]
        + rooms.flatMap { room -> [Target] in
            [
                .target(
                    name: room.name,
                    dependencies: room.uses.map { .init(stringLiteral: $0) } + room.products,
                    swiftSettings: strict
                ),
                .testTarget(
                    name: room.name + "Tests",
                    dependencies: [.init(stringLiteral: room.name)]
                        + (room.uses + room.testUses).map { .init(stringLiteral: $0) },
                    swiftSettings: strict
                ),
            ]
        }
)
