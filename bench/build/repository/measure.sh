#!/bin/bash
# Builds the Containerfiles of this folder by the podman that is here, $REPEAT times or until $PATIENCE seconds are
# over, and prints for each build
#   podrunner-bench-build <folder> <nanoseconds> <bytes of the graph root>
# $FILES: how many small files each folder of the one context has; $MEGABYTES: size of each file of the other.
set -euo pipefail
cd "$(dirname "$0")"
say() { echo "podrunner-bench-build $*"; }

# In podman's user namespace, where there is one: layers belong to subordinate ids.
inside=()
if podman unshare true 2>/dev/null; then inside=(podman unshare); fi
graph_root=$(podman info --format '{{.Store.GraphRoot}}')

for folder in one two; do
  mkdir -p "many-small-files/$folder" "few-big-files/$folder"
  (cd "many-small-files/$folder" && seq "$((FILES * 20))" | split -l 20 -a 5 -d - file-)
  head -c "${MEGABYTES}M" /dev/urandom >"few-big-files/$folder/big"
done
podman pull --quiet "$(sed -n 's/^FROM //p' many-small-files/Containerfile)"
say podman "$(podman version --format '{{.Client.Version}}')"
case "$(podman info --format '{{.Store.GraphDriverName}} {{.Store.GraphOptions}}')" in
  *mount_program*) say driver fuse-overlayfs ;;
  *) say driver "$(podman info --format '{{.Store.GraphDriverName}}')" ;;
esac
say file-system "$(df --output=fstype "$graph_root" | tail -n 1)"

SECONDS=0
for round in $(seq "$REPEAT"); do
  if [ "$round" -gt 1 ] && [ "$SECONDS" -ge "$PATIENCE" ]; then break; fi
  for context in many-small-files few-big-files; do
    # What was written before is not to be written while the clock runs.
    sync
    begin=$(date +%s%N)
    podman build --quiet --no-cache --build-arg "COUNT=$FILES" --tag "bench-$context" "$context" >/dev/null
    end=$(date +%s%N)
    bytes=$("${inside[@]}" du --summarize --block-size=1 "$graph_root")
    say "$context" "$((end - begin))" "${bytes%%[[:space:]]*}"
    podman rmi "bench-$context" >/dev/null
  done
done
