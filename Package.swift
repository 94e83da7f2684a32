// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

let package = Package(
  name: "refpassport",
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // System libraries: typed doors in each shim.h.
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
    .systemLibrary(name: "CResolv"),
    .systemLibrary(name: "CProcess"),
    .target(name: "CWipe"),

    // The core: what a mail is, what a proof is, what a case is.
    .target(name: "Mail"),
    .target(name: "Cryptography", dependencies: ["COpenSSL"]),
    .target(name: "Audit", dependencies: ["Cryptography"]),
    .target(name: "Delivery", dependencies: ["Mail", "Cryptography", "Audit", logging]),

    // Adapters: each knows the core and one outside system, none knows another.
    .target(name: "ChildProcess", dependencies: ["CProcess"]),
    .target(name: "Curl", dependencies: ["CCurl"]),
    .target(name: "Bounces", dependencies: ["Delivery", "Mail", "Curl", logging]),
    .target(name: "SMTP", dependencies: ["Delivery", "Mail", "Curl"]),
    .target(name: "Bob", dependencies: ["Delivery", "Cryptography", "Mail", "Curl", logging]),
    .target(name: "TimeStamp", dependencies: ["Delivery", "Cryptography", "Mail", "Curl", "COpenSSL"]),
    .target(
      name: "Reference",
      dependencies: [
        "Delivery", "Audit", "Cryptography", "Mail", "ChildProcess", "COpenSSL", "CPango", "CQREncode", asn1,
      ]),
    .target(name: "DNS", dependencies: ["Reference", "Mail", "CIDN2", "CResolv"]),
    .target(
      name: "Templates",
      dependencies: ["Delivery", "Mail", .product(name: "Mustache", package: "swift-mustache")]),
    .target(
      name: "Store",
      dependencies: [
        "Delivery", "Audit", "Cryptography", "Mail", logging,
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]),
    .target(
      name: "Sandbox",
      dependencies: ["Mail", "COpenSSL", hummingbird, logging, .product(name: "Yams", package: "Yams")]),
    .target(
      name: "Settings",
      dependencies: ["Delivery", "Mail", "ChildProcess", .product(name: "Yams", package: "Yams")]),
    .executableTarget(
      name: "refpassport",
      dependencies: [
        "Mail", "Cryptography", "Audit", "Delivery", "Curl", "SMTP", "Bounces", "Bob", "TimeStamp", "Reference", "DNS",
        "Templates", "Store", "Sandbox", "Settings", "CProcess", "CWipe", lifecycle, logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Measures; nothing ships it.
    .executableTarget(
      name: "drain",
      dependencies: ["Delivery", "SMTP", "Store", "Audit", "Cryptography", "Mail", logging],
      path: "Tests/Benchmarks/Drain"),
    .executableTarget(
      name: "ledger", dependencies: ["Delivery", "Store", "Audit", "Cryptography", "Mail", logging],
      path: "Tests/Benchmarks/Ledger"),
    .executableTarget(
      name: "purge", dependencies: ["Delivery", "Store", "Audit", "Cryptography", "Mail", logging],
      path: "Tests/Benchmarks/Purge"),
    .executableTarget(
      name: "poll", dependencies: ["Bob", "Delivery", "Store", "Cryptography", "Mail", logging],
      path: "Tests/Benchmarks/Poll"),

    .testTarget(name: "MailTests", dependencies: ["Mail"], exclude: ["Golden", "Reports"]),
    .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"]),
    .testTarget(
      name: "AuditTests", dependencies: ["Audit", "Cryptography"], exclude: ["Vectors", "verify_export.py"]),
    .testTarget(
      name: "DeliveryTests", dependencies: ["Delivery", "Mail", "Audit", "Cryptography", logging],
      exclude: ["Golden"]),
    .testTarget(name: "SMTPTests", dependencies: ["SMTP", "Curl", "Delivery", "Mail", "Sandbox", logging]),
    .testTarget(name: "BouncesTests", dependencies: ["Bounces", "Curl", "Delivery", "Mail", "Sandbox", logging]),
    .testTarget(
      name: "BobTests",
      dependencies: [
        "Bob", "Delivery", "Mail", "Sandbox", "Store", "Audit", "Cryptography", "Curl", logging,
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["Scenarios"]),
    .testTarget(name: "TimeStampTests", dependencies: ["TimeStamp", "Curl", "Delivery", "Mail", "Sandbox"]),
    .testTarget(
      name: "ReferenceTests",
      dependencies: ["Reference", "DNS", "Delivery", "Audit", "Cryptography", "Mail"]),
    .testTarget(name: "TemplatesTests", dependencies: ["Templates", "Delivery", "Mail"]),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Delivery", "Audit", "Cryptography", "Mail"]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings", "Delivery", "Mail"]),
    .testTarget(
      name: "ApplianceTests",
      dependencies: [
        "refpassport", "Sandbox", "Audit", "Cryptography", "Delivery", "Mail", "Reference", "Settings", "SMTP", "Store",
        logging,
      ]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + strict
}
