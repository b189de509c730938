import ArgumentParser
import ControlProtocol

/// What a shell offers for a word: names that the daemon has at this moment, or nothing where it does not answer.
extension CompletionKind {
    static let tunnels = live(.tunnels { ["\($0.tunnelID)"] })
    static let sessions = live(.sessions { ["\($0.name)"] })
    static let tunnelStates = live(.tunnels { [$0.state] })
    static let sessionStates = live(.sessions { [$0.state] })
    static let users = live(.sessions { [$0.user] })
    static let interfaces = live(.sessions { [$0.interface, $0.accessInterface] })
    /// Those of the configuration, and the LNSes of tunnels that we opened.
    static let peers = live(.peers, .tunnels { [$0.peer] })
    /// Who may be asked for a call.
    static let callees = live(.peers, .tunnelGroups)
    static let tunnelGroups = live(.tunnelGroups)
    static let clients = live(LiveNames(of: ShowClients.self, .showClients) { [$0.name] })
    static let pools = live(LiveNames(of: ShowPools.self, .showPools) { [$0.name] })

    private static func live(_ sources: LiveNames...) -> CompletionKind {
        .custom { words, _, _ in LiveNames.found(by: sources, for: words) }
    }

    /// Of one or several columns with commas between them: each goes on from what is typed.
    static func columns<Record>(of columns: [ListColumn<Record>]) -> CompletionKind {
        let names = columns.map(\.name)
        return .custom { words, index, _ in
            let typed = words.indices.contains(index) ? words[index] : ""
            let before = typed[..<(typed.lastIndex(of: ",").map(typed.index(after:)) ?? typed.startIndex)]
            return names.map { before + $0 }
        }
    }

    /// A column to sort by; "-" before it is kept.
    static func order<Record>(by columns: [ListColumn<Record>]) -> CompletionKind {
        let names = columns.map(\.name)
        return .custom { words, index, _ in
            let isDescending = words.indices.contains(index) && words[index].hasPrefix("-")
            return isDescending ? names.map { "-" + $0 } : names
        }
    }
}

/// A list of the daemon's, and what in its records are names.
struct LiveNames: Sendable {
    /// Time without an octet after which nothing is offered: somebody waits at a prompt.
    static let patience: Duration = .milliseconds(500)

    var request: Request
    var names: @Sendable (Reply) -> [String?]

    static let peers = LiveNames(of: ShowPeers.self, .showPeers) { [$0.name] }
    static let tunnelGroups = LiveNames(request: .showConfiguration) { reply in
        guard case .configuration(let table) = reply else { return [] }
        return [tunnelGroup(in: table.toml)]
    }

    static func tunnels(_ names: @escaping @Sendable (TunnelRecord) -> [String?]) -> LiveNames {
        LiveNames(of: ShowTunnels.self, .showTunnels(TunnelFilter()), names)
    }

    static func sessions(_ names: @escaping @Sendable (SessionRecord) -> [String?]) -> LiveNames {
        LiveNames(of: ShowSessions.self, .showSessions(SessionFilter()), names)
    }

    /// Without those that a shell could take for more than a word, each once. Empty when the daemon does not answer.
    static func found(by sources: [LiveNames], for words: [String]) -> [String] {
        var found: Set<String> = []
        do throws(Failure) {
            let client = try ControlClient(socket: socket(in: words), patience: patience)
            for source in sources {
                try client.list(source.request) { reply in
                    found.formUnion(source.names(reply).compactMap(\.self).filter(isHarmless))
                }
            }
        } catch {
            // A complaint would stand in the middle of the line that is being typed.
            return []
        }
        return found.sorted { Rank($0) < Rank($1) }
    }

    /// The one that the line already names, its last one as for the command itself.
    private static func socket(in words: [String]) -> String {
        var socket = DaemonOption.usualSocket
        for (index, word) in words.enumerated() {
            if word == "--socket", index + 1 < words.count { socket = words[index + 1] }
            if word.hasPrefix("--socket=") { socket = String(word.dropFirst("--socket=".count)) }
        }
        return socket
    }

    /// Subscribers and peers choose names: bash expands what it is offered, and for zsh a colon ends the name.
    private static func isHarmless(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("-")
            && name.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._-@/+".utf8.contains(octet)
                }
            }
    }

    /// The group whose table this is: "isp" of `[[tunnel_group]]`, newline, `name = "isp"`.
    private static func tunnelGroup(in toml: String) -> String? {
        let beginning = "[[tunnel_group]]\nname = \""
        guard toml.hasPrefix(beginning) else { return nil }
        return String(toml.dropFirst(beginning.count).prefix { $0 != "\"" })
    }
}

extension LiveNames {
    init<List: Listing>(
        of list: List.Type, _ request: Request, _ names: @escaping @Sendable (List.Record) -> [String?]
    ) {
        self.request = request
        self.names = { reply in List.record(in: reply).map(names) ?? [] }
    }
}
