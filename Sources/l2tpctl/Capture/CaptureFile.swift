import ControlProtocol
import Glibc
import Linux
import SystemPackage

/// A pcapng file under way, which can be read while it grows.
struct CaptureFile {
    private let descriptor: FileDescriptor
    private let path: String
    private(set) var written = [UInt64](repeating: 0, count: 2)
    private(set) var missed: UInt64 = 0
    /// Missed, and not yet told in a packet's comment.
    private var gap = 0

    private static let tunnels: UInt32 = 0
    private static let subscribers: UInt32 = 1

    /// "-" is standard output. A new file is for its owner alone; one that is there is refused, or emptied with `replacing`.
    init(_ path: String, replacing: Bool) throws(Failure) {
        self.path = path
        do {
            if path == "-" {
                descriptor = .standardOutput
            } else {
                descriptor = try FileDescriptor.open(
                    FilePath(path), .writeOnly,
                    options: replacing ? [.create, .truncate] : [.create, .exclusiveCreate],
                    permissions: .ownerReadWrite)
                // Also what was there before, but for devices and pipes.
                if try descriptor.stat().type == .regular { fchmod(descriptor.rawValue, 0o600) }
            }
        } catch SystemPackage.Errno.fileExists {
            throw .noFile(path, reason: "it is there already", advice: "name another one, or write --force")
        } catch {
            throw .noFile(path, reason: "\(error)", advice: "name a file that can be written")
        }
        let comment = """
            What passed through l2tpd: L2TP's control messages as they were, PPP frames in data messages made around them, \
            PPPoE's discovery. IP, UDP and Ethernet headers are made up from what is known. It holds passwords and \
            responses that were on the wire.
            """
        try write(
            PCAPNG.sectionHeader(application: "l2tpctl \(VersionRecord.current.version)", comment: comment)
                + PCAPNG.interface("l2tp", .raw, description: "Tunnels, by UDP")
                + PCAPNG.interface("pppoe", .ethernet, description: "PPPoE subscribers"))
    }

    mutating func append(_ packet: PacketRecord) throws(Failure) {
        let (interface, octets) =
            packet.accessInterface == nil
            ? (Self.tunnels, Envelope.ip(packet)) : (Self.subscribers, Envelope.ethernet(packet))
        guard let octets else { return }
        written[Int(interface)] += 1
        let comment = gap > 0 ? "\(gap) packets before this one were missed" : nil
        gap = 0
        try write(
            PCAPNG.packet(
                octets, interface: interface, time: packet.time, isInbound: packet.direction == .received,
                comment: comment))
    }

    mutating func miss(_ count: Int) {
        gap += count
        missed += UInt64(count)
    }

    /// The file is whole without it, and with it tells how many packets were missed: of which interface nobody knows, so the
    /// first has them.
    func finish() throws(Failure) {
        let now = WallTime.now.microseconds
        for (interface, count) in written.enumerated() {
            let dropped = interface == 0 ? missed : 0
            try write(
                PCAPNG.statistics(
                    interface: UInt32(interface), time: now, received: count + dropped, dropped: dropped))
        }
    }

    private func write(_ octets: [UInt8]) throws(Failure) {
        do {
            _ = try descriptor.writeAll(octets)
        } catch {
            throw .noFile(path, reason: "\(error)", advice: "see that there is room")
        }
    }
}
