import {defineFact} from '../../audit/fact.js'
import type {ObjectRef} from '../../audit/finding.js'
import {listAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {refOf} from '../../audit/make-finding.js'
import {nameOf} from '../../kube/object.js'
import {eachWithEach, judgeTogether} from '../coverage.js'
import {isGatekeepers} from '../engine-webhooks.js'
import {namespaceLabels} from '../namespaces.js'
import type {NamespacesInfo} from '../namespaces.js'
import {REQUESTS} from '../request-rules.js'
import {reachOf} from '../webhook-reach.js'
import type {Reach} from '../webhook-reach.js'
import {webhooks} from '../webhooks.js'
import type {Blocker, EngineBlockers, Judgement} from './blocker.js'
import {silenced, unreadGap, unreadRow, withGaps} from './blocker.js'
import type {Constraint} from './gatekeeper-constraint.js'
import {constraintOf, constraintRefuser} from './gatekeeper-constraint.js'
import type {Maker, Template} from './gatekeeper-template.js'
import {templateOf} from './gatekeeper-template.js'

const ROWS = ['constrainttemplates', 'k8sexternalips', 'k121externalips', 'gatekeeperconfigs'] as const

/** Constraints of the library's `K8sExternalIPs` and of what `external-ips fix` prints, and templates of others that mention a field. */
export const gatekeeperBlockers = defineFact({
  id: 'external-ip-gatekeeper',
  reads: ROWS,
  needs: [webhooks, namespaceLabels],
  create(context) {
    const constraints: {maker: Maker; constraint: Constraint; object: ObjectRef}[] = []
    const keep = (maker: Maker) => (object: KubeObject): void => void constraints.push({maker, constraint: constraintOf(object), object: refOf(object)})
    const foreign: {name: string; mentions: Template['mentions']}[] = []
    const excludedByConfig: string[] = []
    const templates = new Map<Maker, Template>()
    return {
      constrainttemplates(object) {
        const template = templateOf(object)
        if (template.maker !== null) templates.set(template.maker, template)
        else if (template.mentions.spec || template.mentions.status) foreign.push({name: nameOf(object), mentions: template.mentions})
      },
      k8sexternalips: keep('library'),
      k121externalips: keep('fix'),
      gatekeeperconfigs: config => void excludedByConfig.push(...excludedIn(config)),
      end(): EngineBlockers {
        const reachBy = {spec: reachOf(context.fact(webhooks), isGatekeepers), status: reachOf(context.fact(webhooks), isGatekeepers, 'status')}
        const world: World = {
          reachBy, namespaces: context.fact(namespaceLabels), excludedByConfig, templates,
          areTemplatesWhole: context.outcome('constrainttemplates').outcome === 'complete',
          configGap: unreadGap(context.outcome('gatekeeperconfigs'), 'its Config, which may leave out namespaces, was'),
        }
        const own = constraints.map((one): Blocker => ({
          engine: 'gatekeeper', name: one.constraint.name, object: one.object,
          spec: judge(one, world, 'spec'), status: one.maker === 'fix' ? judge(one, world, 'status') : null,
        }))
        return {blockers: [...own, ...foreign.map(({name, mentions}) => foreignBlocker(name, mentions, reachBy))], unread: ROWS.flatMap(row => unreadRow(row, context.outcome(row)))}
      },
    }
  },
})

interface World {
  reachBy: Readonly<Record<'spec' | 'status', Reach>>
  namespaces: NamespacesInfo
  excludedByConfig: readonly string[]
  configGap: readonly string[]
  /** Of the kinds that we know. */
  templates: ReadonlyMap<Maker, Template>
  areTemplatesWhole: boolean
}

/** Namespaces that the webhook process leaves out altogether. */
export function excludedIn(config: KubeObject): string[] {
  return listAt(config, 'spec', 'match').flatMap(entry => {
    const processes = textsAt(entry, 'processes')
    return processes.includes('*') || processes.includes('webhook') ? textsAt(entry, 'excludedNamespaces') : []
  })
}

function judge({maker, constraint}: {maker: Maker; constraint: Constraint}, {reachBy, namespaces, excludedByConfig, configGap, templates, areTemplatesWhole}: World, road: 'spec' | 'status'): Judgement {
  const reach = reachBy[road]
  const template = templates.get(maker) ?? null
  if (constraint.inertGap !== '') return {state: 'inert', gaps: [constraint.inertGap]}
  if (constraint.action !== 'enforcing') return {state: constraint.action, gaps: [constraint.actionGap]}
  const silent = silenced(reach)
  if (silent !== null) return silent
  if (template === null && areTemplatesWhole) return {state: 'inert', gaps: ['its template is gone']}
  const refuser = constraintRefuser(constraint, excludedByConfig, template?.operations ?? [], road)
  const judgement = withGaps(judgeTogether(eachWithEach(reach.refusers, [refuser]), REQUESTS[road], namespaces), configGap)
  if (template?.isKnown || judgement.state !== 'enforcing') return judgement
  return {state: 'unknown', gaps: [`its template ${template === null ? 'could not be read' : `is not ${maker === 'library' ? 'the library\'s' : 'what external-ips fix prints'}`}: what it refuses is not known`, ...judgement.gaps]}
}

function foreignBlocker(name: string, mentions: Template['mentions'], reachBy: Readonly<Record<'spec' | 'status', Reach>>): Blocker {
  const judgeRoad = (road: 'spec' | 'status', field: string): Judgement | null =>
    mentions[road] && reachBy[road].state !== 'none' ? silenced(reachBy[road]) ?? {state: 'unknown', gaps: [`a template that mentions ${field}, whose constraints are not read`]} : null
  const object: ObjectRef = {apiVersion: 'templates.gatekeeper.sh/v1', kind: 'ConstraintTemplate', namespace: '', name}
  return {engine: 'gatekeeper', name, object, spec: judgeRoad('spec', 'externalIPs'), status: judgeRoad('status', 'loadBalancer')}
}
