#!/bin/sh
# Writes config.toml with its secrets, in memory: GitLab Runner expands no variables but that of the token.
# usage: assemble.sh [once]    without "once", it writes the file again whenever config.toml or a secret changes
set -eu
config=/etc/podrunner/config/config.toml
credentials=/etc/podrunner/credentials
into=/etc/gitlab-runner
umask 077
trap 'exit 0' TERM INT QUIT

# A secret as TOML writes it between quotation marks, without line breaks at its end.
text() {
  printf '%s' "$(tr -d '\r' <"$1" | sed 's/[\\"]/\\&/g')" | {
    joined=
    while IFS= read -r line || [ -n "$line" ]; do
      joined="$joined${joined:+\\n}$line"
    done
    printf '%s' "$joined"
  }
}

assemble() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    *' = "@podrunner-secret:'*'@"')
      name=${line##*@podrunner-secret:}
      line="${line%%@podrunner-secret:*}$(text "$credentials/${name%@*}")\""
      ;;
    esac
    printf '%s\n' "$line"
  done <"$config" >"$into/.next"
  # At once, because GitLab Runner may read the file at any time.
  mv "$into/.next" "$into/config.toml"
}

last=
while :; do
  now=$(cat "$config" "$credentials"/*)
  if [ "$now" != "$last" ]; then
    assemble
    last=$now
  fi
  [ "${1:-}" != once ] || exit 0
  sleep 3 &
  wait $!
done
