"""Takes the kernel's events away from a running daemon, from outside: nothing in the daemon knows of it."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

SOL_NETLINK = 270
DROP_MEMBERSHIP = 2
LIST_MEMBERSHIPS = 9
PIDFD_GETFD = 438  # of every architecture
GROUPS = 256


def deafen(pid: int) -> int:
    """The daemon's sockets leave every group that they have joined; returns how many memberships that ended."""
    ended = 0
    for number in _netlink_sockets(pid):
        with _descriptor_of(pid, number) as copy:
            joined = int.from_bytes(copy.getsockopt(SOL_NETLINK, LIST_MEMBERSHIPS, GROUPS // 8), "little")
            for group in range(1, GROUPS):
                if joined >> (group - 1) & 1:
                    copy.setsockopt(SOL_NETLINK, DROP_MEMBERSHIP, group)
                    ended += 1
    return ended


def lost_events(pid: int) -> int:
    """Messages that the kernel could not queue for the daemon, over all of its netlink sockets."""
    return sum(int(columns[8]) for columns in _netlink_sockets(pid).values())


def _netlink_sockets(pid: int) -> dict[int, list[str]]:
    """The lines of /proc/net/netlink about the daemon's sockets, by descriptor."""
    lines = [line.split() for line in Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]]
    by_inode = {columns[9]: columns for columns in lines}
    found = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        inode = os.readlink(entry).removeprefix("socket:[").removesuffix("]")
        if inode in by_inode:
            found[int(entry.name)] = by_inode[inode]
    return found


def _descriptor_of(pid: int, number: int) -> socket.socket:
    """Our own descriptor of another process's socket."""
    process = os.pidfd_open(pid)
    try:
        copy = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, process, number, 0)
        if copy < 0:
            raise OSError(ctypes.get_errno(), f"pidfd_getfd of descriptor {number} of process {pid}")
        return socket.socket(fileno=copy)
    finally:
        os.close(process)
