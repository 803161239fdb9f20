import {defineFact} from '../../audit/fact.js'
import type {BlockerInfo} from '../../audit/audit-report.js'
import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import type {LabelSelector} from '../../kube/label-selector.js'
import {isSelected, selectorOf} from '../../kube/label-selector.js'
import {nameOf} from '../../kube/object.js'
import {namespaceGap, namespaceLabels} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {Webhook} from '../webhooks.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {allowListGap, unique, unreadRow} from './blocker.js'

export const GATEKEEPER_WEBHOOK = 'validation.gatekeeper.sh'
const KIND = 'K8sExternalIPs'
const ROWS = ['constrainttemplates', 'k8sexternalips', 'gatekeeperconfigs'] as const

interface Constraint {
  name: string
  action: BlockerInfo['state']
  actionGap: string
  doesMatchServices: boolean
  namespaces: readonly string[]
  excluded: readonly string[]
  namespaceSelector: LabelSelector
  hasLabelSelector: boolean
  hasName: boolean
  allowed: readonly string[]
}

/** Constraints of the library's `K8sExternalIPs`, and templates of others that mention the field. */
export const gatekeeperBlockers = defineFact({
  id: 'external-ip-gatekeeper',
  reads: ROWS,
  needs: [webhooks, namespaceLabels],
  create(context) {
    const constraints: Constraint[] = []
    const foreign: string[] = []
    const excludedByConfig: string[] = []
    let isTemplateKnown: boolean | null = null
    return {
      constrainttemplates(template) {
        const code = codeOf(template)
        if (textAt(template, 'spec', 'crd', 'spec', 'names', 'kind') === KIND) isTemplateKnown = code.length > 0 && code.every(isLibraryCode)
        else if (code.some(one => one.includes('externalIPs'))) foreign.push(nameOf(template))
      },
      k8sexternalips: constraint => void constraints.push(constraintOf(constraint)),
      gatekeeperconfigs: config => void excludedByConfig.push(...excludedIn(config)),
      end(): EngineBlockers {
        const unread = ROWS.flatMap(row => unreadRow(row, context.outcome(row)))
        const namespaces = context.fact(namespaceLabels)
        const reach = reachOf(context.fact(webhooks), namespaces, isGatekeepers)
        const world: World = {reach, namespaces, excludedByConfig, isTemplateKnown, areTemplatesWhole: context.outcome('constrainttemplates').outcome === 'complete'}
        return {blockers: [...constraints.map(one => blockerOf(one, world)), ...foreign.map(foreignBlocker)], unread}
      },
    }
  },
})

interface World {
  reach: Reach
  namespaces: NamespacesInfo
  excludedByConfig: readonly string[]
  /** Null: no template of that kind was seen. */
  isTemplateKnown: boolean | null
  areTemplatesWhole: boolean
}

export function isGatekeepers({name, isMutating}: Webhook): boolean {
  return !isMutating && name === GATEKEEPER_WEBHOOK
}

function codeOf(template: KubeObject): string[] {
  return listAt(template, 'spec', 'targets').flatMap(target => {
    const rego = textAt(target, 'rego')
    const sources = listAt(target, 'code').map(one => JSON.stringify(at(one, 'source') ?? {}))
    return rego === undefined ? sources : [rego, ...sources]
  })
}

/** The library's rule in its three spellings (v0, the future keywords, v1), white space aside: a set difference, no word about the operation. */
const LIBRARY = new RegExp([
  String.raw`^packagek8sexternalips(?:import(?:future\.keywords\.\w+?|rego\.v1)(?=import|violation))*`,
  String.raw`violation(?:\[\{"msg":msg\}\]|contains\(?\{"msg":msg\}\)?if)\{`,
  String.raw`input\.review\.kind\.kind=="Service"input\.review\.kind\.group==""`,
  String.raw`(\w+):=\{ip\|(?:ip:=input\.parameters\.allowedIPs\[_\]|someipininput\.parameters\.allowedIPs)\}`,
  String.raw`(\w+):=\{ip\|(?:ip:=input\.review\.object\.spec\.externalIPs\[_\]|someipininput\.review\.object\.spec\.externalIPs)\}`,
  String.raw`(\w+):=\2-\1count\(\3\)>0msg:=sprintf\("[^"]*",\[\3\]\)\}$`,
].join(''))

export function isLibraryCode(rego: string): boolean {
  return LIBRARY.test(rego.replace(/#[^\n]*/g, '').replace(/\s+/g, ''))
}

function constraintOf(constraint: KubeObject): Constraint {
  const match = at(constraint, 'spec', 'match')
  const kinds = listAt(match, 'kinds')
  return {
    name: nameOf(constraint), ...actionOf(constraint),
    doesMatchServices: kinds.length === 0 || kinds.some(isServiceKind),
    namespaces: textsAt(match, 'namespaces'), excluded: textsAt(match, 'excludedNamespaces'),
    namespaceSelector: selectorOf(at(match, 'namespaceSelector')),
    hasLabelSelector: selectorOf(at(match, 'labelSelector')).length > 0, hasName: textAt(match, 'name') !== undefined,
    allowed: textsAt(constraint, 'spec', 'parameters', 'allowedIPs'),
  }
}

function isServiceKind(entry: Json): boolean {
  const includes = (field: string, wanted: string): boolean => {
    const values = textsAt(entry, field)
    return values.includes(wanted) || values.includes('*')
  }
  return includes('kinds', 'Service') && includes('apiGroups', '')
}

function actionOf(constraint: KubeObject): {action: BlockerInfo['state']; actionGap: string} {
  const action = (textAt(constraint, 'spec', 'enforcementAction') ?? 'deny').toLowerCase()
  if (action === 'deny') return {action: 'enforcing', actionGap: ''}
  if (action !== 'scoped') return ['warn', 'dryrun'].includes(action) ? {action: 'auditing', actionGap: `enforcementAction ${action}`} : {action: 'unknown', actionGap: `enforcementAction ${action}`}
  const scoped = listAt(constraint, 'spec', 'scopedEnforcementActions').filter(one => textAt(one, 'action') === 'deny')
  const points = scoped.flatMap(one => listAt(one, 'enforcementPoints').map(point => textAt(point, 'name') ?? ''))
  if (points.some(point => point === GATEKEEPER_WEBHOOK || point === '*')) return {action: 'enforcing', actionGap: ''}
  return {action: 'auditing', actionGap: 'its scoped actions do not deny at admission'}
}

/** Namespaces that the webhook process leaves out altogether. */
function excludedIn(config: KubeObject): string[] {
  return listAt(config, 'spec', 'match').flatMap(entry => {
    const processes = textsAt(entry, 'processes')
    return processes.includes('*') || processes.includes('webhook') ? textsAt(entry, 'excludedNamespaces') : []
  })
}

function blockerOf(constraint: Constraint, world: World): Blocker {
  return {engine: 'gatekeeper', name: constraint.name, spec: judge(constraint, world), status: null}
}

function judge(constraint: Constraint, {reach, namespaces, excludedByConfig, isTemplateKnown, areTemplatesWhole}: World): Judgement {
  if (!constraint.doesMatchServices) return {state: 'inert', gaps: ['it does not match Services']}
  if (constraint.action !== 'enforcing') return {state: constraint.action, gaps: [constraint.actionGap]}
  if (reach.state !== 'calls') return {state: reach.state === 'unknown' ? 'unknown' : 'inert', gaps: reach.gaps}
  if (isTemplateKnown === null && areTemplatesWhole) return {state: 'inert', gaps: ['its template is gone']}
  const gaps = unique([...reach.gaps, ...matchGaps(constraint, namespaces, excludedByConfig), ...allowListGap(constraint.allowed)])
  return isTemplateKnown === true ? {state: 'enforcing', gaps} : {state: 'unknown', gaps: ['its template is not the library\'s: what it refuses is not known', ...gaps]}
}

function matchGaps(constraint: Constraint, namespaces: NamespacesInfo, excludedByConfig: readonly string[]): string[] {
  const excluded = [...constraint.excluded, ...excludedByConfig]
  const isNarrowed = excluded.length > 0 || constraint.namespaces.length > 0 || constraint.namespaceSelector.length > 0
  const isCovered = (name: string, labels: Readonly<Record<string, string>>): boolean => !excluded.some(pattern => isLike(pattern, name))
    && (constraint.namespaces.length === 0 || constraint.namespaces.some(pattern => isLike(pattern, name)))
    && isSelected(constraint.namespaceSelector, labels)
  return [
    ...(isNarrowed ? namespaceGap(namespaces, isCovered) : []),
    ...(constraint.hasLabelSelector ? ['a labelSelector: whoever writes the Service chooses its labels'] : []),
    ...(constraint.hasName ? ['it matches one name only'] : []),
  ]
}

/** Gatekeeper's wildcards: a star at the start, the end, or both. */
export function isLike(pattern: string, name: string): boolean {
  const [isOpenStart, isOpenEnd] = [pattern.startsWith('*'), pattern.endsWith('*') && pattern.length > 1]
  const core = pattern.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined)
  if (isOpenStart && isOpenEnd) return name.includes(core)
  if (isOpenStart) return name.endsWith(core)
  return isOpenEnd ? name.startsWith(core) : name === core
}

function foreignBlocker(template: string): Blocker {
  return {engine: 'gatekeeper', name: template, spec: {state: 'unknown', gaps: ['a template that mentions externalIPs, whose constraints are not read']}, status: null}
}
