package import EventLoop

extension Service {
    /// What the service cannot do without.
    package struct Surroundings: ~Copyable {
        /// What the kernel is, for the summary.
        package var kernel: String
        package var processID: Int32
        /// The system's host name, where the configuration names none.
        package var hostName: String
        /// Where the configuration was read from, for a reload; nil cannot reload.
        package var configurationPath: String?
        /// Call Serial Numbers begin here.
        package var secondsSince1970: UInt32
        /// Opens an access interface by its name.
        package var openAccess: (String) throws(PacketSocketError) -> any DiscoverySocket
        /// systemd, when it started us.
        package var notifier: ServiceNotifier?
        /// How long it waits for a sign of life.
        package var watchdog: Duration?

        package init(
            kernel: String, processID: Int32, hostName: String, secondsSince1970: UInt32,
            configurationPath: String? = nil, notifier: consuming ServiceNotifier? = nil, watchdog: Duration? = nil,
            openAccess: @escaping (String) throws(PacketSocketError) -> any DiscoverySocket = {
                (name) throws(PacketSocketError) in
                try PacketSocket(interface: name, etherType: PacketSocket.discovery)
            }
        ) {
            self.kernel = kernel
            self.processID = processID
            self.hostName = hostName
            self.secondsSince1970 = secondsSince1970
            self.configurationPath = configurationPath
            self.notifier = notifier
            self.watchdog = watchdog
            self.openAccess = openAccess
        }
    }
}
