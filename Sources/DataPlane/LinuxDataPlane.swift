package import Addresses
package import EventLoop
package import Linux
import Netlink

/// The data plane of Linux: generic netlink and pppol2tp sockets make tunnels and sessions, /dev/ppp and rtnetlink make
/// interfaces, in the network namespace of the thread that makes this object. Needs CAP_NET_ADMIN, and a kernel (or its
/// modules) with l2tp_core, l2tp_netlink, l2tp_ppp and ppp_generic.
///
/// What blocks in the kernel is done by workers: one that makes, many that delete, one that asks. The loop's thread owns
/// all records, reads and writes PPP frames itself, and hears from the workers by a mailbox.
package final class LinuxDataPlane: DataPlane {
    package let demultiplexesByTunnelID: Bool

    let loop: EventLoop
    private let owner: UInt8
    private let results: Mailbox<WorkerResult>
    let setup: SetupWorker
    let teardown: TeardownWorkers
    let observer: Observer
    private let kernelEvents: L2TPEvents
    private let interfaceLosses: InterfaceLossEvents

    var tunnels: [UInt32: TunnelRecord] = [:]
    var sessions: [SessionKey: SessionRecord] = [:]
    var tunnelIDs: [UInt64: UInt32] = [:]
    var sessionKeys: [UInt64: SessionKey] = [:]
    /// Those that have a unit, by its interface's index.
    var unitKeys: [Int32: SessionKey] = [:]
    /// Those of the access sessions.
    var circuits: Set<PPPoECircuit> = []
    /// Serial numbers begin behind the token values that are not of sessions.
    private var lastSerial: UInt64 = 1
    var events: [DataPlaneEvent] = []
    /// Bridges asked for, which are made when events are taken.
    var bridges: [(one: SessionKey, other: SessionKey)] = []
    private var frameBuffer = [UInt8](repeating: 0, count: 1 << 17)
    private var isReadingCounters = false
    /// To be done when the counters that are being read have come.
    private var isReconciliationDue = false
    private var leftoverJobs = 0
    /// Pinned routes that are being removed.
    var pinJobs = 0

    private static let mailboxValue: UInt64 = 0
    private static let kernelEventsValue: UInt64 = 1
    private static let interfaceLossesValue: UInt64 = 2
    /// For events that wait while the loop is busy: thousands. The kernel takes the memory when there are any.
    private static let eventBuffer: Int32 = 1 << 20
    /// Frames read from one descriptor in one turn of the loop. Nearly always there is one, and the loop tells of more: to
    /// ask whether there is another would be one more system call for every frame.
    private static let framesPerTurn = 1

    /// Registers its descriptors with the loop, under tokens of this owner number. ENOENT: the kernel has no L2TP.
    package init(loop: EventLoop, owner: UInt8) throws(Errno) {
        self.loop = loop
        self.owner = owner
        demultiplexesByTunnelID = try KernelRelease.running() >= KernelRelease(6, 11)
        let family = try L2TPFamily.resolve()
        results = try Mailbox()
        kernelEvents = try L2TPEvents(family, receiveBuffer: Self.eventBuffer)
        interfaceLosses = try InterfaceLossEvents(receiveBuffer: Self.eventBuffer)
        setup = try SetupWorker(family, results: results)
        teardown = try TeardownWorkers(family, results: results)
        observer = try Observer(family, results: results)
        try loop.add(results.descriptor, Token(owner: owner, value: Self.mailboxValue))
        try loop.add(kernelEvents.descriptor, Token(owner: owner, value: Self.kernelEventsValue))
        try loop.add(interfaceLosses.descriptor, Token(owner: owner, value: Self.interfaceLossesValue))
    }

    deinit {
        loop.remove(results.descriptor)
        loop.remove(kernelEvents.descriptor)
        loop.remove(interfaceLosses.descriptor)
    }

    package var hasEvents: Bool { !(events.isEmpty && bridges.isEmpty) }

    package func takeEvents() -> [DataPlaneEvent] {
        makeBridges()
        defer { events = [] }
        return events
    }

    package private(set) var backlogs: [Backlog.Worker: Backlog] = [:]

    package var isIdle: Bool {
        tunnels.isEmpty && sessions.isEmpty && !isReadingCounters && leftoverJobs == 0 && pinJobs == 0
            && events.isEmpty
    }

    package func readCounters() {
        readCounters(expecting: Expected())
    }

    package func reconcile() {
        if isReadingCounters { isReconciliationDue = true } else { readCounters(expecting: expected()) }
    }

    private func readCounters(expecting expected: Expected) {
        guard !isReadingCounters else { return }
        isReadingCounters = true
        let pairs = sessions.values.filter(\.key.isAccess).compactMap { session in
            session.unit.map { ($0.interfaceIndex, session.key) }
        }
        ask(.readCounters(interfaces: Dictionary(pairs) { first, _ in first }, expecting: expected))
    }

    package func removeLeftovers(on addresses: [Endpoint]) {
        leftoverJobs += 1
        order(.removeLeftovers(addresses, except: Set(tunnels.keys)))
    }

    @discardableResult
    package func send(_ frame: [UInt8], on key: SessionKey, via way: FrameWay) -> Bool {
        guard let session = sessions[key], !session.isDeleting else { return false }
        switch way {
        case .channel: return session.objects?.channel.device.write(frame) ?? false
        case .unit: return session.unit?.device.write(frame) ?? false
        }
    }

    package func handle(_ event: Event) {
        switch event {
        case .readable(let token) where token.value == Self.mailboxValue:
            for result in results.drain() { take(result) }
        case .readable(let token) where token.value == Self.kernelEventsValue:
            verify(kernelEvents.drain())
        case .readable(let token) where token.value == Self.interfaceLossesValue:
            verify(interfaceLosses.drain())
        case .readable(let token):
            guard let (session, way) = session(of: token) else { return }
            read(session, way, limit: Self.framesPerTurn)
        case .hangUp(let token):
            guard let (session, way) = session(of: token) else { return }
            read(session, way, limit: Self.framesPerTurn)
            // A unit without a channel reads as one at its end, too; but it hangs up only when its interface goes.
            if way == .unit { loseInterface(of: session, .deleted) }
        case .writable, .signal, .deadline:
            break
        }
    }

    func nextSerial() -> UInt64 {
        lastSerial += 1
        return lastSerial
    }

    // Frames

    func watch(_ session: SessionRecord, _ way: FrameWay) {
        guard let device = device(session, way) else { return }
        do throws(Errno) {
            try loop.add(device.descriptor.rawValue, token(session, way))
        } catch {
            // Without its frames the session is as good as hung up.
            events.append(.channelHangUp(session.key))
        }
    }

    func unwatch(_ session: SessionRecord, _ way: FrameWay) {
        if let device = device(session, way) { loop.remove(device.descriptor.rawValue) }
    }

    func read(_ session: SessionRecord, _ way: FrameWay, limit: Int) {
        guard let device = device(session, way) else { return }
        for _ in 0..<limit {
            switch device.read(&frameBuffer) {
            case .frame(let frame):
                if session.isBridged {
                    passOn(frame, of: session)
                } else {
                    events.append(.frame(session.key, frame, from: way))
                }
            case .empty:
                return
            case .end:
                // The kernel says so for good: watching on would keep the loop busy.
                unwatch(session, way)
                if way == .channel { events.append(.channelHangUp(session.key)) }
                return
            }
        }
    }

    private func device(_ session: SessionRecord, _ way: FrameWay) -> PPPDevice? {
        switch way {
        case .channel: session.objects?.channel.device
        case .unit: session.unit?.device
        }
    }

    /// Bit 0 tells the ways apart.
    private func token(_ session: SessionRecord, _ way: FrameWay) -> Token {
        Token(owner: owner, value: session.serial << 1 | (way == .unit ? 1 : 0))
    }

    private func session(of token: Token) -> (SessionRecord, FrameWay)? {
        guard let key = sessionKeys[token.value >> 1], let session = sessions[key], !session.isDeleting else {
            return nil
        }
        return (session, token.value & 1 == 1 ? .unit : .channel)
    }

    // Workers

    func order(_ job: SetupWorker.Job) {
        backlogs[.setup, default: Backlog()].posted(at: .now)
        setup.post(job)
    }

    func orderDeletion(_ jobs: [TeardownWorkers.Job]) {
        backlogs[.teardown, default: Backlog()].posted(jobs.count, at: .now)
        teardown.post(jobs)
    }

    func ask(_ job: Observer.Job) {
        backlogs[.observer, default: Backlog()].posted(at: .now)
        observer.post(job)
    }

    private func take(_ result: WorkerResult) {
        if let worker = result.worker { backlogs[worker]?.answered(at: .now) }
        switch result {
        case .counters(let all):
            isReadingCounters = false
            events.append(.counters(all))
            if isReconciliationDue {
                isReconciliationDue = false
                reconcile()
            }
        case .leftovers(let tunnels):
            leftoverJobs -= 1
            events.append(.leftoversRemoved(tunnels))
        case .lost(let losses):
            report(losses)
        case .skipped(let serial):
            takeSkipped(serial)
        case .tunnel(let serial, let error):
            takeTunnel(serial, error)
        case .session(let serial, let outcome):
            takeSession(serial, outcome)
        case .unit(let serial, let outcome):
            takeUnit(serial, outcome)
        case .configured(let serial, let networkProtocol, let error):
            takeConfigured(serial, networkProtocol, error)
        case .withdrawn(let serial, let networkProtocol):
            takeWithdrawn(serial, networkProtocol)
        case .routed(let serial, let pinned, let error):
            takeRouted(serial, pinned, error)
        case .unpinned:
            pinJobs -= 1
        case .tunnelDeleted(let serial):
            teardown.answered()
            takeTunnelDeleted(serial)
        case .sessionDeleted(let serial, let counters):
            teardown.answered()
            takeSessionDeleted(serial, counters)
        }
    }
}
