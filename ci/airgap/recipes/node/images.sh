# shellcheck shell=bash disable=SC2154
# Sourced by the recipe: the control plane's images, in the node's containerd store (pinned, not unpacked, as kind does).

# In /tmp because the address of a socket has to be short.
socket_folder=$(mktemp -d -p /tmp)
socket=$socket_folder/containerd.sock
containerd=
trap stop_containerd EXIT

start_containerd() {
  sed "s|@ROOT@|$root/var/lib/containerd|; s|@STATE@|$PWD/state|; s|@SOCKET@|$socket|" "$here/containerd.toml" >containerd.toml
  "$PARTS/containerd/containerd" -c containerd.toml >containerd.log 2>&1 &
  containerd=$!
  for _ in $(seq 100); do ! ctr version >/dev/null 2>&1 || return 0; sleep 0.1; done
  cat containerd.log >&2
  return 1
}

stop_containerd() {
  if [ -n "$containerd" ]; then
    kill "$containerd"
    wait "$containerd" || true
    containerd=
  fi
  rm -rf "$socket_folder"
}

ctr() { "$PARTS/containerd/ctr" -a "$socket" -n k8s.io "$@"; }

# import REFERENCE CONFIG: an image of what is in ./image, which is emptied
import() {
  layer image-layer.tar image
  archive image.tar "$1" "$2" image-layer.tar
  ctr images import --label=io.cri-containerd.pinned=pinned --all-platforms --no-unpack --digests image.tar >/dev/null
  rm -rf image image.tar image-layer.tar image-layer.tar.gz
}

# import_command REFERENCE FILE PATH CONFIG: an image of one executable
import_command() {
  install -D -m 755 "$PARTS/$2" "image$3"
  import "$1" "$4"
}

import_images() {
  local env='{"Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}' command
  start_containerd
  import_command "registry.k8s.io/pause:$PAUSE_VERSION" pause/pause /pause '{"Entrypoint": ["/pause"]}'
  for command in kube-apiserver kube-controller-manager kube-scheduler; do
    import_command "registry.k8s.io/$command:v$K8S_VERSION" "kubernetes/$command" "/usr/local/bin/$command" "$env"
  done
  import_command "registry.k8s.io/etcd:$ETCD_VERSION-0" etcd/etcd /usr/local/bin/etcd "$env"
  import_command "registry.k8s.io/coredns/coredns:v$COREDNS_VERSION" coredns/coredns /coredns '{"Entrypoint": ["/coredns"]}'
  import_command "docker.io/kindest/local-path-provisioner:v$LOCAL_PATH_VERSION" \
    local-path-provisioner/local-path-provisioner /usr/bin/local-path-provisioner "$env"
  import_local_path_helper
  import_kube_proxy "$env"
  ctr images ls -q | grep -v sha256
  stop_containerd
}

import_local_path_helper() {
  install -D -m 755 /usr/bin/busybox image/bin/busybox
  local applet
  for applet in sh mkdir rm cat ls echo chmod; do ln -s busybox "image/bin/$applet"; done
  import "docker.io/kindest/local-path-helper:v$LOCAL_PATH_VERSION" '{"Env": ["PATH=/bin"], "Cmd": ["/bin/sh"]}'
}

import_kube_proxy() {
  mkdir image
  tar -C image -xf proxy.tar --exclude='./dev/*'
  rm -rf image/usr/share image/var image/usr/lib/x86_64-linux-gnu/gconv
  install -D -m 755 "$PARTS/kubernetes/kube-proxy" image/usr/local/bin/kube-proxy
  local name
  for name in ip{,6}tables{,-save,-restore}; do ln -sf xtables-nft-multi "image/usr/sbin/$name"; done
  mkdir -p image/run image/tmp
  import "registry.k8s.io/kube-proxy:v$K8S_VERSION" "$1"
}
