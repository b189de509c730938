import Configuration
import ControlProtocol
import DataPlane
import Instants
import L2TPControl
import Linux
import Netlink
import PPP
import PPPoE

/// All that `/metrics` tells, read at one moment. What takes a walk over the sessions, their survey has gathered.
extension Service {
    func exposition(at now: Instant) -> Exposition {
        var exposition = Exposition()
        exposition.add(.buildInfo, ["version": VersionRecord.current.version, "kernel": kernel], 1)
        exposition.add(.healthy, [:], health(at: now).status == .good ? 1 : 0)
        readTunnels(into: &exposition)
        readSessions(into: &exposition)
        for line in clients.all {
            exposition.add(.clientUp, ["client": line.client.name], line.call?.session?.isOpen == true ? 1 : 0)
        }
        var occurrences = Dictionary(expected.map { ($0, 0 as UInt64) }) { first, _ in first }
        for statistics in [server.statistics, sessions.statistics, lns.statistics, ownStatistics] {
            occurrences.merge(statistics.occurrences, uniquingKeysWith: &+)
            read(statistics.histograms, into: &exposition)
        }
        read(occurrences, into: &exposition)
        for counter in Statistics.Counter.allCases {
            let sum = server.statistics[counter] &+ sessions.statistics[counter] &+ lns.statistics[counter]
            exposition.add(.events, ["event": counter.name], sum)
        }
        readPools(into: &exposition)
        readAccess(into: &exposition)
        readWorkers(at: now, into: &exposition)
        readProcess(into: &exposition)
        return exposition
    }

    private func readTunnels(into exposition: inout Exposition) {
        var counts: [CountedKind: Int] = [:]
        var deliveries: [String: Delivery] = [:]
        var counters = server.deliveryOfGone
        for context in server.table.all {
            let peer = context.counterpart.name
            counts[CountedKind(peer: peer, role: context.role, state: context.state), default: 0] += 1
            let statistics = context.machine.statistics
            counters[peer, default: DeliveryCounters()].add(statistics.delivery)
            deliveries[peer, default: Delivery()].queue += statistics.queueDepth
            deliveries[peer, default: Delivery()].longestQueue.raise(to: statistics.queueDepth)
            deliveries[peer, default: Delivery()].window += statistics.window.size
            deliveries[peer, default: Delivery()].widestWindow.raise(to: statistics.window.size)
        }
        for (kind, count) in counts {
            exposition.add(.tunnels, ["peer": kind.peer, "role": kind.role, "state": kind.state], count)
        }
        for (peer, delivery) in deliveries {
            exposition.add(.queue, ["peer": peer], delivery.queue)
            exposition.add(.longestQueue, ["peer": peer], delivery.longestQueue)
            exposition.add(.window, ["peer": peer], delivery.window)
            exposition.add(.widestWindow, ["peer": peer], delivery.widestWindow)
        }
        for (peer, counters) in counters {
            exposition.add(.retransmissions, ["peer": peer], counters.retransmissions)
            exposition.add(.duplicates, ["peer": peer], counters.duplicates)
        }
        if let most = server.limits.maxTunnels { exposition.add(.tunnelLimit, [:], most) }
    }

    private func readSessions(into exposition: inout Exposition) {
        for (kind, count) in sessions.isEmpty ? [:] : sessions.census {
            exposition.add(.sessions, ["peer": kind.peer, "role": kind.role, "state": kind.state], count)
        }
        for (peer, counters) in sessions.traffic {
            let ways: [(String, SessionCounters.Way)] = [("received", counters.received), ("sent", counters.sent)]
            for (direction, way) in ways {
                exposition.add(.trafficOctets, ["peer": peer, "direction": direction], way.octets)
                exposition.add(.trafficPackets, ["peer": peer, "direction": direction], way.packets)
                exposition.add(.trafficErrors, ["peer": peer, "direction": direction], way.errors)
            }
        }
        if let most = server.limits.maxSessions { exposition.add(.sessionLimit, [:], most) }
    }

    /// What is rare and worth an alarm has a zero before it happens: Prometheus cannot see a first one rise from nothing.
    private var expected: [Occurrence] {
        let lnses = (configuration.groups + clients.all.map(\.client.group)).flatMap(\.members).map {
            "\($0.lns.place)"
        }
        let peers = Set(server.peers.all.map(\.name) + lnses)
        let outcomes: [Occurrence.Outcome] = [.accepted, .unknownUser, .wrongPassword]
        return peers.map { .tunnelEnd(.init(peer: $0, wasOpen: true, cause: .peerLost)) }
            + AuthenticationMethod.allCases.flatMap { method in outcomes.map { .authentication(method, $0) } }
    }

    private func read(_ occurrences: [Occurrence: UInt64], into exposition: inout Exposition) {
        for (occurrence, count) in occurrences {
            switch occurrence {
            case .controlMessage(let direction, let kind):
                exposition.add(.controlMessages, ["direction": direction.rawValue, "type": "\(kind)"], count)
            case .undecodable(let kind): exposition.add(.undecodable, ["kind": kind], count)
            case .tunnelEnd(let end): exposition.add(.tunnelEnds, end.labels, count)
            case .callEnd(let end): exposition.add(.callEnds, end.labels, count)
            case .authentication(let method, let outcome):
                exposition.add(.authentications, ["method": method.rawValue, "outcome": outcome.rawValue], count)
            case .note(let machine, let note):
                exposition.add(.notes, ["machine": machine.rawValue, "note": note], count)
            }
        }
    }

    private func read(_ histograms: [Timing: Histogram], into exposition: inout Exposition) {
        for (timing, histogram) in histograms {
            switch timing {
            case .tunnelSetup(let role): exposition.add(.tunnelSetup, ["role": role], histogram)
            case .sessionSetup(let role): exposition.add(.sessionSetup, ["role": role], histogram)
            case .tunnelTeardown: exposition.add(.tunnelTeardown, [:], histogram)
            case .sessionTeardown: exposition.add(.sessionTeardown, [:], histogram)
            case .loopTurn: exposition.add(.loopTurns, [:], histogram)
            }
        }
    }

    private func readPools(into exposition: inout Exposition) {
        for pool in lns.pools.records {
            exposition.add(.poolAddresses, ["pool": pool.name], pool.addresses)
            exposition.add(.poolLeased, ["pool": pool.name], pool.leased)
            exposition.add(.poolReserved, ["pool": pool.name], pool.reserved)
            exposition.add(.poolFree, ["pool": pool.name], pool.free)
        }
    }

    private func readAccess(into exposition: inout Exposition) {
        for port in lac.ports {
            exposition.add(.pppoeSessions, ["interface": port.interface], port.concentrator.sessionCount)
            let counters = port.concentrator.counters
            let packets: [(type: String, direction: String, count: UInt64)] = [
                ("PADI", "received", counters.padiReceived), ("PADO", "sent", counters.padoSent),
                ("PADR", "received", counters.padrReceived), ("PADS", "sent", counters.padsSent),
                ("PADS with an error", "sent", counters.refusalsSent), ("PADT", "received", counters.padtReceived),
                ("PADT", "sent", counters.padtSent),
            ]
            for (type, direction, count) in packets {
                exposition.add(
                    .pppoePackets, ["interface": port.interface, "type": type, "direction": direction], count)
            }
            for (cause, count) in counters.discarded {
                exposition.add(.pppoeDiscarded, ["interface": port.interface, "cause": cause.rawValue], count)
            }
        }
    }

    private func readWorkers(at now: Instant, into exposition: inout Exposition) {
        for (worker, backlog) in plane.backlogs {
            exposition.add(.workerJobs, ["worker": worker.rawValue], backlog.jobs)
            exposition.add(.workerSilence, ["worker": worker.rawValue], backlog.silence(at: now).inSeconds)
        }
    }

    private func readProcess(into exposition: inout Exposition) {
        exposition.add(.startTime, [:], startSeconds)
        guard let usage = try? ProcessUsage.now() else { return }
        exposition.add(.cpu, [:], usage.cpuSeconds)
        exposition.add(.residentMemory, [:], usage.residentMemory)
        exposition.add(.virtualMemory, [:], usage.virtualMemory)
        exposition.add(.openDescriptors, [:], descriptors.read())
        exposition.add(.mostDescriptors, [:], usage.mostDescriptors)
    }
}

/// Of all tunnels with one peer.
private struct Delivery {
    var queue = 0
    var longestQueue = 0
    var window = 0
    var widestWindow = 0
}

extension Occurrence.End {
    fileprivate var labels: Exposition.Labels {
        [
            "peer": peer, "stage": wasOpen ? "open" : "setup", "cause": cause.rawValue, "result": result,
            "error": error, "reason": reason,
        ]
    }
}

extension SessionCounters {
    fileprivate struct Way {
        var octets: UInt64
        var packets: UInt64
        var errors: UInt64
    }

    fileprivate var received: Way { Way(octets: receivedOctets, packets: receivedPackets, errors: receiveErrors) }
    fileprivate var sent: Way { Way(octets: sentOctets, packets: sentPackets, errors: sendErrors) }
}

extension Int {
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
