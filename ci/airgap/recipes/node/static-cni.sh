#!/bin/bash
# The node's network for pods: the CNI file with the node's own subnet, and routes to the subnets of the other nodes.
#
# The file is put in place only once kube-proxy serves the "kubernetes" service: the node gets Ready then, and no pod's
# packet to a service address leaves the node untranslated. The REJECT rules keep later ones (unknown services) in, too.

# setting NAME: a value of the section "networking" of kubeadm's configuration, which kind gives to every node
setting() { awk -v key="$1:" '$1 == key {gsub("\"", "", $2); print $2; exit}' /kind/kubeadm.conf 2>/dev/null; }

# nodes ARGUMENT...: asks the API server with the rights of the node's kubelet
nodes() { kubectl --kubeconfig /etc/kubernetes/kubelet.conf get nodes "$@" 2>/dev/null; }

# rule ARGUMENT...: adds an iptables rule once, as the service may start again
rule() {
  local table=$1 chain=$2
  shift 2
  iptables -w -t "$table" -C "$chain" "$@" 2>/dev/null || iptables -w -t "$table" -A "$chain" "$@"
}

until services=$(setting serviceSubnet) && pods=$(setting podSubnet) && [ -n "$services" ] && [ -n "$pods" ]; do sleep 0.2; done
for chain in OUTPUT FORWARD; do rule filter $chain -d "$services" -j REJECT; done
until { iptables-save -t nat; nft list table ip kube-proxy; } 2>/dev/null | grep -q default/kubernetes; do sleep 0.2; done
until subnet=$(nodes "$HOSTNAME" -o jsonpath='{.spec.podCIDR}') && [ -n "$subnet" ]; do sleep 0.5; done
# Pods keep their addresses towards pods of every node.
rule nat POSTROUTING -s "$subnet" ! -d "$pods" -j MASQUERADE
sed "s#@SUBNET@#$subnet#" /kind/10-static.conflist >/etc/cni/net.d/.new
mv /etc/cni/net.d/.new /etc/cni/net.d/10-static.conflist

# A watch says what there is and what changes, and ends when the API server does.
line='{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}'
while sleep 1; do
  nodes --watch --output jsonpath="$line" | while read -r name subnet address; do
    [ "$name" = "$HOSTNAME" ] || [ -z "$address" ] || ip route replace "$subnet" via "$address"
  done
done
