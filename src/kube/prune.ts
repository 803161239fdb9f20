import {createHash} from 'node:crypto'
import {keptWords} from './command-flags.js'
import {stepsOf} from './field-path.js'
import {isMapping} from './field.js'
import {crdOf, isCrdKey} from './included-crd.js'
import type {Json, JsonObject, KubeObject} from './json.js'
import {KEPT, KEPT_ANNOTATIONS, KEPT_VARIABLES, METADATA, includedAt} from './prune-paths.js'
import type {ReadKey} from './resources.js'

/** `all`: keep what is below; `presence`: keep that it is there. */
type Keep = 'all' | 'presence' | Tree
interface Tree {
  /** By key; `[]` for the items of a list, `{}` for every other key. */
  readonly children: Map<string, Keep>
}

export interface Pruned {
  object: JsonObject
  /** What a check would read and was still left out, as one short phrase. */
  leftOut: string | null
}

const TREES = new Map<string, Tree>()

/**
 * A copy of an object with what checks read of this row, and nothing else. Null:
 * the row is never written anywhere.
 */
export function prune(row: ReadKey, object: KubeObject): Pruned | null {
  if (pathsOf(row) === undefined) return null
  const copy = kept(object, treeFor(row)) as {[key: string]: Json}
  if (row === 'control-plane-pods' && isMapping(copy['spec'])) copy['spec'] = withoutWords(copy['spec'])
  if (CONTROLLERS.includes(row)) copy['spec'] = ofTemplate(copy['spec'], withoutWords)
  const quiet = withoutRequests(row, copy)
  return withoutCredentials({apiVersion: object.apiVersion, kind: object.kind, ...quiet}, row)
}

function pathsOf(row: ReadKey): readonly string[] | undefined {
  return isCrdKey(row) ? includedAt(crdOf(row).path) : (KEPT as Partial<Record<ReadKey, readonly string[]>>)[row]
}

function treeFor(row: ReadKey): Tree {
  const known = TREES.get(row)
  if (known !== undefined) return known
  const tree: Tree = {children: new Map()}
  for (const path of [...METADATA, ...pathsOf(row)!]) insert(tree, path)
  TREES.set(row, tree)
  return tree
}

function insert(tree: Tree, path: string): void {
  const isPresence = path.endsWith('!')
  const steps = stepsOf((isPresence ? path.slice(0, -1) : path).replaceAll('[]', '["[]"]'))
  let here = tree
  for (const [index, step] of steps.entries()) {
    const key = String(step)
    if (index === steps.length - 1) here.children.set(key, isPresence ? 'presence' : 'all')
    else {
      const next = here.children.get(key)
      if (next === 'all') return
      const child: Tree = next === undefined || next === 'presence' ? {children: new Map()} : next
      here.children.set(key, child)
      here = child
    }
  }
}

function kept(value: Json, keep: Keep): Json {
  if (keep === 'all') return value
  if (keep === 'presence') return Array.isArray(value) ? [] : isMapping(value) ? {} : value === null ? null : true
  if (Array.isArray(value)) {
    const items = keep.children.get('[]')
    // A list where Kubernetes has none stays odd: a check must not take it for absent.
    return items === undefined ? [] : value.map(item => kept(item, items))
  }
  if (!isMapping(value)) return isOdd(value) ? false : value
  const copy: {[key: string]: Json} = {}
  for (const [key, child] of Object.entries(value)) {
    const below = keep.children.get(key) ?? (keep.children.has('{}') ? keep.children.get('{}') : undefined)
    if (below !== undefined && child !== undefined) define(copy, key, below === 'all' && key === 'annotations' ? notesOf(child) : kept(child, below))
  }
  return isSilent(copy) ? {name: copy['name']!} : copy
}

/** A variable whose value no check reads keeps its name alone. */
function isSilent(copy: JsonObject): boolean {
  return typeof copy['name'] === 'string' && 'value' in copy && Object.keys(copy).length === 2 && !KEPT_VARIABLES.test(copy['name'])
}

/** A value where an object or a list is expected: that it is odd is kept, what it says is not. */
function isOdd(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

/** A key named __proto__ is a key. */
function define(copy: {[key: string]: Json}, key: string, value: Json): void {
  Object.defineProperty(copy, key, {value, enumerable: true, writable: true, configurable: true})
}

/** Of an object or of a template in it. */
function notesOf(annotations: Json): Json {
  if (annotations === null) return null
  return isMapping(annotations) ? Object.fromEntries(Object.entries(annotations).filter(([name]) => KEPT_ANNOTATIONS.test(name))) as JsonObject : false
}

/** Rows of which the command lines of a template are read. */
const CONTROLLERS: readonly ReadKey[] = ['ingress-nginx-deployments', 'ingress-nginx-daemonsets']

/** What is no object on the way stays as it is: odd. */
function ofTemplate(spec: Json | undefined, change: (spec: JsonObject) => JsonObject): Json {
  if (!isMapping(spec) || !isMapping(spec['template']) || !isMapping(spec['template']['spec'])) return spec ?? null
  return {...spec, template: {...spec['template'], spec: change(spec['template']['spec'])}}
}

/** Command lines of the control plane may name more than what is read of them. */
function withoutWords(spec: JsonObject): JsonObject {
  const {containers} = spec
  if (!Array.isArray(containers)) return spec
  return {...spec, containers: (containers as readonly Json[]).map(container => (isMapping(container) ? withFewWords(container) : container))}
}

function withFewWords({command, args, ...rest}: JsonObject): JsonObject {
  const given = [command, args].filter(words => words !== undefined && words !== null)
  if (given.length === 0) return rest
  const words = given.flat()
  // Odd words stay odd, and say nothing.
  const areTexts = given.every(list => Array.isArray(list)) && words.every(word => typeof word === 'string')
  return {...rest, command: areTexts ? keptWords(words as string[]) : false}
}

const CILIUM: readonly ReadKey[] = ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies']

/** Policies may say which header a request must have, and with which value: that may be a key, and no check looks at more than whether two are the same. */
function withoutRequests(row: ReadKey, copy: JsonObject): JsonObject {
  if (CILIUM.includes(row)) return changed(copy, (key, value) => (key === 'toPorts' && Array.isArray(value) ? (value as readonly Json[]).map(withoutRules) : value)) as JsonObject
  if (row === 'authorizationpolicies') return changed(copy, (key, value) => (key === 'when' && Array.isArray(value) ? (value as readonly Json[]).map(withoutValues) : value)) as JsonObject
  return copy
}

/** Below a spec and lists of rules; what is nested deeper is none of it, and may be nested without end. */
const DEEPEST = 8

function changed(value: Json, change: (key: string, value: Json) => Json, depth = 0): Json {
  if (depth > DEEPEST) return value
  if (Array.isArray(value)) return (value as readonly Json[]).map(item => changed(item, change, depth + 1))
  if (!isMapping(value)) return value
  const copy: {[key: string]: Json} = {}
  for (const [key, child] of Object.entries(value)) if (child !== undefined) define(copy, key, changed(change(key, child), change, depth + 1))
  return copy
}

function withoutRules(entry: Json): Json {
  if (!isMapping(entry)) return entry
  const {rules: _, ...rest} = entry
  return rest
}

function withoutValues(condition: Json): Json {
  if (!isMapping(condition) || typeof condition['key'] !== 'string' || !condition['key'].startsWith('request.')) return condition
  const hidden = (value: Json): Json => (typeof value === 'string' ? `sha256:${createHash('sha256').update(value).digest('hex').slice(0, 8)}` : value)
  const listed = (['values', 'notValues'] as const).filter(field => Array.isArray(condition[field]))
  return {...condition, ...Object.fromEntries(listed.map(field => [field, (condition[field] as readonly Json[]).map(hidden)]))}
}

const CREDENTIAL = /\b(?:token|password|client-key-data|id-token|refresh-token|access-token|client-secret|proxy-password|auth-token)["']?\s*[:=]\s*[^\s]/i
/** A variable of an exec entry whose name tells what it holds. */
const SECRET_VARIABLE = /\bname["']?\s*:\s*["']?\w*(?:SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|_KEY)/i
const PRIVATE_KEY = /PRIVATE KEY-----|LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FUR)/
/** What the values of their ConfigMaps would be. */
const KUBECONFIG_ROWS: readonly ReadKey[] = ['flux-configmaps', 'kubeconfig-configmaps']
/** Nothing without one of these can be a kubeconfig, however it is written: a backslash may spell them. */
const MAYBE_KUBECONFIG = /clusters|users|Config|\\/

/**
 * A kubeconfig in a ConfigMap should hold no credential, and some do. Such a
 * value is no text any more, so that its check says "not understood".
 */
function withoutCredentials(object: JsonObject, row: ReadKey): Pruned {
  let leftOut: string | null = null
  const cleaned: {[key: string]: Json} = {...object as {[key: string]: Json}}
  for (const field of ['data', 'binaryData'] as const) {
    const data = object['kind'] === 'ConfigMap' ? object[field] : undefined
    if (!isMapping(data)) continue
    cleaned[field] = Object.fromEntries(Object.entries(data).map(([key, value]) => {
      if (KUBECONFIG_ROWS.includes(row) && typeof value === 'string' && field === 'data' && !MAYBE_KUBECONFIG.test(value)) return [key, '']
      if (!isCredential(value, field === 'binaryData')) return [key, value]
      leftOut = `a value of ${field} that looks like a credential`
      return [key, false]
    })) as JsonObject
  }
  return {object: cleaned, leftOut}
}

function isCredential(value: Json | undefined, isEncoded: boolean): boolean {
  // A value of another type is odd, and stays so.
  if (typeof value !== 'string') return value !== null
  // Base64 is not looked into here: what cannot be seen through is not kept.
  return isEncoded || CREDENTIAL.test(value) || SECRET_VARIABLE.test(value) || PRIVATE_KEY.test(value)
}

