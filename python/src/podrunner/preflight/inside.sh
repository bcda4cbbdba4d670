# What the kernel says of this process and this node. Nothing here may end the script: it runs under `bash -eu`.
tell() { echo "podrunner-preflight $1=$2"; }
first_line() { local line=""; { read -r line <"$1"; } 2>/dev/null || true; echo "${line//$'\0'/}"; }
tell uid "$(id -u)"
while read -r key value; do
  case $key in
    CapBnd:) tell bounding "$value" ;;
    NoNewPrivs:) tell no_new_privileges "$value" ;;
    Seccomp:) tell seccomp "$value" ;;
  esac
done </proc/self/status
lines=""
while read -r line; do lines="$lines$line,"; done </proc/self/uid_map
tell id_map "$lines"
tell user_namespaces "$(first_line /proc/sys/user/max_user_namespaces)"
tell modules "$(first_line /sys/kernel/security/lsm)"
tell label "$( (tr -d '\0' </proc/self/attr/current) 2>/dev/null || true)"
# Being there is not enough: the device cgroup may deny it.
if [ -c /dev/fuse ]; then
  if (: <>/dev/fuse) 2>/dev/null; then tell fuse yes; else tell fuse denied; fi
else
  tell fuse no
fi
