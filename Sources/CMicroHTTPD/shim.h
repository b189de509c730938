// GNU libmicrohttpd, and what of it Swift cannot call: a variadic function, a union, and a cast in a macro.
#pragma once
#include <microhttpd.h>

/// MHD_start_daemon() on a socket that listens, without any thread: it works when MHD_run() is called. It owns the socket
/// from now on. `seconds` is how long a connection may be silent.
static inline struct MHD_Daemon *cmicrohttpd_start(MHD_socket listener, MHD_AccessHandlerCallback answer, void *context,
                                                   unsigned int connections, unsigned int seconds) {
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, answer, context,
                            MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, connections,
                            MHD_OPTION_CONNECTION_TIMEOUT, seconds, MHD_OPTION_END);
}

/// MHD_get_daemon_info() with MHD_DAEMON_INFO_EPOLL_FD; -1 where there is none.
static inline int cmicrohttpd_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *information = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return information ? information->epoll_fd : -1;
}

/// MHD_get_timeout(): the milliseconds after which MHD_run() is due; -1 when it is not.
static inline long long cmicrohttpd_timeout(struct MHD_Daemon *daemon) {
    MHD_UNSIGNED_LONG_LONG milliseconds;
    return MHD_get_timeout(daemon, &milliseconds) == MHD_YES ? (long long)milliseconds : -1;
}
