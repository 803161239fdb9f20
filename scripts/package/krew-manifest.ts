import {stringify} from 'yaml'

export interface Release {
  version: string
  /** Where the project lives; null: nowhere yet, and krew is given the archive by hand. */
  homepage: string | null
  archive: string
  sha256: string
}

/** Rules: krew's own validation, and the developer guide of its index (80 columns, no lists of flags, prerequisites in the caveats). */
export function krewManifest({version, homepage, archive, sha256}: Release): string {
  const plugin = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: {name: 'k121'},
    spec: {
      version: `v${version}`,
      ...(homepage === null ? {} : {homepage}),
      shortDescription: 'Audit what Kubernetes 1.21 opened; guard kubeconfigs',
      description: DESCRIPTION,
      caveats: CAVEATS,
      platforms: [{
        selector: {matchExpressions: [{key: 'os', operator: 'In', values: ['linux', 'darwin']}]},
        uri: homepage === null ? archive : `${homepage}/releases/download/v${version}/${archive}`,
        sha256,
        bin: 'bin/kubectl-k121',
      }],
    },
  }
  return stringify(plugin, {lineWidth: 0})
}

const DESCRIPTION = `Tells the owner of a cluster, read-only, where the doors that Kubernetes 1.21
brought into view still stand open: PodSecurityPolicy and what replaced it,
external IPs of Services (CVE-2020-8554), dual-stack, and kubeconfigs that run
programs (exec credential plugins).

Its guard stands in front of kubectl: what a kubeconfig wants to run as you
runs only when the guard can say why, and its tokens go only to the servers
they are meant for.
`

const CAVEATS = `Needs Node 20.19 or newer on PATH. It is JavaScript and brings none.

To put the guard in front of kubectl, add to ~/.bashrc, below the line that
puts krew on PATH:
  eval "$(kubectl-k121 guard init bash)"
In ~/.zshrc write zsh. Before you uninstall, take the line out and open a new
shell: in one that is still open, kubectl stops with the plugin.
`
