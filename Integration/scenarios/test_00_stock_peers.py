"""The lab proves itself: two stock peers over kernel L2TP, before the daemon is judged by the same means."""

import capture
from kernel import assert_carries_data, assert_mirrored, ppp_interfaces, tunnels, wait_for_ppp
from network import CLIENT, LNS, Network, wait_until
from xl2tpd import XL2TPD, Call


def test_scenario_00_two_stock_peers_in_kernel_mode(network: Network):
    server = XL2TPD(network.lns, secret="tunnel-secret").serve({"alice": "sesame-of-alice"})
    client = XL2TPD(network.client, secret="tunnel-secret").dial(Call())
    (interface,) = wait_for_ppp(network.client)
    assert_mirrored(network.lns, network.client, count=1)
    (tunnel,) = tunnels(network.lns)
    assert (tunnel.local, tunnel.remote) == (LNS, CLIENT)
    assert interface.remote == "100.64.0.1"
    assert_carries_data(network.client, interface)
    assert "CHAP authentication succeeded" in client.ppp_output()

    client.disconnect()
    wait_until("the call is gone at both ends", lambda: not ppp_interfaces(network.lns) and network.settled())
    assert server.process.running() and client.process.running()
    messages = capture.control(network.pcap)
    assert {"SCCRQ", "SCCRP", "SCCCN", "ICRQ", "ICRP", "ICCN", "StopCCN"} <= {each.type for each in messages}
