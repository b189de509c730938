import Configuration

/// The `[[realm]]`s, looked up.
struct Realms {
    private let endings: [Realm.Selector: Realm.Ending]

    /// Selectors are unique: Configuration sees to it.
    init(_ realms: [Realm]) {
        endings = Dictionary(realms.map { ($0.selector, $0.ending) }, uniquingKeysWith: { first, _ in first })
    }

    /// Where a user of this name ends, by what stands behind its "@".
    func ending(of user: String?) -> Realm.Ending? {
        endings.isEmpty ? nil : user.flatMap(Realm.name).flatMap { endings[.name($0)] }
    }

    /// Where a PPPoE subscriber ends who asks for this service.
    func ending(ofService service: String) -> Realm.Ending? { endings[.service(service)] }
}
