# shellcheck shell=bash
# Sourced by recipes: Go commands from Go modules, each in a throwaway module in the current folder. No `go mod tidy`: it
# fetches what the tests of all dependencies need, too.
export GOFLAGS="-mod=mod -buildvcs=false" GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0

# go_module MODULE@VERSION...: starts the module that requires them
go_module() {
  local module
  printf 'module build\ngo 1.24.0\n' >go.mod
  for module in "$@"; do echo "require ${module%@*} ${module#*@}" >>go.mod; done
}

# go_command NAME PACKAGE [FLAG...]: builds $OUT/NAME, stripped; LDFLAGS are further settings
go_command() {
  local name=$1 package=$2
  shift 2
  go build -trimpath -ldflags "-s -w ${LDFLAGS:-}" -o "$OUT/$name" "$@" "$package"
}

# go_source MODULE@VERSION FIELD: downloads the module; FIELD is Dir for its folder, GoMod for its go.mod
go_source() { (cd / && GOFLAGS="" go mod download -json "$1" | jq -r ".$2"); }

# go_toolchain VERSION FOLDER: the Go distribution of that version. As a module it has no executable bits, and the go.mod
# files in it are called _go.mod.
go_toolchain() {
  local source file
  source=$(go_source "golang.org/toolchain@v0.0.1-go$1.linux-amd64" Dir)
  mkdir -p "$(dirname "$2")"
  cp -r --no-preserve=mode "$source" "$2"
  chmod 755 "$2"/bin/* "$2"/pkg/tool/*/*
  find "$2" -name _go.mod | while read -r file; do mv "$file" "${file%_go.mod}go.mod"; done
}
