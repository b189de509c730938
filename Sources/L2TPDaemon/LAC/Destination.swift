import Configuration
import DataPlane
import L2TPWire
import PPP

/// Where the PPP of one subscriber ends, whichever way he came: here by a `[[ppp]]`, or at an LNS that takes his link
/// over.
final class Destination {
    /// What an LNS is to judge, for as long as the link waits for it.
    struct Claim {
        enum Word {
            /// What the link's peer has said to us; nil: nobody was asked for a name.
            case link(AuthenticationRequest?)
            /// What a LAC says of him. The link has not begun, and need not.
            case proxied(ICCN)
        }

        var word: Word
        var group: TunnelGroup
    }

    private let lns: LNS
    weak var session: PPPSession?
    private(set) var claim: Claim?
    /// The name that was last claimed.
    private(set) var user: String?
    /// The call to an LNS, from when one is asked for it.
    var call: RelayedCall?
    /// How PPP ends here, if it does.
    private(set) var termination: PPPTermination

    init(_ lns: LNS, by profile: PPPProfile) {
        self.lns = lns
        termination = PPPTermination(lns, by: profile)
    }

    /// Whether an LNS is to take the link over of somebody who ends there and says this.
    func decide(_ ending: Realm.Ending, for user: String?, _ word: Claim.Word) -> Bool {
        self.user = user
        switch ending {
        case .here(let profile):
            claim = nil
            if termination.profile != profile {
                termination.end()
                termination = PPPTermination(lns, by: profile)
            }
            return false
        case .tunnel(let group):
            claim = Claim(word: word, group: group)
            return true
        }
    }

    /// Nothing of the session is left.
    func end() {
        termination.end()
        call = nil
    }
}

/// The role of a subscriber's session, whichever way he came: by PPPoE, or by a call that a LAC brought.
protocol SubscriberRole: TerminatingRole {
    var destination: Destination { get }
    /// What connects the call to the LNS that takes the link over.
    func connection(for handover: Handover) -> ICCN
}

extension SubscriberRole {
    var isSwitched: Bool { destination.claim != nil }

    /// Of who ends here the link knows it.
    var user: String? { destination.claim == nil ? nil : destination.user }
    var termination: PPPTermination { destination.termination }

    func began(_ session: PPPSession) {
        destination.session = session
    }
}
