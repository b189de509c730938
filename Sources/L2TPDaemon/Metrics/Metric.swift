/// The families of `/metrics`, in their order: the only place that says what they are called and what they mean.
enum Metric: String, CaseIterable, Sendable {
    case buildInfo = "l2tpd_build_info"
    case healthy = "l2tpd_healthy"
    case tunnels = "l2tpd_tunnels"
    case sessions = "l2tpd_sessions"
    case tunnelLimit = "l2tpd_tunnel_limit"
    case sessionLimit = "l2tpd_session_limit"
    case clientUp = "l2tpd_client_up"
    case tunnelSetup = "l2tpd_tunnel_setup_seconds"
    case sessionSetup = "l2tpd_session_setup_seconds"
    case tunnelTeardown = "l2tpd_tunnel_teardown_seconds"
    case sessionTeardown = "l2tpd_session_teardown_seconds"
    case tunnelEnds = "l2tpd_tunnel_ends_total"
    case callEnds = "l2tpd_call_ends_total"
    case authentications = "l2tpd_authentications_total"
    case events = "l2tpd_events_total"
    case notes = "l2tpd_notes_total"
    case controlMessages = "l2tpd_control_messages_total"
    case undecodable = "l2tpd_decode_errors_total"
    case retransmissions = "l2tpd_retransmissions_total"
    case duplicates = "l2tpd_duplicates_total"
    case queue = "l2tpd_send_queue_messages"
    case longestQueue = "l2tpd_send_queue_longest_messages"
    case window = "l2tpd_congestion_window_messages"
    case widestWindow = "l2tpd_congestion_window_widest_messages"
    case trafficOctets = "l2tpd_traffic_bytes_total"
    case trafficPackets = "l2tpd_traffic_packets_total"
    case trafficErrors = "l2tpd_traffic_errors_total"
    case poolAddresses = "l2tpd_pool_addresses"
    case poolLeased = "l2tpd_pool_leased_addresses"
    case poolReserved = "l2tpd_pool_reserved_addresses"
    case poolFree = "l2tpd_pool_free_addresses"
    case pppoeSessions = "l2tpd_pppoe_sessions"
    case pppoePackets = "l2tpd_pppoe_packets_total"
    case pppoeDiscarded = "l2tpd_pppoe_discarded_packets_total"
    case loopTurns = "l2tpd_event_loop_turn_seconds"
    case workerJobs = "l2tpd_worker_jobs"
    case workerSilence = "l2tpd_worker_silence_seconds"
    case cpu = "process_cpu_seconds_total"
    case residentMemory = "process_resident_memory_bytes"
    case virtualMemory = "process_virtual_memory_bytes"
    case openDescriptors = "process_open_fds"
    case mostDescriptors = "process_max_fds"
    case startTime = "process_start_time_seconds"

    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    var kind: Kind { meaning.kind }
    /// One line, without line breaks and backslashes.
    var help: String { meaning.help }

    private var meaning: (kind: Kind, help: String) {
        switch self {
        case .buildInfo: (.gauge, "1, with the version of l2tpd and the kernel's release.")
        case .healthy: (.gauge, "1 while l2tpctl health says good, 0 while it says degraded.")
        case .tunnels: (.gauge, "Tunnels by peer, by who opened them (responder: the peer) and by state.")
        case .sessions: (.gauge, "Sessions by peer, by what we are to the call and by state; a bridged call is one.")
        case .tunnelLimit: (.gauge, "daemon.max_tunnels, where it is set.")
        case .sessionLimit: (.gauge, "daemon.max_sessions, where it is set.")
        case .clientUp: (.gauge, "1 while the [[client]]'s call is up, else 0.")
        case .tunnelSetup: (.histogram, "From the SCCRQ until the tunnel was established.")
        case .sessionSetup: (.histogram, "From the ICRQ, OCRQ or PADR until traffic could pass.")
        case .tunnelTeardown: (.histogram, "From a tunnel's end until the kernel had nothing of it.")
        case .sessionTeardown: (.histogram, "From a session's end until the kernel had nothing of it.")
        case .tunnelEnds:
            (
                .counter,
                "Tunnels that ended or were refused (stage setup: before they were open), with StopCCN's codes (RFC 2661 section 4.4.2)."
            )
        case .callEnds:
            (
                .counter,
                "Calls that ended or were refused (stage setup: before they were open), with CDN's codes (RFC 2661 section 4.4.2)."
            )
        case .authentications: (.counter, "PPP peers that were judged here, by method and outcome.")
        case .events: (.counter, "What else happened, by its name in l2tpctl show stats.")
        case .notes: (.counter, "Oddities of peers that were dealt with, by who noted them.")
        case .controlMessages: (.counter, "Control messages by type; each retransmission counts.")
        case .undecodable: (.counter, "Datagrams and messages that could not be accepted, by what was wrong.")
        case .retransmissions: (.counter, "Control messages that were sent again.")
        case .duplicates: (.counter, "Control messages that came again.")
        case .queue:
            (.gauge, "Control messages that wait for the window or their acknowledgement, over the peer's tunnels.")
        case .longestQueue: (.gauge, "The same of the peer's tunnel that has most.")
        case .window: (.gauge, "Congestion windows, summed over the peer's tunnels.")
        case .widestWindow: (.gauge, "The widest congestion window of the peer's tunnels.")
        case .trafficOctets:
            (.counter, "Octets in sessions, as the kernel counts them; received is what the peer sent.")
        case .trafficPackets: (.counter, "Packets in sessions, as the kernel counts them.")
        case .trafficErrors: (.counter, "Packets in sessions that the kernel could not pass on.")
        case .poolAddresses: (.gauge, "Addresses in the pool's ranges.")
        case .poolLeased: (.gauge, "Addresses of the pool that sessions have.")
        case .poolReserved:
            (.gauge, "Addresses of the pool that are kept: our own, and those that users have for themselves.")
        case .poolFree: (.gauge, "Addresses of the pool that the next sessions can have.")
        case .pppoeSessions: (.gauge, "PPPoE subscribers on the access interface.")
        case .pppoePackets: (.counter, "PPPoE discovery packets that meant something.")
        case .pppoeDiscarded: (.counter, "PPPoE discovery packets that came to nothing, by cause.")
        case .loopTurns: (.histogram, "From a wake-up of the event loop until all was done that it was for.")
        case .workerJobs: (.gauge, "Orders to the kernel that are not done yet, by worker.")
        case .workerSilence: (.gauge, "How long a worker that has orders has done none; 0 while it has none.")
        case .cpu: (.counter, "User and system time of this process.")
        case .residentMemory: (.gauge, "Resident memory of this process.")
        case .virtualMemory: (.gauge, "Virtual memory of this process.")
        case .openDescriptors: (.gauge, "Open file descriptors of this process.")
        case .mostDescriptors: (.gauge, "File descriptors that this process may have open.")
        case .startTime: (.gauge, "When this process began, since 1970.")
        }
    }
}
