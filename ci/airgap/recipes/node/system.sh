# shellcheck shell=bash disable=SC2154
# Sourced by the recipe: the node's own files, in $root. They follow the Dockerfile of kind's base image ($kind).

add_kind_files() {
  local base=$kind/images/base/files
  install -d "$root"/{kind/bin,kind/manifests,etc/containerd,etc/kubernetes/manifests,opt/cni/bin,etc/cni/net.d}
  cp -r --no-preserve=mode "$base/etc/." "$root/etc/"
  cp -r --no-preserve=mode "$base/kind/." "$root/kind/"
  cp --no-preserve=mode "$base/usr/local/bin/"* "$root/usr/local/bin/"
  chmod 755 "$root/kind/bin/"* "$root/usr/local/bin/"*
  echo -n "v$K8S_VERSION" >"$root/kind/version"
  sed -i "s#registry.k8s.io/pause:[0-9.]*#registry.k8s.io/pause:$PAUSE_VERSION#" "$root/etc/containerd/config.toml"
  # One flavour of iptables for the node and for kube-proxy; detection finds none before kubelet has run.
  sed -i 's#^  log_info "setting iptables to detected mode#  mode=nft\n&#' "$root/usr/local/bin/entrypoint"
  grep -q mode=nft "$root/usr/local/bin/entrypoint"
}

set_up_services() {
  local units=$root/lib/systemd/system
  rm -f "$units"/{multi-user,local-fs,basic}.target.wants/* "$root"/etc/systemd/system/*.wants/* \
    "$units"/sockets.target.wants/{*udev*,*initctl*} "$units/sysinit.target.wants/systemd-tmpfiles-setup.service"
  echo ReadKMsg=no >>"$root/etc/systemd/journald.conf"
  chroot "$root" systemctl enable -q kubelet.service containerd.service undo-mount-hacks.service
  chroot "$root" systemctl mask -q systemd-binfmt.service
}

add_binaries() {
  install -m 755 "$PARTS"/containerd/{containerd,containerd-shim-runc-v2,ctr} "$root/usr/local/bin/"
  install -m 755 "$PARTS/runc/runc" "$root/usr/local/sbin/runc"
  install -m 755 "$PARTS"/kubernetes/{kubelet,kubeadm,kubectl} "$root/usr/bin/"
  mv "$root"/usr/lib/cni/{ptp,host-local,loopback,portmap,bridge} "$root/opt/cni/bin/"
  rm -rf "$root/usr/lib/cni"
  "$PARTS/containerd/ctr" oci spec |
    jq '.hooks.createContainer += [{path: "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' >"$root/etc/containerd/cri-base.json"
}

# In place of a network plugin's DaemonSet: a service of each node writes the CNI file and sets the routes.
add_network() {
  install -m 644 "$here/10-static.conflist" "$root/kind/10-static.conflist"
  install -m 644 "$here/default-cni.yaml" "$root/kind/manifests/default-cni.yaml"
  install -m 755 "$here/static-cni.sh" "$root/kind/bin/static-cni.sh"
  install -m 644 "$here/static-cni.service" "$root/etc/systemd/system/static-cni.service"
  chroot "$root" systemctl enable -q static-cni.service
}

# The manifest of kind's default storage class is a string in its source.
add_storage() {
  awk '/^const defaultStorageManifest = `/ {p = 1; next} p && /^`$/ {exit} p' "$kind/pkg/build/nodeimage/const_storage.go" |
    sed -e "s#\` + storageProvisionerImage + \`#docker.io/kindest/local-path-provisioner:v$LOCAL_PATH_VERSION#" \
      -e "s#\` + storageHelperImage + \`#docker.io/kindest/local-path-helper:v$LOCAL_PATH_VERSION#" >"$root/kind/manifests/default-storage.yaml"
  grep -q 'kind: StorageClass' "$root/kind/manifests/default-storage.yaml"
}
