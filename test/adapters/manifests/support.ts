import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {openFiles} from '../../../src/adapters/manifests/open-files.js'
import type {OpenedFiles} from '../../../src/adapters/manifests/open-files.js'
import type {ReadOutcome} from '../../../src/audit/outcome.js'
import type {ReadRequest} from '../../../src/audit/source.js'
import type {KubeObject} from '../../../src/kube/json.js'
import {nameOf, namespaceOf} from '../../../src/kube/object.js'
import type {ReadKey} from '../../../src/kube/resources.js'

const roots: string[] = []

/** Files in a directory of their own; goes with `cleanUp`. */
export function layOut(files: Record<string, string | Uint8Array>): string {
  const root = mkdtempSync(join(tmpdir(), 'k121-test-'))
  roots.push(root)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), {recursive: true})
    writeFileSync(join(root, name), content)
  }
  return root
}

export function cleanUp(): void {
  for (const root of roots.splice(0)) rmSync(root, {recursive: true, force: true})
}

export async function* nothing(): AsyncGenerator<Uint8Array> {
  // Standard input that ends at once.
}

export async function open(paths: readonly string[], {stdin = nothing(), mayReadSecrets = false}: {stdin?: AsyncIterable<Uint8Array>; mayReadSecrets?: boolean} = {}): Promise<OpenedFiles> {
  return openFiles(paths, {stdin, mayReadSecrets})
}

/** One file of this content. */
export async function openText(content: string | Uint8Array, name = 'input.yaml'): Promise<OpenedFiles> {
  return open([join(layOut({[name]: content}), name)])
}

export interface Read {
  objects: KubeObject[]
  outcome: ReadOutcome
  /** `namespace/name` of each. */
  names: string[]
  places: string[]
}

export async function read(source: OpenedFiles, key: ReadKey, {path = '', refs}: {path?: string; refs?: ReadRequest['refs']} = {}): Promise<Read> {
  const result: Read = {objects: [], outcome: undefined as unknown as ReadOutcome, names: [], places: []}
  const pages = source.source.read({key, ...(refs === undefined ? {} : {refs})})
  for (;;) {
    const page = await pages.next()
    if (page.done === true) return {...result, outcome: page.value}
    for (const object of page.value) {
      result.objects.push(object)
      result.names.push(`${namespaceOf(object)}/${nameOf(object)}`)
      const place = source.source.placeOf(object, path)
      result.places.push(place === null ? '' : `${place.line}:${place.column}`)
    }
  }
}
