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
    /// No frame is lost or doubled. The kernel queues what it receives until the channels are joined (32 frames each,
    /// many more than come in this moment) and passes on what it receives from then on. The queues are read before and
    /// behind that, and whatever a processor was about to queue just then is read and passed on like any other frame.
    ///
    /// Order is kept but at one point that the kernel leaves open: it has no call that joins channels and takes what
    /// they have queued in one, and it passes on at once, with nothing that could hold a frame back. One that comes
    /// between the last look into its empty queue and the joining waits there until the second pass; another that comes
    /// between the joining and that pass overtakes it. So it takes two frames of one sender within the two system calls
    /// before the joining and the two behind it: microseconds, or as long as the thread loses its processor there.
    ///
    /// Only who may speak before the call is connected can be hit, a subscriber or the caller's LAC: the other end of
    /// the call hears of it by the ICCN, which goes out behind the bridge. `one` is who may speak: its queue is the last
    /// that is looked into before the joining, and the first behind it. And PPP is still negotiating then, where either
    /// side speaks and waits for an answer or for a timer of seconds: data flows when a network protocol is open, which
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
        passOnWaiting(other, one)
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
