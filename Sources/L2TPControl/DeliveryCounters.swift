/// What reliable delivery met with, counted since the tunnel began.
package struct DeliveryCounters: Equatable, Sendable {
    /// Messages sent again.
    package var retransmissions = 0
    /// Messages that came again.
    package var duplicates = 0
    /// Messages that came before their turn and were kept.
    package var reordered = 0
    /// Messages dropped because they lay beyond our receive window.
    package var outsideWindow = 0
    /// Acknowledgements of what was never sent, ignored.
    package var wildAcknowledgements = 0

    package init() {}

    package mutating func add(_ other: Self) {
        retransmissions += other.retransmissions
        duplicates += other.duplicates
        reordered += other.reordered
        outsideWindow += other.outsideWindow
        wildAcknowledgements += other.wildAcknowledgements
    }
}
