import Glibc
import Linux

/// The joining of sessions.
extension LinuxDataPlane {
    /// No more than the kernel queues for a channel.
    private static let mostQueued = 32

    package func bridge(_ one: SessionKey, _ other: SessionKey) {
        bridges.append((one, other))
    }

    /// Makes the bridges that were asked for, when all that was taken before has been dealt with.
    func makeBridges() {
        let waiting = bridges
        bridges = []
        for (one, other) in waiting {
            do throws(Errno) {
                guard let first = ready(one), let second = ready(other) else { throw Errno("bridge", code: ENODEV) }
                try join(first, second)
                events.append(.bridged(one, other))
            } catch {
                events.append(.bridgeFailed(one, other, DataPlaneError(.bridgeChannels, error)))
            }
        }
    }

    /// Passes on what waits, joins the channels, and passes on what came meanwhile.
    ///
    /// No frame is lost: until the kernel has joined the channels it queues (32 frames each, many more than come in this
    /// moment), and the second pass finds what it has queued. A frame that comes within the microseconds between the
    /// first pass and the joining can be overtaken by one that comes between the joining and the second pass. It does
    /// no harm: PPP is still negotiating then, where either side speaks and waits for an answer or for a timer of
    /// seconds, and what comes out of order is only answered again. Data flows when a network protocol is open, which
    /// takes several answers from beyond the bridge.
    ///
    /// All of it takes as long as writing three frames, so it needs no worker; at worst the kernel is making an interface
    /// just now, and holds the lock that it takes for as long as that: a millisecond.
    private func join(_ one: SessionRecord, _ other: SessionRecord) throws(Errno) {
        guard let first = one.objects?.channel, let second = other.objects?.channel else {
            throw Errno("bridge", code: ENODEV)
        }
        // Asked here and not of the kernel, so that nothing is passed on in vain. What it alone knows, that a channel has
        // hung up just now, comes too late for that; but then there is nobody left to hear.
        guard one !== other, [one, other].allSatisfy({ !$0.isBridged && !$0.hasUnit }) else {
            throw Errno("bridge", code: EALREADY)
        }
        link(one, other)
        passOnWaiting(one, other)
        do throws(Errno) {
            try first.bridge(to: second)
        } catch {
            unlink(one, other)
            throw error
        }
        passOnWaiting(one, other)
    }

    private func link(_ one: SessionRecord, _ other: SessionRecord) {
        one.isBridged = true
        other.isBridged = true
        one.bridge = other
        other.bridge = one
    }

    private func unlink(_ several: SessionRecord...) {
        for session in several {
            session.isBridged = false
            session.bridge = nil
        }
    }

    /// What was read but not taken yet, and what the kernel has queued.
    private func passOnWaiting(_ several: SessionRecord...) {
        for session in several {
            events.removeAll { event in
                guard case .frame(session.key, let frame, from: _) = event else { return false }
                passOn(frame, of: session)
                return true
            }
            read(session, .channel, limit: Self.mostQueued)
        }
    }

    /// Sends a frame that a bridged session received by its other side; without one it is dropped.
    func passOn(_ frame: [UInt8], of session: SessionRecord) {
        if let other = session.bridge { send(frame, on: other.key, via: .channel) }
    }
}
