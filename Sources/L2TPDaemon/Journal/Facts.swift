/// What there is to say of an event beside its words: values by their names, in the order of the names.
///
/// Whoever tells uses the same name for the same thing: they are the keys of log lines and of `EventRecord`. A handful, so
/// that looking along them is the fastest way to find one.
struct Facts: Sendable, ExpressibleByDictionaryLiteral {
    private(set) var all: [(name: String, value: String)]

    /// What bears one of these names is never told, whatever it holds: the last fence, for values of the secret types print
    /// as redacted by themselves.
    private static func isHidden(_ name: String) -> Bool { name == "secret" || name == "password" }

    init(dictionaryLiteral facts: (String, String)...) {
        all = []
        all.reserveCapacity(facts.count + 4)
        for (name, value) in facts { self[name] = value }
    }

    subscript(name: String) -> String? {
        get { all.first { $0.name == name }?.value }
        set {
            let value = newValue.map { Self.isHidden(name) ? "<redacted>" : $0 }
            // Most are added in their order.
            let place = (all.lastIndex { $0.name <= name } ?? -1) + 1
            let isThere = place > 0 && all[place - 1].name == name
            switch (value, isThere) {
            case (let value?, true): all[place - 1].value = value
            case (let value?, false) where place == all.count: all.append((name, value))
            case (let value?, false): all.insert((name, value), at: place)
            case (nil, true): all.remove(at: place - 1)
            case (nil, false): break
            }
        }
    }

    /// These and those; of one name, that one stays.
    func adding(_ others: Facts) -> Facts {
        others.all.reduce(into: self) { $0[$1.name] = $1.value }
    }
}
