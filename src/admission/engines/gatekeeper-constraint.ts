import type {BlockerInfo} from '../../audit/audit-report.js'
import {at, listAt, mappingAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {isSelected, selectorOf} from '../../kube/label-selector.js'
import {nameOf} from '../../kube/object.js'
import type {Refuser} from '../coverage.js'
import {optOutGaps} from '../coverage.js'
import {GATEKEEPER_WEBHOOK} from '../engine-webhooks.js'
import {shortList} from '../../kube/short-list.js'
import {strangersIn} from '../match-conditions.js'
import {allowListGap} from './blocker.js'

/** One `K8sExternalIPs` or `K121ExternalIPs`: whom it matches, and what it then does. */
export interface Constraint {
  name: string
  action: BlockerInfo['state']
  /** Why it does not deny; empty where it does. */
  actionGap: string
  /** Why it never matches a Service that somebody writes; empty where it may. */
  inertGap: string
  namespaces: readonly string[]
  excluded: readonly string[]
  namespaceSelector: LabelSelector
  /** Ways past it wherever it matches. */
  gaps: Readonly<Record<'spec' | 'status', readonly string[]>>
}

/** Fields of `match` that are understood here; a new one may leave out anything. */
const MATCH_FIELDS: readonly string[] = ['kinds', 'scope', 'source', 'namespaces', 'excludedNamespaces', 'labelSelector', 'namespaceSelector', 'name']

export function constraintOf(constraint: KubeObject): Constraint {
  const match = at(constraint, 'spec', 'match')
  const strange = strangeFields(match)
  const name = textAt(match, 'name') ?? ''
  const parameters = at(constraint, 'spec', 'parameters')
  const strangers = strangersIn(textsAt(parameters, 'controllers'))
  const gaps = [
    ...(selectorOf(at(match, 'labelSelector')).length > 0 ? ['a labelSelector: whoever writes the Service chooses its labels'] : []),
    ...(name !== '' && name !== '*' ? ['it matches one name only'] : []),
    ...(strange.length > 0 ? [`what match.${strange[0]} leaves out is not known`] : []),
  ]
  return {
    name: nameOf(constraint), ...actionOf(constraint), inertGap: inertGapOf(match),
    namespaces: textsAt(match, 'namespaces'), excluded: textsAt(match, 'excludedNamespaces'),
    namespaceSelector: selectorOf(at(match, 'namespaceSelector')),
    gaps: {
      // The library compares addresses as text, the fix takes ranges.
      spec: [...gaps, ...allowListGap([...textsAt(parameters, 'allowedIPs'), ...textsAt(parameters, 'allowedCIDRs')])],
      status: [...gaps, ...(strangers.length === 0 ? [] : [`its controllers let through whatever ${shortList(strangers.toSorted(), 3)} ${strangers.length === 1 ? 'does' : 'do'}`])],
    },
  }
}

function inertGapOf(match: Json | undefined): string {
  if (!doesMatchKind(match, 'Service')) return 'it does not match Services'
  if (textAt(match, 'scope') === 'Cluster') return 'it matches cluster-scoped objects only'
  return textAt(match, 'source') === 'Generated' ? 'it matches only what expansion generates' : ''
}

/** A kind of the core group. A list that is left out matches all. */
export function doesMatchKind(match: Json | undefined, kind: string): boolean {
  const kinds = listAt(match, 'kinds')
  const includes = (entry: Json, field: string, wanted: string): boolean => {
    const values = textsAt(entry, field)
    return values.length === 0 || values.includes(wanted) || values.includes('*')
  }
  return kinds.length === 0 || kinds.some(entry => includes(entry, 'kinds', kind) && includes(entry, 'apiGroups', ''))
}

/** Fields of `match` that leave out what nobody here knows. */
export function strangeFields(match: Json | undefined): string[] {
  return Object.keys(mappingAt(match)).filter(field => !MATCH_FIELDS.includes(field))
}

/** Exact words: Gatekeeper takes `Deny` for an action that it does not know. */
function actionOf(constraint: KubeObject): Pick<Constraint, 'action' | 'actionGap'> {
  const action = textAt(constraint, 'spec', 'enforcementAction') || 'deny'
  const actionGap = `enforcementAction ${action}`
  if (action === 'deny') return {action: 'enforcing', actionGap: ''}
  if (action === 'warn' || action === 'dryrun') return {action: 'auditing', actionGap}
  if (action !== 'scoped') return {action: 'unknown', actionGap}
  const scoped = listAt(constraint, 'spec', 'scopedEnforcementActions').filter(one => textAt(one, 'action') === 'deny')
  const points = scoped.flatMap(one => listAt(one, 'enforcementPoints').map(point => textAt(point, 'name') ?? ''))
  if (points.some(point => point === GATEKEEPER_WEBHOOK || point === '*')) return {action: 'enforcing', actionGap: ''}
  return {action: 'auditing', actionGap: 'its scoped actions do not deny at admission'}
}

/** Where it refuses, with the namespaces that Gatekeeper's Config leaves out for every constraint. */
export function constraintRefuser({gaps, ...where}: Constraint, excludedByConfig: readonly string[], operations: readonly string[], road: 'spec' | 'status'): Refuser {
  return {
    sees: ({operation}) => operations.length === 0 || operations.includes(operation) || operations.includes('*'),
    isIn: whereMatched(where, excludedByConfig),
    gaps: [...gaps[road], ...optOutGaps(where.namespaceSelector)],
  }
}

/** Null: in every namespace. */
export function whereMatched({namespaces, excluded, namespaceSelector}: Pick<Constraint, 'namespaces' | 'excluded' | 'namespaceSelector'>, excludedByConfig: readonly string[]): Refuser['isIn'] {
  const out = [...excluded, ...excludedByConfig]
  if (out.length === 0 && namespaces.length === 0 && namespaceSelector.length === 0) return null
  return (name, labels) => !out.some(pattern => isLike(pattern, name)) && (namespaces.length === 0 || namespaces.some(pattern => isLike(pattern, name))) && isSelected(namespaceSelector, labels)
}

/** Gatekeeper's wildcards: a star at the start, the end, or both. */
export function isLike(pattern: string, name: string): boolean {
  const [isOpenStart, isOpenEnd] = [pattern.startsWith('*'), pattern.endsWith('*') && pattern.length > 1]
  const core = pattern.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined)
  if (isOpenStart && isOpenEnd) return name.includes(core)
  if (isOpenStart) return name.endsWith(core)
  return isOpenEnd ? name.startsWith(core) : name === core
}
