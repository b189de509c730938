// The headers of libnl and of the two netlink families that `Netlink` speaks, gathered because a system library's
// module map cannot name headers relative to the include path.
#pragma once
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/l2tp.h>
#include <linux/rtnetlink.h>
