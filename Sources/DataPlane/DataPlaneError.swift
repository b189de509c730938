package import Linux

/// A step of making something in the kernel that failed, and how.
package struct DataPlaneError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Step: String, Hashable, Sendable, CaseIterable {
        case createTunnel = "create tunnel"
        case createSession = "create session"
        case connectSession = "connect session socket"
        case attachChannel = "attach channel"
        case createInterface = "create interface"
        case connectUnit = "connect unit"
        case bridgeChannels = "bridge channels"
        case configureInterface = "configure interface"
        case passProtocol = "pass network protocol"
        case addRoute = "add route"
        case deleteTunnel = "delete tunnel"
        /// What the call names does not exist (any more).
        case lookUp = "look up"
    }

    package var step: Step
    package var errno: Errno

    package init(_ step: Step, _ errno: Errno) {
        self.step = step
        self.errno = errno
    }

    /// "create interface: RTM_NEWLINK: File exists (EEXIST)".
    package var description: String { "\(step.rawValue): \(errno)" }
}
