import Instants

/// What `top` shows: from what the daemon told at two times, and the keys that were pressed, to lines of text.
struct TopModel {
    enum Subject: String { case sessions, tunnels }

    enum Order: String, CaseIterable { case bits, rx, tx, packets, name, user, uptime }

    /// What a key asks of the one who runs this.
    enum Action { case nothing, redraw, look, quit }

    private(set) var subject: Subject
    private(set) var order: Order
    private(set) var isReversed = false
    /// Rows above the first that is shown.
    private var scroll = 0
    private var rows: [(row: TopRow, rates: Rates?)] = []
    /// When it was looked at, and what there was.
    private var seen: (at: Instant, traffic: [String: Traffic])?

    init(_ subject: Subject = .sessions, by order: Order = .bits) {
        self.subject = subject
        self.order = order
    }

    /// What there is now. Rates are since the look before, for what was there then.
    mutating func take(_ now: [TopRow], at time: Instant) {
        let earlier = seen
        rows = now.map { row in
            guard let earlier, let before = earlier.traffic[row.name] else { return (row, nil) }
            return (row, Rates(from: before, to: row.traffic, in: time - earlier.at))
        }
        seen = (time, Dictionary(now.map { ($0.name, $0.traffic) }, uniquingKeysWith: { first, _ in first }))
        sort()
    }

    // MARK: - Keys

    static let keys = "q quit  s sessions  t tunnels  sort: b both r rx x tx p packets n name u user a age  v reverse"

    /// A key, or the escape sequence of one.
    mutating func press(_ key: String, pageHeight: Int = 10) -> Action {
        switch key {
        case "q", "Q": return .quit
        case "s": return show(.sessions)
        case "t": return show(.tunnels)
        case " ": return .look
        case "b": return sort(by: .bits)
        case "r": return sort(by: .rx)
        case "x": return sort(by: .tx)
        case "p": return sort(by: .packets)
        case "n": return sort(by: .name)
        case "u": return sort(by: .user)
        case "a": return sort(by: .uptime)
        case "v":
            isReversed.toggle()
            sort()
            return .redraw
        case "j", "\u{1b}[B", "\u{1b}OB": return move(by: 1)
        case "k", "\u{1b}[A", "\u{1b}OA": return move(by: -1)
        case "\u{1b}[6~": return move(by: pageHeight)
        case "\u{1b}[5~": return move(by: -pageHeight)
        default: return .nothing
        }
    }

    private mutating func show(_ other: Subject) -> Action {
        guard other != subject else { return .nothing }
        self = TopModel(other, by: order)
        return .look
    }

    private mutating func sort(by other: Order) -> Action {
        order = other
        scroll = 0
        sort()
        return .redraw
    }

    private mutating func move(by count: Int) -> Action {
        scroll = max(0, min(scroll + count, rows.count - 1))
        return .redraw
    }

    /// The most first, names and ids from the least; equals by their ids, so that they stand still.
    private mutating func sort() {
        let (order, isReversed) = (order, isReversed)
        rows.sort { left, right in
            let (one, other) = isReversed ? (right, left) : (left, right)
            return order.isBefore(one, other) ?? left.row.ids.lexicographicallyPrecedes(right.row.ids)
        }
    }

    // MARK: - Lines

    /// A screen of `height` lines, none longer than `width`: the sums, the rows as far as they fit, the keys. `title` is for
    /// the first line.
    func screen(_ title: String, width: Int, height: Int) -> [String] {
        let room = max(0, height - 3)
        let shown = Array(rows.dropFirst(min(scroll, max(0, rows.count - room))).prefix(room))
        let table = table(shown)
        let blank = [String](repeating: "", count: max(0, room - shown.count))
        let lines = [summary(title)] + table + blank + [Self.keys]
        return lines.prefix(max(0, height)).map { String($0.prefix(width)) }
    }

    /// All of it, for a file or a pipe.
    func snapshot(_ title: String) -> [String] { [summary(title)] + table(rows) }

    private func summary(_ title: String) -> String {
        var sum = Rates()
        for (_, rates) in rows { if let rates { sum += rates } }
        return TextTable.printable(
            "\(title)  \(rows.count) \(subject.rawValue)  "
                + "RX \(HumanUnits.rate(sum.rxBits))bit/s \(HumanUnits.rate(sum.rxPackets))p/s  "
                + "TX \(HumanUnits.rate(sum.txBits))bit/s \(HumanUnits.rate(sum.txPackets))p/s  "
                + "by \(order.rawValue)\(isReversed ? ", reversed" : "")")
    }

    private func table(_ rows: [(row: TopRow, rates: Rates?)]) -> [String] {
        var table = TextTable()
        let rateColumns: [TextTable.Column] = ["RX BIT/S", "TX BIT/S", "RX P/S", "TX P/S", "UPTIME"].map { .right($0) }
        table.columns = (subject == .sessions ? TopRow.sessionColumns : TopRow.tunnelColumns) + rateColumns
        table.rows = rows.map { row, rates in
            let numbers = [rates?.rxBits, rates?.txBits, rates?.rxPackets, rates?.txPackets]
            return [row.name] + row.cells + numbers.map { $0.map(HumanUnits.rate) ?? "" }
                + [HumanUnits.duration(seconds: row.uptimeSeconds)]
        }
        return table.lines
    }
}

extension TopModel.Order {
    /// Nil where both are the same to it.
    fileprivate func isBefore(
        _ one: (row: TopRow, rates: Rates?), _ other: (row: TopRow, rates: Rates?)
    ) -> Bool? {
        func greater<Value: Comparable>(_ one: Value, _ other: Value) -> Bool? { one == other ? nil : one > other }
        func rate(_ path: KeyPath<Rates, Double>) -> Bool? {
            greater(one.rates?[keyPath: path] ?? -1, other.rates?[keyPath: path] ?? -1)
        }
        switch self {
        case .bits: return rate(\.bits)
        case .rx: return rate(\.rxBits)
        case .tx: return rate(\.txBits)
        case .packets: return rate(\.packets)
        case .uptime: return greater(one.row.uptimeSeconds, other.row.uptimeSeconds)
        case .user: return one.row.who == other.row.who ? nil : one.row.who < other.row.who
        case .name:
            return one.row.ids == other.row.ids ? nil : one.row.ids.lexicographicallyPrecedes(other.row.ids)
        }
    }
}
