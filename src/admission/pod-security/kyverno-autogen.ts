import {at, listAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {annotationsOf} from '../../kube/object.js'

/** Kinds for which Kyverno writes a rule about pods once more, about the template. */
const AUTOGEN: ReadonlySet<string> = new Set(['DaemonSet', 'Deployment', 'Job', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'CronJob'])
const NONE: ReadonlySet<string> = new Set()
const ANNOTATION = 'pod-policies.kyverno.io/autogen-controllers'

/** As `CanAutoGen` of Kyverno: one rule that cannot be rewritten keeps all of them from it. */
export function autogenOf(policy: KubeObject): ReadonlySet<string> {
  const rules = listAt(policy, 'spec', 'rules')
  if (!rules.every(canBeRewritten)) return NONE
  const asked = annotationsOf(policy)[ANNOTATION]
  return asked === undefined ? AUTOGEN : new Set(asked.split(',').filter(kind => AUTOGEN.has(kind)))
}

function canBeRewritten(rule: Json): boolean {
  const blocks = ['match', 'exclude'].flatMap(field => [at(rule, field), ...listAt(rule, field, 'any'), ...listAt(rule, field, 'all')])
  const isPlain = (resources: Json | undefined): boolean => ['name', 'selector', 'annotations'].every(field => at(resources, field) === undefined)
    && textsAt(resources, 'names').length === 0 && !(textsAt(resources, 'kinds').length > 1 && textsAt(resources, 'kinds').some(isPodKind))
  // Some ways to change objects keep Kyverno from it, and a snapshot does not hold which way it is.
  return at(rule, 'generate') === undefined && at(rule, 'mutate') === undefined && blocks.every(block => isPlain(at(block, 'resources')))
}

function isPodKind(kind: string): boolean {
  return kind === 'Pod' || kind.endsWith('/Pod')
}

const RESOURCES: Readonly<Record<string, string>> = {daemonsets: 'DaemonSet', deployments: 'Deployment', jobs: 'Job', statefulsets: 'StatefulSet', replicasets: 'ReplicaSet', cronjobs: 'CronJob'}

/** The same for a ValidatingPolicy (pkg/cel/autogen): one rule, for pods alone, without names, exclusions or labels. */
export function celAutogenOf(spec: Json | undefined): ReadonlySet<string> {
  const match = at(spec, 'matchConstraints')
  const [rule, ...others] = listAt(match, 'resourceRules')
  const isForPods = rule !== undefined && others.length === 0 && textsAt(rule, 'resources').join() === 'pods' && textsAt(rule, 'apiGroups').join() === '' && textsAt(rule, 'apiVersions').join() === 'v1'
  const isPlain = isForPods && textsAt(rule, 'resourceNames').length === 0 && listAt(match, 'excludeResourceRules').length === 0
    && Object.keys((at(match, 'objectSelector', 'matchLabels') ?? {}) as object).length === 0 && listAt(match, 'objectSelector', 'matchExpressions').length === 0
  if (!isPlain) return NONE
  const asked = at(spec, 'autogen', 'podControllers', 'controllers')
  const resources = asked === undefined ? Object.keys(RESOURCES) : textsAt(spec, 'autogen', 'podControllers', 'controllers')
  return new Set(resources.flatMap(resource => (RESOURCES[resource] === undefined ? [] : [RESOURCES[resource]])))
}
