import type {Fact} from '../audit/fact.js'
import {defineFact} from '../audit/fact.js'
import type {ObjectRef} from '../audit/finding.js'
import type {OwnerLink, Owners} from '../audit/owners.js'
import {linkOf, owners, topOwner} from '../audit/owners.js'
import {effectiveMinor, serverVersion} from '../audit/server-version.js'
import {isMapping, textAt} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import {namespaceOf} from '../kube/object.js'
import {isFinished} from '../kube/pod.js'
import type {ControlId, FailedControl} from './control.js'
import {NEWEST_MINOR} from './control.js'
import type {Judged, Rules} from './evaluate.js'
import {evaluate} from './evaluate.js'
import type {Level} from './labels.js'
import {levelsInForce} from './namespace-levels.js'
import {withServerDefaults} from './normalise.js'
import {areFreed} from './psa-config-users.js'
import {podSecurityState} from './psa-config-fact.js'
import type {Policy} from './workload-fits.js'
import {policyOf} from './workload-namespaces.js'
import {mirroredOn} from './workload-templates.js'
import {SERVER_CHANGES, brokenRules, failedAt} from './workload-verdict.js'

/** Running pods that the level of their namespace would refuse if they were made anew. */
export interface PodRefusal {
  /** What a person would edit. */
  owner: ObjectRef
  /** Nothing makes the pod anew: whoever deletes it has lost it. */
  isBare: boolean
  pods: number
  level: Level
  /** As the label has it. */
  version: string
  /** Null: today's server does. Else the first that would. */
  from: number | null
  /** Of the first pod that was met, in the words of that server. */
  failed: readonly FailedControl[]
  isExemptionKnown: boolean
}

/** Static pods are left out: the kubelet asks nobody. Ephemeral containers too: a new pod comes without them. */
export const podRefusals: Fact<readonly PodRefusal[]> = defineFact<'pods', readonly PodRefusal[]>({
  id: 'pod-refusals',
  reads: ['pods'],
  needs: [serverVersion, levelsInForce, podSecurityState, owners],
  create(context) {
    const met = new Map<string, Met>()
    let known: World | null = null
    const world = (): World => (known ??= worldOf(effectiveMinor(context.fact(serverVersion)), context.fact(levelsInForce).flatMap(namespace => {
      const policy = policyOf(namespace, context.fact(podSecurityState))
      return policy === null ? [] : [{...policy, name: namespace.name, version: namespace.enforce.version, isExemptionKnown: namespace.exempt !== null}]
    })))
    return {
      pods(pod) {
        const policy = world().policies.get(namespaceOf(pod))
        if (policy === undefined || isFinished(pod) || mirroredOn(pod) !== null || isExempt(pod, policy)) return
        const link = linkOf(pod)
        if (areFreed(link.controller?.ref.kind ?? null, context.fact(podSecurityState).exemptions)) return
        record(met, {link, policy}, judgedAnew(pod, world().server), world())
      },
      end: () => merged([...met.values()], context.fact(owners)),
    }
  },
})

interface NamedPolicy extends Policy {
  name: string
  version: string
  isExemptionKnown: boolean
}

interface World {
  server: number
  isServerKnown: boolean
  policies: ReadonlyMap<string, NamedPolicy>
}

function worldOf(minor: number | null, policies: readonly NamedPolicy[]): World {
  return {server: minor ?? NEWEST_MINOR, isServerKnown: minor !== null, policies: new Map(policies.map(policy => [policy.name, policy]))}
}

function isExempt(pod: KubeObject, {exemptRuntimeClasses = []}: Policy): boolean {
  return exemptRuntimeClasses.length > 0 && exemptRuntimeClasses.includes(textAt(pod, 'spec', 'runtimeClassName') ?? '')
}

function judgedAnew(pod: KubeObject, server: number): Judged {
  const spec: Json | undefined = pod['spec']
  const own = isMapping(spec) && spec['ephemeralContainers'] !== undefined ? {...spec, ephemeralContainers: null} : spec
  return withServerDefaults({metadata: pod['metadata'], spec: own}, 'pod', server)
}

interface Met extends Omit<PodRefusal, 'owner' | 'isBare'> {
  link: OwnerLink
}

/** The words are made once for each controller and set of failed controls. */
function record(met: Map<string, Met>, {link, policy}: {link: OwnerLink; policy: NamedPolicy}, judged: Judged, world: World): void {
  const broken = brokenRules(judged)
  if (broken === 0) return
  const first = firstRefusal(minor => failedAt(broken, policy.level, rulesOf(policy, minor)), world)
  if (first === null) return
  const {kind, namespace, name} = link.controller?.ref ?? link.object
  const key = [namespace, kind, name, first.from ?? '', ...first.controls].join('\n')
  const before = met.get(key)
  if (before !== undefined) before.pods++
  else {
    const {level, version, isExemptionKnown} = policy
    met.set(key, {link, pods: 1, level, version, isExemptionKnown, from: first.from, failed: evaluate(level, rulesOf(policy, first.from ?? world.server), judged)})
  }
}

function firstRefusal(failedOn: (minor: number) => readonly ControlId[], {server, isServerKnown}: World): {from: number | null; controls: readonly ControlId[]} | null {
  const today = failedOn(server)
  if (today.length > 0) return {from: null, controls: today}
  // Without a version to start from nothing is new. A label that pins one keeps its rules, but for what the server's build alone decides.
  if (!isServerKnown) return null
  for (const minor of SERVER_CHANGES.filter(one => one > server)) {
    const controls = failedOn(minor)
    if (controls.length > 0) return {from: minor, controls}
  }
  return null
}

function rulesOf({minor}: Policy, server: number): Rules {
  return {minor: minor ?? server, server}
}

/** One for each top owner, and apart what only a version to come refuses. The pods that fail most speak for the rest. */
function merged(met: readonly Met[], known: Owners): PodRefusal[] {
  const refusals = new Map<string, PodRefusal>()
  for (const {link, ...rest} of met) {
    const owner = topOwner(known, link)
    const key = [owner.namespace, owner.apiVersion, owner.kind, owner.name, rest.from === null].join('\n')
    const before = refusals.get(key)
    const one = {...rest, owner, isBare: link.controller === null}
    refusals.set(key, before === undefined ? one : {...(before.failed.length >= one.failed.length ? before : one), pods: before.pods + one.pods})
  }
  return [...refusals.values()].toSorted((a, b) => compare(a.owner.namespace, b.owner.namespace) || compare(a.owner.kind, b.owner.kind) || compare(a.owner.name, b.owner.name))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
