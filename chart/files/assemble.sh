#!/bin/sh
# Writes config.toml with its secrets, in memory: GitLab Runner expands no variables but that of the token.
# usage: assemble.sh [once]    without "once", it writes the file again whenever config.toml or a secret changes
# A runner one of whose secrets is not there is left out, and the others go on without it.
# Where POD_NAME is set, it becomes the label podrunner/manager of job pods.
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

# The name of the secret that a line asks for, nothing for other lines.
wanted() {
  case $1 in
  *' = "@podrunner-secret:'*'@"')
    wanted=${1##*@podrunner-secret:}
    wanted=${wanted%@*}
    ;;
  *) wanted= ;;
  esac
}

# Numbers of the runners that lack a secret, each between blanks.
missing() {
  runner=0
  out=' '
  while IFS= read -r line || [ -n "$line" ]; do
    [ "$line" != '[[runners]]' ] || runner=$((runner + 1))
    wanted "$line"
    if [ -n "$wanted" ] && [ "$runner" -gt 0 ] && [ ! -e "$credentials/$wanted" ]; then
      echo "Runner ${wanted%%.*} is left out of config.toml: there is no Secret, or no such key in it, for its ${wanted#*.}. Create it, and the runner takes jobs a minute or two later." >&2
      out="$out$runner "
    fi
  done <"$config"
}

assemble() {
  missing
  runner=0
  while IFS= read -r line || [ -n "$line" ]; do
    [ "$line" != '[[runners]]' ] || runner=$((runner + 1))
    case $out in *" $runner "*) continue ;; esac
    wanted "$line"
    if [ -n "$wanted" ]; then
      line="${line%%@podrunner-secret:*}$(text "$credentials/$wanted")\""
    fi
    case ${POD_NAME:+$line} in
    ' '*'"podrunner/manager" = "'*'"') line="${line%%=*}= \"$POD_NAME\"" ;;
    esac
    printf '%s\n' "$line"
  done <"$config" >"$into/.next"
  # At once, because GitLab Runner may read the file at any time.
  mv "$into/.next" "$into/config.toml"
}

last=
while :; do
  now=$(cat "$config" "$credentials"/* 2>/dev/null || :)
  if [ "$now" != "$last" ]; then
    assemble
    last=$now
  fi
  [ "${1:-}" != once ] || exit 0
  sleep 3 &
  wait $!
done
