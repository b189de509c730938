import ArgumentParser

/// `l2tpctl capture`
struct Capture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Write control messages and PPP negotiation to a file for Wireshark, until interrupted.",
        discussion: """
            What "trace" shows, as pcapng: control messages as they were, PPP frames in data messages made around them, PPPoE \
            subscribers' packets with their Ethernet headers. What the kernel carries is not in it; tcpdump sees that.

            The file holds what was on the wire, passwords and CHAP responses too: it is made for its owner alone (mode 0600), and \
            whoever gets it should be one whom they may be shown. "-" is standard output.

            A packet that was missed because the disk was too slow is counted, in the comment of the packet behind it and in the \
            statistics at the file's end.

            EXAMPLES
              l2tpctl capture --peer bras-1 bras-1.pcapng
              l2tpctl capture - | wireshark -k -i -
              ssh lns-1 l2tpctl capture - | wireshark -k -i -
            """)

    @OptionGroup var daemon: DaemonOption
    @OptionGroup var packets: PacketOptions
    @Flag(help: "Write over a file that is there.") var force = false
    @Argument(help: ArgumentHelp("Where to write; \"-\" is standard output.", valueName: "file"), completion: .file())
    var file: String

    func run() throws {
        var capture = try CaptureFile(file, replacing: force)
        try packets.follow(daemon) { shown throws(Failure) in
            for packet in shown { try capture.append(packet.record) }
        } missed: { count throws(Failure) in
            capture.miss(count)
        }
        try capture.finish()
        Output.complain("\(capture.written.reduce(0, +)) packets written, \(capture.missed) missed")
    }
}
