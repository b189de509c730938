/// What is timed, and for whom; each has a histogram.
enum Timing: Hashable, Sendable {
    /// From the SCCRQ until the tunnel is established, by who opened it.
    case tunnelSetup(role: String)
    /// From the ICRQ, OCRQ or PADR until a network protocol passes or frames are bridged, by what we are to the call.
    case sessionSetup(role: String)
    /// From the end of a tunnel or session until the kernel has nothing of it.
    case tunnelTeardown
    case sessionTeardown
    /// From a wake-up of the event loop until all is done that it was for.
    case loopTurn

    /// In seconds.
    var bounds: [Double] {
        switch self {
        case .tunnelSetup, .sessionSetup, .tunnelTeardown, .sessionTeardown:
            [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
        case .loopTurn: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
        }
    }
}
