#!/bin/bash
# Runs measure.sh as the root of a privileged container: /bench is the folder with everything, /podrunner the volume.
set -euo pipefail
# Root's podman would raise these limits, which not every host allows; in job pods it leaves them as they are.
limit() { ulimit "$1" | sed 's/unlimited/-1/; s/.*/&:&/'; }
cat >/podrunner/containers.conf <<EOF
[containers]
default_ulimits = ["nofile=$(limit -Hn)", "nproc=$(limit -Hu)"]
EOF
cp -r /bench/repository /podrunner/work
exec bash /podrunner/work/measure.sh
