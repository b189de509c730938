import DataPlane

/// Which network protocols a session's interface passes, and what it was told that the data plane has not answered.
struct SessionNetworks {
    private enum State {
        case coming
        case up
        case going
    }

    private struct Network {
        var state: State
        var configurations = 0
        var withdrawals = 0
    }

    private var networks: [NetworkProtocol: Network] = [:]

    /// Whether any protocol passes.
    var isAnyUp: Bool { networks.values.contains { $0.state == .up } }

    func isUp(_ networkProtocol: NetworkProtocol) -> Bool { networks[networkProtocol]?.state == .up }

    /// Whether the interface has nothing of a protocol and will get nothing: then its address is nobody's (NCP-05).
    func isClear(_ networkProtocol: NetworkProtocol) -> Bool { networks[networkProtocol] == nil }

    /// The data plane is told to configure it.
    mutating func configure(_ networkProtocol: NetworkProtocol) {
        networks[networkProtocol, default: Network(state: .coming)].state = .coming
        networks[networkProtocol]?.configurations += 1
    }

    /// The data plane has configured it. True when it is up now, false when it has been told otherwise meanwhile.
    mutating func configured(_ networkProtocol: NetworkProtocol) -> Bool {
        guard var network = networks[networkProtocol], network.configurations > 0 else { return false }
        network.configurations -= 1
        if network.state == .coming, network.configurations == 0 { network.state = .up }
        networks[networkProtocol] = network
        return network.state == .up
    }

    /// Whether the data plane has to be told to withdraw it; not when it has been, or there is nothing.
    mutating func withdraw(_ networkProtocol: NetworkProtocol) -> Bool {
        guard var network = networks[networkProtocol], network.state != .going else { return false }
        network.state = .going
        network.withdrawals += 1
        networks[networkProtocol] = network
        return true
    }

    /// The data plane has withdrawn it. True when nothing of before is left, whatever has been configured since.
    mutating func withdrawn(_ networkProtocol: NetworkProtocol) -> Bool {
        guard var network = networks[networkProtocol], network.withdrawals > 0 else { return false }
        network.withdrawals -= 1
        let isGone = network.state == .going && network.withdrawals == 0
        networks[networkProtocol] = isGone ? nil : network
        return network.withdrawals == 0
    }
}
