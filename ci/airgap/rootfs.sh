# shellcheck shell=bash
# Sourced by recipes: Debian root file systems.

# debian FILE.tar SUITE VARIANT PACKAGE,... [mmdebstrap option...]: a layer without documentation and device files,
# with extended attributes (newuidmap's capabilities)
debian() {
  local file=$1 suite=$2 variant=$3 packages=$4
  shift 4
  mmdebstrap --variant="$variant" --include="$packages" --skip=output/dev \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' "$@" "$suite" "$file"
}

# layer FILE.tar FOLDER: the folder's content, owned by root
layer() {
  tar -C "$2" --sort=name --owner=0 --group=0 --numeric-owner --xattrs --xattrs-include='*' -cf "$1" .
}
