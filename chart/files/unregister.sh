#!/bin/sh
# Runs GitLab Runner. When the pod stops, it lets the runner end its jobs, and then removes this manager from GitLab's list.
# usage: unregister.sh gitlab-runner run --config FILE
set -u
umask 077
copy=${UNREGISTER_COPY:-/etc/podrunner/unregister/config.toml}
command=$1
for config; do :; done
runner=
stopping=
told=

say() { echo "podrunner: $*" >&2; }

# Whether the runner would lose SIGQUIT. A shell starts a background process with SIGQUIT ignored, and it stays ignored until
# the runner installs its handler (third bit of SigIgn). Before that, the process is a copy of this shell for a moment (flag
# 0x40 in its stat: it has not executed a program yet), which would catch the signal and forget it. If /proc does not tell,
# as in some sandboxes, the signal is sent at once. sed, because bash's read goes back in a file that changes meanwhile.
deaf() {
  read -r stat 2>/dev/null <"/proc/$runner/stat" || return 1
  set -- ${stat##*) }
  [ "$1" != Z ] || return 1
  [ $((${7:-0} & 0x40)) = 0 ] || return 0
  [ -n "$(sed -n '/^SigIgn:.*[4-7c-f]$/p' "/proc/$runner/status" 2>/dev/null)" ]
}

# Whatever the signal, the runner gets SIGQUIT, on which it takes no new jobs and waits for its running ones. A runner that
# has not installed its own handler yet ends with a stack trace of Go, but it has no jobs either.
stop() {
  stopping=yes
  interrupted=yes
  [ -n "$runner" ] && [ -z "$told" ] || return 0
  told=yes
  while deaf; do sleep 0.1; done
  kill -QUIT "$runner" 2>/dev/null
}

# Without glrt-, a token stands for the whole runner: GitLab would delete the runner, with all its managers.
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
# A signal came before the runner was started.
[ -z "$stopping" ] || stop
status=
while :; do
  interrupted=
  wait "$runner" 2>/dev/null
  ended=$?
  # 127: an earlier wait returned the status, and the shell has forgotten it.
  [ "$ended" = 127 ] && [ -n "$status" ] || status=$ended
  # A signal ends `wait`, not the runner.
  [ -n "$interrupted" ] || break
done
# If the runner ended by itself, the container starts again, as the same manager.
[ -z "$stopping" ] || unregister || say "not unregistered: the manager stays on GitLab's list"
exit "$status"
