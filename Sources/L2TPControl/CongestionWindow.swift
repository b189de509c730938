/// How many messages may be unacknowledged: slow start and congestion avoidance (RFC 2661 appendix A), within the
/// peer's Receive Window Size.
package struct CongestionWindow: Equatable, Sendable {
    /// The peer's Receive Window Size (RFC 2661 section 4.4.3), 1 to 65,535; 4 while it has not told another.
    package private(set) var receiveWindow: Int
    /// CWND: messages that may be outstanding now, 1 to `receiveWindow`.
    package private(set) var size = 1
    /// SSTHRESH: below it the window grows by one an acknowledgement, from it on by one a window.
    package private(set) var threshold: Int
    /// Acknowledgements since the window last grew in congestion avoidance: `1/CWND` each, in whole numbers.
    private var credit = 0

    package init(receiveWindow: Int = 4) {
        self.receiveWindow = max(receiveWindow, 1)
        threshold = self.receiveWindow
    }

    /// The peer told its Receive Window Size. Before any loss the threshold is that window.
    package mutating func adopt(receiveWindow: Int) {
        self.receiveWindow = max(receiveWindow, 1)
        threshold = self.receiveWindow
        size = min(size, self.receiveWindow)
    }

    /// A message acknowledged something new.
    package mutating func acknowledged() {
        guard size < receiveWindow else { return }
        if size < threshold {
            size += 1
        } else {
            credit += 1
            if credit >= size {
                credit = 0
                size += 1
            }
        }
    }

    /// The retransmission timer fired: half the window becomes the threshold, and slow start begins again.
    package mutating func lost() {
        threshold = max(size / 2, 1)
        size = 1
        credit = 0
    }
}
