import {OddField, at, listAt, mappingAt, numberAt, textAt, textsAt} from '../../kube/field.js'
import type {Step} from '../../kube/field.js'
import {pathOf} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {Cidr} from '../../network/cidr.js'
import {FAMILIES} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import type {Direction} from '../direction.js'
import {goBlock} from '../go-block.js'
import type {Ports} from '../ports.js'
import {NAMESPACE, OF_NAMESPACE, OF_SERVICE_ACCOUNT, SERVICE_ACCOUNT} from './labels.js'
import {portsOf} from './rule-ports.js'
import type {Selector, SelectorOptions} from './selector.js'
import {SelectorError, allOf, labelIs, labelIsOneOf, parseSelector} from './selector.js'

export interface Net {
  cidr: Cidr
  path: string
  text: string
}

/** One end of a rule. */
export interface Entity {
  nets: readonly Net[]
  notNets: readonly Net[]
  /** Endpoints and network sets; null: it does not ask. */
  selector: Selector | null
  notSelector: Selector | null
  /** Where to look for the selector: `spec.egress[0].destination.selector`. */
  path: string
  /** Endpoints of a Service: as pods, they have no family of their own. */
  isOfService: boolean
}

export interface CalicoRule {
  action: 'allow' | 'deny' | 'pass'
  /** Those in which Calico makes something of it. */
  families: readonly Family[]
  /** `ipVersion` says so. */
  isOneFamilyOnPurpose: boolean
  ports: Ports
  /** The other side; the pod's own. */
  peer: Entity
  own: Entity
  /** What it looks at beside peers and ports, so that only some of the traffic is meant; empty: nothing. */
  onlyIf: string
}

/**
 * `log` rules decide nothing, and rules about protocols without ports (ICMP is
 * one protocol for each family) are not compared: null.
 *
 * @param namespace of the policy, empty where it is a global one
 */
export function readRule(rule: Json, steps: readonly Step[], direction: Direction, namespace: string): CalicoRule | null {
  const action = actionOf(rule, steps)
  const ports = portsOf(rule, steps, direction)
  const [ownSide, peerSide] = direction === 'egress' ? ['source', 'destination'] as const : ['destination', 'source'] as const
  const own = readEntity(rule, ownSide, steps, namespace)
  const peer = readEntity(rule, peerSide, steps, namespace)
  const version = numberAt(rule, 'ipVersion')
  if (version !== undefined && version !== 4 && version !== 6) throw new OddField(pathOf([...steps, 'ipVersion']), '4 or 6')
  if (action === null || ports === null) return null
  const families = FAMILIES.filter(family => (version === undefined || version === family) && [own, peer].every(entity => isRendered(entity, family)))
  return {action, families, isOneFamilyOnPurpose: version !== undefined, ports, own, peer, onlyIf: onlyIf(rule)}
}

function actionOf(rule: Json, steps: readonly Step[]): CalicoRule['action'] | null {
  const action = (textAt(rule, 'action') ?? '').toLowerCase()
  if (action === 'log') return null
  if (action === 'allow' || action === 'deny' || action === 'pass') return action
  throw new OddField(pathOf([...steps, 'action']), 'an action of Calico')
}

/**
 * `FilterRuleToIPVersion` of felix/rules/policy.go: a rule is left out for a
 * family if one of its lists has entries and none of that family.
 */
function isRendered({nets, notNets}: Entity, family: Family): boolean {
  const isForgotten = (list: readonly Net[]): boolean => list.length > 0 && !list.some(({cidr}) => cidr.family === family)
  return !isForgotten(nets) && !isForgotten(notNets)
}

function readEntity(rule: Json, side: 'source' | 'destination', steps: readonly Step[], namespace: string): Entity {
  const entity = at(rule, side)
  const place = [...steps, side]
  const notSelector = selectorAt(entity, 'notSelector', place)
  return {
    nets: netsAt(entity, 'nets', place), notNets: netsAt(entity, 'notNets', place),
    selector: endpointsOf(entity, place, namespace, notSelector !== null), notSelector,
    path: pathOf([...place, 'selector']), isOfService: Object.keys(mappingAt(entity, 'services')).length > 0,
  }
}

/**
 * `getEndpointSelector` of updateprocessors/rules.go: as soon as any selector is
 * asked, a rule of a namespaced policy means its own namespace, or those that it
 * selects.
 */
function endpointsOf(entity: Json | undefined, place: readonly Step[], namespace: string, hasNotSelector: boolean): Selector | null {
  const accounts = at(entity, 'serviceAccounts')
  const names = textsAt(accounts, 'names')
  const own = [
    selectorAt(entity, 'selector', place),
    selectorAt(accounts, 'selector', [...place, 'serviceAccounts'], {prefix: OF_SERVICE_ACCOUNT}),
    names.length === 0 ? null : labelIsOneOf(SERVICE_ACCOUNT, names),
  ].filter(selector => selector !== null)
  const namespaces = selectorAt(entity, 'namespaceSelector', place, {prefix: OF_NAMESPACE, allHave: NAMESPACE})
  if (namespaces !== null) return allOf([namespaces, ...own])
  if (own.length === 0 && (!hasNotSelector || namespace === '')) return null
  return allOf(namespace === '' ? own : [labelIs(NAMESPACE, namespace), ...own])
}

/** Null: empty or absent, which asks for nothing. */
export function selectorAt(value: Json | undefined, field: string, place: readonly Step[], options: SelectorOptions = {}): Selector | null {
  const text = textAt(value, field) ?? ''
  if (text === '') return null
  try {
    return parseSelector(text, options)
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error
    throw new OddField(pathOf([...place, field]), `a selector of Calico (${error.message})`)
  }
}

/** Calico takes addresses for blocks too. What it cannot read it leaves out, which turns a list into another one: not understood. */
function netsAt(entity: Json | undefined, field: 'nets' | 'notNets', place: readonly Step[]): Net[] {
  return textsAt(entity, field).map((text, index) => {
    const path = pathOf([...place, field, index])
    return {cidr: goBlock(text, path, true), path, text}
  })
}

/** What is matched beside addresses, selectors and the ports that traffic goes to. */
function onlyIf(rule: Json): string {
  const isNamed = (port: Json): boolean => typeof port === 'string' && !/^[\d:]+$/.test(port)
  const parts = [
    Object.keys(mappingAt(rule, 'http')).length === 0 ? '' : 'HTTP',
    listAt(rule, 'destination', 'notPorts').some(isNamed) ? 'the names of ports' : '',
    listAt(rule, 'source', 'ports').length + listAt(rule, 'source', 'notPorts').length > 0 ? 'source ports' : '',
  ]
  return parts.filter(part => part !== '').join(' and ')
}
