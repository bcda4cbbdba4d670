#!/bin/sh
# Runs GitLab Runner; when the pod is to stop, lets it end its jobs, and then takes this manager off GitLab's list.
# usage: unregister.sh gitlab-runner run --config FILE
set -u
umask 077
copy=${UNREGISTER_COPY:-/etc/podrunner/unregister/config.toml}
command=$1
for config; do :; done
runner=
stopping=

say() { echo "podrunner: $*" >&2; }

# Whatever the signal, the runner gets the one on which it takes no new job and waits for those that run.
stop() {
  stopping=yes
  [ -z "$runner" ] || kill -QUIT "$runner" 2>/dev/null
}

# A token that is not of the kind glrt- is that of the whole runner: GitLab would delete it, with all its managers.
only_managers() {
  sed -n 's/^ *token = "\(.*\)"$/\1/p' "$copy" | {
    while IFS= read -r token; do
      case $token in '$'*) token=$(printenv "${token#?}") ;; esac
      case $token in glrt-*) ;; *) return 1 ;; esac
    done
  }
}

unregister() {
  cat "$config" >"$copy" || return 1
  if only_managers; then
    timeout 60 "$command" unregister --all-runners --config "$copy"
  else
    say "not unregistered: a token does not begin with glrt-"
  fi
  rm -f "$copy"
}

trap stop TERM QUIT INT
"$@" &
runner=$!
[ -z "$stopping" ] || kill -QUIT "$runner" 2>/dev/null
while :; do
  wait "$runner"
  status=$?
  # A signal ends `wait`, not the runner.
  kill -0 "$runner" 2>/dev/null || break
done
# Nobody asked it to end: the container starts again, as the same manager.
[ -z "$stopping" ] || unregister || say "not unregistered: the manager stays on GitLab's list"
exit "$status"
