#!/bin/bash
# Puts the CNI file in place only once kube-proxy serves the "kubernetes" service: the node gets Ready then, and no pod's
# packet to a service address leaves the node untranslated. The REJECT rules keep later ones (unknown services) in, too.
until subnet=$(awk '$1 == "serviceSubnet:" {gsub("\"", "", $2); print $2; exit}' /kind/kubeadm.conf 2>/dev/null) && [ -n "$subnet" ]; do sleep 0.2; done
for chain in OUTPUT FORWARD; do
  iptables -w -C $chain -d "$subnet" -j REJECT 2>/dev/null || iptables -w -A $chain -d "$subnet" -j REJECT
done
until { iptables-save -t nat; nft list table ip kube-proxy; } 2>/dev/null | grep -q default/kubernetes; do sleep 0.2; done
cp /kind/10-static.conflist /etc/cni/net.d/
