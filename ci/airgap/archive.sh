# shellcheck shell=bash
# Sourced by recipes: image archives that podman and containerd load (the layout of `docker save`).

# archive FILE.tar REFERENCE CONFIG LAYER.tar...: CONFIG is the image's configuration as JSON, for example {"Cmd":["sh"]}.
# The layers are compressed: that halves the time to load them, and the room they take.
archive() {
  local file=$1 reference=$2 config=$3 folder sum layer sums=() names=()
  shift 3
  folder=$(mktemp -d -p .)
  for layer in "$@"; do
    sum=$(sha256sum <"$layer" | cut -d' ' -f1)
    [ -e "$layer.gz" ] || pigz -1 -n -k "$layer"
    ln "$layer.gz" "$folder/$sum.tar.gz"
    sums+=("sha256:$sum")
    names+=("$sum.tar.gz")
  done
  jq -nc --argjson config "$config" --arg created "$(date -u +%FT%TZ)" \
    '{architecture: "amd64", os: "linux", created: $created, config: $config, rootfs: {type: "layers", diff_ids: $ARGS.positional}}' \
    --args "${sums[@]}" >"$folder/config.json"
  jq -nc --arg reference "$reference" '[{Config: "config.json", RepoTags: [$reference], Layers: $ARGS.positional}]' \
    --args "${names[@]}" >"$folder/manifest.json"
  tar -C "$folder" -cf "$file" manifest.json config.json "${names[@]}"
  rm -rf "$folder"
}
