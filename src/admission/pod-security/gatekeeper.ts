import {defineFact} from '../../audit/fact.js'
import type {FactContext} from '../../audit/fact.js'
import {effectiveMinor, serverVersion} from '../../audit/server-version.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf} from '../../kube/object.js'
import {POD_CONSTRAINT_KEYS, RESOURCES} from '../../kube/resources.js'
import {NEWEST_MINOR} from '../../pod-security/control.js'
import {isGatekeepers} from '../engine-webhooks.js'
import {unreadGap, unreadRow} from '../engines/blocker.js'
import type {UnreadRow} from '../engines/blocker.js'
import {excludedIn} from '../engines/gatekeeper.js'
import {webhooks} from '../webhooks.js'
import {templateCodeOf} from './gatekeeper-code.js'
import type {PodConstraint} from './gatekeeper-constraint.js'
import {podConstraintOf} from './gatekeeper-constraint.js'
import {knownCodesOf} from './gatekeeper-content.js'
import {expansionOf} from './gatekeeper-expansion.js'
import type {Template, World} from './gatekeeper-guards.js'
import {constraintGuards, foreignGuards, inertOf, withPairs} from './gatekeeper-guards.js'
import type {PodGuards} from './pod-guard.js'
import {podReachOf} from './pod-reach.js'
import {podRequests} from './pod-requests.js'

const ROWS = ['constrainttemplates', 'gatekeeperconfigs', 'gatekeeperexpansions', ...POD_CONSTRAINT_KEYS] as const
const CONSTRAINT_KINDS: readonly string[] = POD_CONSTRAINT_KEYS.map(key => RESOURCES[key].kind)

/** Constraints of the library's templates and of our own, each by what the code of its template refuses; and other templates, of which only that they are there is known. */
export const gatekeeperPodGuards = defineFact({
  id: 'gatekeeper-pod-guards',
  reads: ROWS,
  needs: [webhooks, podRequests, serverVersion],
  create(context) {
    const templates = new Map<string, Template>()
    const constraints: PodConstraint[] = []
    const excludedByConfig: string[] = []
    const expansions: World['expansions'][number][] = []
    const keep = (object: KubeObject): void => void constraints.push(podConstraintOf(object))
    return {
      ...Object.fromEntries(POD_CONSTRAINT_KEYS.map(key => [key, keep])) as Record<(typeof POD_CONSTRAINT_KEYS)[number], typeof keep>,
      constrainttemplates(object) {
        const code = templateCodeOf(object)
        templates.set(code.kind, {name: nameOf(object), kind: code.kind, codes: knownCodesOf(code), operations: code.operations})
      },
      gatekeeperconfigs: config => void excludedByConfig.push(...excludedIn(config)),
      gatekeeperexpansions: template => void expansions.push(expansionOf(template)),
      end(): PodGuards {
        const requests = context.fact(podRequests)
        const world: World = {
          templates, areTemplatesWhole: unreadRow('constrainttemplates', context.outcome('constrainttemplates')).length === 0,
          excludedByConfig, expansions, requests, minor: effectiveMinor(context.fact(serverVersion)) ?? NEWEST_MINOR,
          reach: podReachOf(context.fact(webhooks), isGatekeepers, requests),
          configGap: unreadGap(context.outcome('gatekeeperconfigs'), 'its Config, which may leave out namespaces, was'),
        }
        return {...judged(constraints, world), unread: unreadOf(context, world)}
      },
    }
  },
})

function judged(constraints: readonly PodConstraint[], world: World): Omit<PodGuards, 'unread'> {
  const each = constraints.map(constraint => ({constraint, inert: inertOf(constraint, world)}))
  const foreign = [...world.templates.values()].filter(({kind, codes}) => codes === null && !CONSTRAINT_KINDS.includes(kind))
  return {
    guards: withPairs([...each.filter(({inert}) => inert === null).flatMap(({constraint}) => constraintGuards(constraint, world)), ...foreign.flatMap(template => foreignGuards(template, world))]),
    inert: each.flatMap(({constraint: {name, object}, inert}) => (inert === null ? [] : [{engine: 'gatekeeper', name, object, ...inert}])),
  }
}

/** A kind whose template is not there has no constraints; without templates nothing is known anyway. Expansions that were not read only add to what is refused. */
function unreadOf(context: FactContext, {templates, reach}: World): UnreadRow[] {
  if (reach.state === 'none' || reach.state === 'down') return []
  const unread = unreadRow('constrainttemplates', context.outcome('constrainttemplates'))
  const rows = POD_CONSTRAINT_KEYS.filter(row => templates.has(RESOURCES[row].kind))
  return unread.length > 0 ? unread : rows.flatMap(row => unreadRow(row, context.outcome(row)))
}
