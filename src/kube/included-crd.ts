/**
 * A resource that nobody here knows and somebody named on the command line,
 * because pods are made from a template in it. All that is known of it is in its
 * key, so that a snapshot, a printed role and a report speak of the same.
 */
export type CrdKey = `crd:${string}`

export interface IncludedCrd {
  group: string
  /** As in the URL. */
  plural: string
  /** Where the template stands: `spec.template`; `[]` for each item of a list, `{}` for each value of a map. */
  path: string
}

const GROUP = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/
const PLURAL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const PATH = /^[A-Za-z][\w-]*(\[\])?(\.([A-Za-z][\w-]*(\[\])?|\{\}))*$/
/** A key stands at the head of each line of a snapshot. */
const LONGEST = 200

/** `GROUP/RESOURCE=PATH`; null: it is none. */
export function parseCrd(text: string): IncludedCrd | null {
  const [, group = '', plural = '', path = ''] = /^([^/=]*)\/([^/=]*)=(.*)$/s.exec(text) ?? []
  return text.length <= LONGEST && GROUP.test(group) && PLURAL.test(plural) && PATH.test(path) ? {group, plural, path} : null
}

export function keyOfCrd({group, plural, path}: IncludedCrd): CrdKey {
  return `crd:${group}/${plural}=${path}`
}

export function isCrdKey(key: string): key is CrdKey {
  return key.startsWith('crd:')
}

export function crdOf(key: CrdKey): IncludedCrd {
  const crd = parseCrd(key.slice('crd:'.length))
  if (crd === null) throw new Error(`${key} is no key of an included resource`)
  return crd
}

/** Might objects of this kind be listed under that plural? Manifests say the one, people the other. */
export function isPluralOf(plural: string, kind: string): boolean {
  const word = kind.toLowerCase()
  return [word, `${word}s`, `${word}es`, word.replace(/y$/, 'ies')].includes(plural)
}
