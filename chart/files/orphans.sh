#!/bin/sh
# Removes the job pods that a killed manager of this name has left behind, and then becomes GitLab Runner.
# usage: orphans.sh gitlab-runner run --config FILE
# environment: POD_NAME and POD_NAMESPACE of the manager, JOB_NAMESPACES of its jobs, with blanks between them
# What is in the way, such as an API server that does not answer, keeps the manager from its jobs for half a minute at most.
set -u
account=${SERVICE_ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}
selector=podrunner%2Fmanager%3D$POD_NAME,podrunner%2Fmanager-namespace%3D$POD_NAMESPACE
case $KUBERNETES_SERVICE_HOST in
*:*) server="[$KUBERNETES_SERVICE_HOST]:$KUBERNETES_SERVICE_PORT" ;;
*) server="$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT" ;;
esac
# A process without an init process before it ignores signals that it does not trap.
trap 'exit 0' TERM INT QUIT

say() { echo "podrunner: $*" >&2; }

# One request for all pods with the labels: no name is taken from what a job could have written. The token stays out of
# the arguments, which others on the node can see.
remove() {
  printf 'header = "Authorization: Bearer %s"\n' "$(cat "$account/token")" |
    curl --config - --request DELETE --cacert "$account/ca.crt" --noproxy '*' --globoff --max-time 5 \
      --fail --silent --show-error --output /dev/null \
      "https://$server/api/v1/namespaces/$1/pods?labelSelector=$selector"
}

left=$JOB_NAMESPACES
why=
end=$(($(date +%s) + 25))
while [ -n "$left" ] && [ -z "$why" ]; do
  again=
  for namespace in $left; do
    [ "$(date +%s)" -lt "$end" ] && remove "$namespace" || again="$again $namespace"
  done
  left=$again
  if ! command -v curl >/dev/null; then
    why="the image has no curl"
  elif [ "$(date +%s)" -ge "$end" ]; then
    why="see above"
  elif [ -n "$left" ]; then
    sleep 2 &
    wait $!
  fi
done
if [ -n "$left" ]; then
  say "job pods that $POD_NAME may have left behind when it was killed stay until their deadlines, in:$left ($why)."
else
  say "no job pod is left that $POD_NAME left behind when it was killed, in: $JOB_NAMESPACES"
fi
exec "$@"
