import type {ObjectRef} from '../../audit/finding.js'
import {OddField, at, listAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {EMPTY, setOf, subtract, union} from '../../network/interval-set.js'
import {EVERYTHING} from '../chain/chain.js'
import {goBlock} from '../go-block.js'

/** A list of networks of one object of policy.linkerd.io. */
export interface NetworkList {
  object: ObjectRef
  /** Clients that may come, or destinations that a policy holds for. */
  what: 'clients' | 'destinations'
  /** `spec.networks` */
  path: string
  texts: readonly string[]
  set: IntervalSet
  /** `trafficPolicy: Deny` of an EgressNetwork: what no route names is refused. */
  isDenied: boolean
}

function refOf(object: KubeObject): ObjectRef {
  return {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
}

/** Clients from none of its networks do not pass it. */
export function networkAuthentication(object: KubeObject): NetworkList {
  return {object: refOf(object), what: 'clients', isDenied: false, ...networksAt(object, ['spec', 'networks'])}
}

/** Null: it names no networks, which means those of the cluster, as Linkerd was told them. */
export function serverAuthorization(object: KubeObject): NetworkList | null {
  const list = networksAt(object, ['spec', 'client', 'networks'])
  return list.texts.length === 0 ? null : {object: refOf(object), what: 'clients', isDenied: false, ...list}
}

/** Without networks it holds for all that is outside of the cluster, in both families. */
export function egressNetwork(object: KubeObject): NetworkList {
  const policy = textAt(object, 'spec', 'trafficPolicy') ?? ''
  if (policy !== 'Allow' && policy !== 'Deny') throw new OddField('spec.trafficPolicy', 'Allow or Deny')
  const list = networksAt(object, ['spec', 'networks'])
  return {object: refOf(object), what: 'destinations', isDenied: policy === 'Deny', ...list, set: at(object, 'spec', 'networks') === undefined ? EVERYTHING : list.set}
}

/** `Network` of policy-controller/k8s/api: a block or an address alone, and what of it is left out. */
function networksAt(object: KubeObject, steps: readonly Step[]): {path: string; texts: string[]; set: IntervalSet} {
  const read = listAt(object, ...steps).map((entry, index) => networkOf(entry, [...steps, index]))
  return {path: pathOf(steps), texts: read.map(({text}) => text), set: read.reduce((sum, {set}) => union(sum, set), EMPTY)}
}

function networkOf(entry: Json, steps: readonly Step[]): {text: string; set: IntervalSet} {
  const cidr = textAt(entry, 'cidr') ?? ''
  const except = textsAt(entry, 'except')
  const left = except.map((text, index) => goBlock(text, pathOf([...steps, 'except', index]), true))
  return {text: except.length === 0 ? cidr : `${cidr} except ${except.join(', ')}`, set: subtract(setOf([goBlock(cidr, pathOf([...steps, 'cidr']), true)]), setOf(left))}
}
