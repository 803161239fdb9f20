#!/bin/sh
# dump.sh DIR: builds dump.go against one kubectl release of each minor and writes DIR/<minor>.json.
# Then: npx tsx scripts/kubectl-flags/merge.ts DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: dump.sh DIR}
mkdir -p "$out"
out=$(cd "$out" && pwd)
releases='0.20.0 0.21.0 0.22.0 0.23.3 0.24.3 0.25.4 0.26.3 0.27.3 0.28.3 0.29.6 0.30.14 0.31.3 0.32.3 0.33.13 0.34.13 0.35.10 0.36.3 0.37.2'
# Some releases hide flags behind a gate: with all gates open the table knows them too.
gates='KUBECTL_APPLYSET KUBECTL_KUBERC KUBECTL_INTERACTIVE_DELETE KUBECTL_COMMAND_HEADERS KUBECTL_EXPLAIN_OPENAPIV3
  KUBECTL_ENABLE_CMD_SHADOW KUBECTL_DEBUG_CUSTOM_PROFILE KUBECTL_OPENAPIV3_PATCH KUBECTL_SUBRESOURCE'

for release in $releases; do
  minor=$(echo "$release" | cut -d. -f2)
  work=$(mktemp -d)
  cp "$here/dump.go" "$work"
  cd "$work"
  # Up to 1.22 kubectl's main added klog's flags itself; later component-base does.
  if [ "$minor" -le 22 ]; then
    sed -i 's|logs.AddFlags(root.PersistentFlags())|logs.InitLogs(); root.PersistentFlags().AddFlagSet(pflag.CommandLine); root.PersistentFlags().AddGoFlagSet(goflag.CommandLine)|
      s|"encoding/json"|"encoding/json"\n\tgoflag "flag"|' dump.go
  fi
  go mod init dump
  go get "k8s.io/kubectl/pkg/cmd@v$release" "k8s.io/component-base/logs@v$release"
  go build -mod=mod -o dump .
  # shellcheck disable=SC2046
  env $(for gate in $gates; do printf '%s=true ' "$gate"; done) ./dump > "$out/$minor.json"
  rm -rf "$work"
done
