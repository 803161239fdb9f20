import {at, isMapping, listAt, mappingAt, textAt, textsAt} from '../../kube/field.js'
import {isGlobMatch} from '../../kube/glob.js'
import type {Json} from '../../kube/json.js'
import {isSelected, selectorOf} from '../../kube/label-selector.js'
import type {Refuser} from '../coverage.js'
import {both} from '../coverage.js'
import {entriesOf, filtersBy, isKind} from '../engines/kyverno-match.js'
import {MAKERS} from './pod-reach.js'
import type {PodRequest} from './pod-requests.js'

/** What the writer of a pod chooses. */
const OWN_CHOICE: readonly string[] = ['names', 'name', 'selector', 'annotations']
const PEOPLE: readonly string[] = ['subjects', 'roles', 'clusterRoles']
const KNOWN: readonly string[] = ['kinds', 'namespaces', 'operations', 'namespaceSelector', ...OWN_CHOICE]

/** Which requests a rule is asked about. A rule for pods is one for their ephemeral containers (pkg/utils/match/kind.go), and by autogen one for these workloads. */
export function podFilters(rule: Json, autogen: ReadonlySet<string>): Refuser<PodRequest>[] {
  const filters = filtersBy(at(rule, 'match'), entry => filterOf(entry, autogen))
  return filters.map(one => both(one, exclusion(at(rule, 'exclude'))))
}

function filterOf(entry: Json, autogen: ReadonlySet<string>): Refuser<PodRequest> {
  const resources = at(entry, 'resources')
  const kinds = textsAt(resources, 'kinds')
  // Nothing said: all operations.
  const operations = textsAt(resources, 'operations')
  const strange = [...Object.keys(mappingAt(resources)).filter(field => !KNOWN.includes(field)), ...Object.keys(mappingAt(entry)).filter(field => !['resources', 'any', 'all', ...PEOPLE].includes(field))]
  const narrowed = OWN_CHOICE.filter(field => at(resources, field) !== undefined)
  return {
    sees: request => kinds.some(kind => isAsked(kind, request) || (autogen.has(request.kind) && isPod(kind))) && (operations.length === 0 || operations.includes(request.operation)),
    isIn: namespacesOf(resources),
    gaps: [],
    holes: [
      ...(PEOPLE.some(field => listAt(entry, field).length > 0) ? ['it matches only some users'] : []),
      ...(narrowed.length > 0 ? [`it matches only some pods (${narrowed.join(', ')})`] : []),
      ...(strange.length > 0 ? [`what match.${strange[0]} leaves out is not known`] : []),
    ],
  }
}

function isAsked(kind: string, request: PodRequest): boolean {
  return isKind(kind, request) || (request.subresource === 'ephemeralcontainers' && isPod(kind))
}

function isPod(kind: string): boolean {
  return isKind(kind, {group: '', version: 'v1', kind: 'Pod', subresource: ''})
}

function namespacesOf(resources: Json | undefined): Refuser['isIn'] {
  const names = textsAt(resources, 'namespaces')
  const selector = selectorOf(at(resources, 'namespaceSelector'))
  if (names.length === 0 && selector.length === 0) return null
  return (name, labels) => (names.length === 0 || names.some(pattern => isGlobMatch(pattern, name))) && isSelected(selector, labels)
}

/** Users by name are few, unless they are those who make the pods of workloads; who is in a group or has a role is not looked at. */
function peopleLeftOut(entry: Json): Pick<Refuser<PodRequest>, 'gaps' | 'holes'> {
  const subjects = listAt(entry, 'subjects')
  const names = subjects.map(subject => (textAt(subject, 'kind') === 'ServiceAccount' ? `system:serviceaccount:${textAt(subject, 'namespace') ?? ''}:${textAt(subject, 'name') ?? ''}` : textAt(subject, 'name') ?? ''))
  const areFew = listAt(entry, 'roles').length === 0 && textsAt(entry, 'clusterRoles').every(role => role === 'cluster-admin')
    && subjects.every((subject, index) => textAt(subject, 'kind') !== 'Group' && !/[*?]/.test(names[index]!) && !MAKERS.test(names[index]!))
  return areFew ? {gaps: ['it excludes some users']} : {gaps: [], holes: ['it excludes users, who may be any']}
}

/** What leaves out namespaces, and nothing else, is a matter of the namespace; whatever else may leave out any pod. */
function exclusion(exclude: Json | undefined): Refuser<PodRequest> {
  const everything: Refuser<PodRequest> = {sees: () => true, isIn: null, gaps: []}
  if (exclude === undefined || (isMapping(exclude) && Object.keys(exclude).length === 0)) return everything
  const entries = entriesOf(exclude)
  const single = entries.every(all => all.length === 1) ? entries.flat() : []
  if (single.length === 0) return {...everything, holes: ['it excludes some pods']}
  return single.map(excludedBy).reduce((all, one) => both(all, one), everything)
}

function excludedBy(entry: Json): Refuser<PodRequest> {
  const resources = at(entry, 'resources')
  const fields = Object.keys(mappingAt(resources))
  const isIn = fields.every(field => field === 'namespaces' || field === 'namespaceSelector' || field === 'kinds') ? namespacesOf(resources) : null
  const people = PEOPLE.some(field => listAt(entry, field).length > 0)
  if (people) return {sees: () => true, isIn: null, ...peopleLeftOut(entry)}
  if (isIn === null) return {sees: () => true, isIn: null, gaps: [], holes: ['it excludes some pods']}
  return {sees: () => true, isIn: (name, labels) => !isIn(name, labels), gaps: []}
}
