import {at, listAt, mappingAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {isGlobMatch} from '../../kube/glob.js'
import type {Refuser} from '../coverage.js'
import {both} from '../coverage.js'
import type {ApiRequest} from '../request-rules.js'

/** Narrowing that depends on what the writer of the Service chooses, or on who it is. */
const NARROWING: readonly string[] = ['namespaceSelector', 'names', 'name', 'selector', 'annotations']
const PEOPLE: readonly string[] = ['subjects', 'roles', 'clusterRoles']
const KNOWN: readonly string[] = ['resources', ...PEOPLE]
const KNOWN_RESOURCES: readonly string[] = ['kinds', 'namespaces', 'operations', ...NARROWING]

/** Does a filter of `match` name Services, or that subresource of them? */
export function isAbout(match: Json | undefined, subresource: string): boolean {
  return entriesOf(match).flat().some(entry => textsAt(entry, 'resources', 'kinds').some(kind => isServices(kind, subresource)))
}

/** What `match` lets through to the rule: the filters of `any` each by itself, those of `all` together. */
export function filtersOf(match: Json | undefined): Refuser[] {
  return filtersBy(match, filterOf)
}

export function filtersBy<R extends ApiRequest>(match: Json | undefined, filterOfEntry: (entry: Json) => Refuser<R>): Refuser<R>[] {
  return entriesOf(match).flatMap(entries => {
    const [first, ...others] = entries.map(filterOfEntry)
    return first === undefined ? [] : [others.reduce<Refuser<R>>((all, one) => both(all, one), first)]
  })
}

/** A list of alternatives, each a list of filters that must all hold. The flat form is the oldest. */
export function entriesOf(match: Json | undefined): Json[][] {
  const flat = KNOWN.some(field => at(match, field) !== undefined) ? [match ?? {}] : []
  const all = listAt(match, 'all')
  const anyOf = listAt(match, 'any')
  const together = [...flat, ...all]
  if (anyOf.length === 0) return together.length === 0 ? [] : [together]
  return anyOf.map(one => [...together, one])
}

function filterOf(entry: Json): Refuser {
  const resources = at(entry, 'resources')
  const kinds = textsAt(resources, 'kinds')
  // Nothing said: all operations.
  const operations = textsAt(resources, 'operations')
  const namespaces = textsAt(resources, 'namespaces')
  const narrowed = NARROWING.filter(field => at(resources, field) !== undefined)
  const strange = [...Object.keys(mappingAt(resources)).filter(field => !KNOWN_RESOURCES.includes(field)), ...Object.keys(mappingAt(entry)).filter(field => ![...KNOWN, 'any', 'all'].includes(field))]
  return {
    sees: ({operation, subresource}) => (kinds.length === 0 || kinds.some(kind => isServices(kind, subresource))) && (operations.length === 0 || operations.includes(operation)),
    isIn: namespaces.length === 0 ? null : name => namespaces.some(pattern => isGlobMatch(pattern, name)),
    gaps: [
      ...(narrowed.length > 0 ? [`it matches only some Services (${narrowed.join(', ')})`] : []),
      ...(PEOPLE.some(field => at(entry, field) !== undefined) ? ['it matches only some users'] : []),
      ...(strange.length > 0 ? [`what match.${strange[0]} leaves out is not known`] : []),
    ],
  }
}

const VERSION = /^(?:\*|v\d+(?:(?:alpha|beta)\d+)?)$/

/**
 * `Service`, `v1/Service`, a group before it, a subresource after a slash or a
 * dot. Other groups have a Service too (Knative's). Each part may have wildcards.
 */
function isServices(text: string, subresource: string): boolean {
  return isKind(text, {group: '', version: 'v1', kind: 'Service', subresource})
}

export function isKind(text: string, asked: {group: string; version: string; kind: string; subresource: string}): boolean {
  const [group, version, kind, sub] = partsOf(text)
  return isGlobMatch(group, asked.group) && isGlobMatch(version, asked.version) && isGlobMatch(kind, asked.kind) && isGlobMatch(sub, asked.subresource)
}

/** Group, version, kind and subresource, told apart as Kyverno does. */
function partsOf(text: string): [group: string, version: string, kind: string, subresource: string] {
  const slashed = text.split('/')
  const [first = '', second = '', third = '', fourth = ''] = [...slashed.slice(0, -1), ...slashed.at(-1)!.split('.')]
  const count = slashed.length - 1 + slashed.at(-1)!.split('.').length
  if (count === 1) return ['*', '*', first, '']
  if (count === 2) {
    if (first === '*' && (second === '*' || second.toLowerCase() === second)) return ['*', '*', '*', second]
    return VERSION.test(first) ? ['*', first, second, ''] : ['*', '*', first, second]
  }
  if (count === 3) return VERSION.test(first) ? ['*', first, second, third] : [first, second, third, '']
  return [first, second, third, fourth]
}
