import Glibc
import Linux

/// What the kernel is asked for: the same refusal means different things.
enum KernelTask: Hashable {
    case find, show, addTunnel, addSession, modify, delete, monitor
}

extension Failure {
    /// The kernel's refusal of something: "tunnel 10 is not added".
    static func kernel(_ what: String, _ task: KernelTask, _ error: Errno) -> Failure {
        .kernel(what: what, reason: "\(error)", advice: advice(error.code, task))
    }

    static func noKernelObject(_ what: String) -> Failure {
        .kernel(
            what: "the kernel has no \(what)", reason: "in this network namespace",
            advice: "\"l2tpctl kernel show\" lists what it has")
    }

    private static func advice(_ code: Int32, _ task: KernelTask) -> String {
        switch (task, code) {
        case (_, EPERM): "run this as root, or with CAP_NET_ADMIN in this network namespace"
        case (.find, _):
            "this kernel has no L2TP to talk to: \"modprobe l2tp_netlink\", or boot a kernel that has the module"
        case (.addTunnel, EEXIST):
            "the id is in use, by L2TPv2 or L2TPv3: choose another, or look at \"l2tpctl kernel show tunnels\""
        case (.addTunnel, EADDRINUSE):
            "another socket has the UDP port at this address: choose another --local-port, or end the program that has it"
        case (.addTunnel, EADDRNOTAVAIL):
            "this host has no such local address (yet): \"ip address\" shows those that it has, an IPv6 one must not be tentative"
        case (.addTunnel, ENETUNREACH), (.addTunnel, EHOSTUNREACH):
            "there is no way to the remote address: \"ip route get\" shows where packets to it would go"
        case (.addTunnel, EPROTONOSUPPORT), (.addTunnel, EAFNOSUPPORT), (.addTunnel, ESOCKTNOSUPPORT):
            "the kernel lacks this encapsulation: \"modprobe l2tp_ip\", over IPv6 \"modprobe l2tp_ip6\""
        case (.addSession, EEXIST):
            "the session id is in use (L2TPv3's are unique in a network namespace), or the interface's name is"
        case (.addSession, EPROTONOSUPPORT):
            "the kernel lacks what the session shall carry: \"modprobe l2tp_eth\" for Ethernet, \"modprobe l2tp_ppp\" for PPP"
        case (.addSession, EINVAL): "the kernel takes no such value: is the interface's name a good one?"
        case (_, ENODEV): "there is none (any more) in this network namespace: look at \"l2tpctl kernel show\""
        case (_, EBUSY), (_, EAGAIN): "the kernel is at it already: try again"
        case (_, ENOBUFS), (_, ENOMEM): "the kernel is short of memory: try again when it has some"
        default: "the kernel's log (dmesg) may tell more"
        }
    }
}
