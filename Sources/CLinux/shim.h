// What Swift cannot import from Linux's headers: function-like macros, packed structures, and what glibc declares for
// GNU sources only.
#pragma once
#include <linux/if_packet.h>
#include <linux/if_ppp.h>
#include <linux/ppp-ioctl.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

// GNU declarations.
extern const char *strerrorname_np(int code);
extern const char *strerrordesc_np(int code);
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int unshare(int flags);
extern int setns(int descriptor, int type);
extern int pidfd_open(pid_t process, unsigned int flags);
static const int clinux_CLONE_NEWNET = 0x40000000;

// linux/if_pppox.h, which has them, brings packed structures along.
static const int clinux_PX_PROTO_OE = 0;
static const int clinux_PX_PROTO_OL2TP = 1;
// Options of such a socket (linux/if_pppol2tp.h, which brings them along too).
static const int clinux_SOL_PPPOL2TP = 273;
static const int clinux_PPPOL2TP_SO_RECVSEQ = 2;
static const int clinux_PPPOL2TP_SO_SENDSEQ = 3;

// Not of linux/if_arp.h, which declares again what net/if.h has.
static const int clinux_ARPHRD_ETHER = 1;

// ioctl requests are made by macros.
static const unsigned long clinux_PPPIOCGUNIT = PPPIOCGUNIT;
static const unsigned long clinux_PPPIOCCONNECT = PPPIOCCONNECT;
static const unsigned long clinux_PPPIOCATTCHAN = PPPIOCATTCHAN;
static const unsigned long clinux_PPPIOCGCHAN = PPPIOCGCHAN;
static const unsigned long clinux_PPPIOCBRIDGECHAN = _IOW('t', 53, int); // Linux 5.11; not in older headers
static const unsigned long clinux_PPPIOCSNPMODE = PPPIOCSNPMODE;
static const unsigned long clinux_PPPIOCGNPMODE = PPPIOCGNPMODE;

/// struct ucred of unix(7).
struct clinux_credentials {
    pid_t process;
    uid_t user;
    gid_t group;
};

/// The address that a datagram was sent to, as its IP header says; family is 0 where the kernel told none.
struct clinux_local_address {
    sa_family_t family;
    unsigned char octets[16];
};

/// recvmsg() of one datagram with IP_PKTINFO or IPV6_RECVPKTINFO set: the CMSG macros are not imported.
static inline ssize_t clinux_receive(int descriptor, void *octets, size_t size, struct sockaddr_storage *source,
                                     struct clinux_local_address *local) {
    char control[128] __attribute__((aligned(8)));
    struct iovec part = {octets, size};
    struct msghdr message = {0};
    message.msg_name = source;
    message.msg_namelen = sizeof *source;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t count = recvmsg(descriptor, &message, MSG_DONTWAIT);
    local->family = 0;
    if (count < 0) return count;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        // struct in_pktinfo is {index, local, destination}, struct in6_pktinfo {destination, index}.
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == 8 /* IP_PKTINFO */) {
            local->family = AF_INET;
            memcpy(local->octets, CMSG_DATA(header) + 8, 4);
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == 50 /* IPV6_PKTINFO */) {
            local->family = AF_INET6;
            memcpy(local->octets, CMSG_DATA(header), 16);
        }
    }
    return count;
}

/// sendmsg() of one datagram from a given local address (family 0: the socket's own choice).
static inline ssize_t clinux_send(int descriptor, const void *octets, size_t size,
                                  const struct sockaddr_storage *destination, socklen_t destinationLength,
                                  const struct clinux_local_address *local) {
    char control[128] __attribute__((aligned(8)));
    struct iovec part = {(void *)octets, size};
    struct msghdr message = {0};
    message.msg_name = (void *)destination;
    message.msg_namelen = destinationLength;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (local->family != 0) {
        size_t length = local->family == AF_INET ? 12 : 20;
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(length);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_len = CMSG_LEN(length);
        if (local->family == AF_INET) {
            header->cmsg_level = IPPROTO_IP;
            header->cmsg_type = 8 /* IP_PKTINFO */;
            memcpy(CMSG_DATA(header) + 4, local->octets, 4);
        } else {
            header->cmsg_level = IPPROTO_IPV6;
            header->cmsg_type = 50 /* IPV6_PKTINFO */;
            memcpy(CMSG_DATA(header), local->octets, 16);
        }
    }
    return sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// connect() of an AF_PPPOX socket of protocol PX_PROTO_OL2TP to a session of an L2TPv2 tunnel. The kernel tells the
/// packed address structures apart by size alone (38 octets over IPv4, 50 over IPv6), takes the ids in host order and
/// ignores the socket address inside.
static inline int clinux_connect_pppol2tp(int descriptor, int overIPv6, int tunnelSocket, __u16 tunnel, __u16 session,
                                          __u16 peerTunnel, __u16 peerSession) {
    struct __attribute__((packed)) {
        __u16 family;
        __u32 protocol;
        __s32 process, socket;
        __u8 address[16];
        __u16 ids[4];
    } v4 = {24, 1, 0, tunnelSocket, {AF_INET}, {tunnel, session, peerTunnel, peerSession}};
    struct __attribute__((packed)) {
        __u16 family;
        __u32 protocol;
        __s32 process, socket;
        __u16 ids[4];
        __u8 address[28];
    } v6 = {24, 1, 0, tunnelSocket, {tunnel, session, peerTunnel, peerSession}, {AF_INET6}};
    _Static_assert(sizeof v4 == 38 && sizeof v6 == 50, "sizes of sockaddr_pppol2tp and sockaddr_pppol2tpin6");
    return overIPv6 ? connect(descriptor, (struct sockaddr *)&v6, sizeof v6)
                    : connect(descriptor, (struct sockaddr *)&v4, sizeof v4);
}

/// connect() of an AF_PPPOX socket of protocol PX_PROTO_OE: struct sockaddr_pppox is packed (30 octets) and has the session
/// id in network order. `interface` has fewer than 16 octets.
static inline int clinux_connect_pppoe(int descriptor, __u16 session, const unsigned char *peer,
                                       const unsigned char *interface, size_t interfaceLength) {
    struct __attribute__((packed)) {
        __u16 family;
        __u32 protocol;
        __u16 session;
        __u8 peer[6];
        char interface[16];
    } address = {24, 0, htons(session), {0}, {0}};
    _Static_assert(sizeof address == 30, "size of sockaddr_pppox");
    memcpy(address.peer, peer, sizeof address.peer);
    memcpy(address.interface, interface, interfaceLength);
    return connect(descriptor, (struct sockaddr *)&address, sizeof address);
}
