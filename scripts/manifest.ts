import {Plugin} from '@oclif/core'
import {resolve} from 'node:path'

export interface ManifestFlag {
  name: string
  char?: string
  type: string
  summary?: string
  options?: string[]
  default?: unknown
  exclusive?: string[]
}

export interface ManifestCommand {
  id: string
  summary?: string
  description?: string
  args: Record<string, {name: string; description?: string; required?: boolean; options?: string[]}>
  flags: Record<string, ManifestFlag>
}

export interface Manifest {
  version: string
  commands: Record<string, ManifestCommand>
}

/** What `oclif manifest` would write, read from the built commands, without taking the file away meanwhile. */
export async function loadManifest(root = resolve('.')): Promise<Manifest> {
  const plugin = new Plugin({root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true})
  await plugin.load()
  const manifest = JSON.parse(JSON.stringify(plugin.manifest)) as Manifest
  if (Object.keys(manifest.commands).length === 0) throw new Error('there are no built commands: run npm run build')
  // oclif looks through directories in parallel: on a busy machine commands came in another order once in 25 builds.
  return {...manifest, commands: Object.fromEntries(Object.entries(manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1)))}
}
