import Configuration
import ControlProtocol
import Instants

extension Service {
    /// Reads the configuration file again and puts in force what can be changed while running. A file that is refused
    /// changes nothing.
    func reload(at now: Instant) -> Reply {
        guard let configurationPath else {
            return .error(ControlError(code: .failed, message: "this daemon was started without a configuration file"))
        }
        notify("RELOADING=1")
        defer { notify("READY=1") }
        do throws(ConfigurationError) {
            let reload = Reload(from: configuration, to: try Configuration.load(from: configurationPath))
            apply(reload.configuration, at: now)
            for sentence in reload.record.applied { log.notice("reload", ["applied": "\(sentence)"]) }
            for sentence in reload.record.notApplied { log.warning("reload", ["not_applied": "\(sentence)"]) }
            return .reloaded(reload.record)
        } catch {
            for problem in error.problems { log.error("reload refused", ["problem": "\(problem)"]) }
            return .error(ControlError(code: .invalidConfiguration, message: error.description))
        }
    }

    private func apply(_ new: Configuration, at now: Instant) {
        configuration = new
        lns.users = Users(new)
        lns.pools.apply(new)
        lns.realms = Realms(new.realms)
        for call in clients.apply(new.clients, at: now) { server.end(call, at: now) }
        lac.apply(new.accessInterfaces)
        lac.callees.apply(new.callees)
        server.standing.apply(new.groups, at: now)
        server.apply(peers: Peers(new), limits: new.daemon, at: now)
        setLogLevel(new.logLevel)
    }

    func setLogLevel(_ level: LogLevel) {
        log.level = level
    }
}
