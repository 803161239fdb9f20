import type {ObjectRef} from '../../audit/finding.js'
import {listAt, pathOf, textAt, textsAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {nameOf, namespaceOf} from '../../kube/object.js'
import type {Cidr} from '../../network/cidr.js'
import {familiesOf, setOf} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'
import {otherFamilyOf} from '../../network/ip.js'
import {goBlock} from '../go-block.js'

/** Addresses by which Istio knows traffic for what it is, all of one family. */
export interface AddressMatch {
  object: ObjectRef
  what: 'service-entry' | 'destination-subnets' | 'source-subnet'
  path: string
  texts: readonly string[]
  missing: Family
}

interface Written {
  path: string
  text: string
  cidr: Cidr
}

export function serviceEntryMatches(object: KubeObject): AddressMatch[] {
  return oneFamily(object, 'service-entry', textsAt(object, 'spec', 'addresses').map((text, index) => ({path: `spec.addresses[${index}]`, text, cidr: goBlock(text, pathOf(['spec', 'addresses', index]), true)})))
}

/** Each family may have a match of its own, so what is of one object is read together. */
export function virtualServiceMatches(object: KubeObject): AddressMatch[] {
  const matches = (['tcp', 'tls'] as const).flatMap(kind => listAt(object, 'spec', kind).flatMap((route, at) => listAt(route, 'match').map((match, index) => ({match, steps: ['spec', kind, at, 'match', index] as const, path: `spec.${kind}[${at}].match[${index}]`}))))
  const subnets = matches.flatMap(({match, steps, path}) => textsAt(match, 'destinationSubnets').map((text, index) => ({path: `${path}.destinationSubnets`, text, cidr: goBlock(text, pathOf([...steps, 'destinationSubnets', index]), true)})))
  const sources = matches.flatMap(({match, steps, path}) => {
    const text = textAt(match, 'sourceSubnet') ?? ''
    return text === '' ? [] : [{path: `${path}.sourceSubnet`, text, cidr: goBlock(text, pathOf([...steps, 'sourceSubnet']), true)}]
  })
  return [...oneFamily(object, 'destination-subnets', subnets), ...oneFamily(object, 'source-subnet', sources)]
}

function oneFamily(object: KubeObject, what: AddressMatch['what'], written: readonly Written[]): AddressMatch[] {
  const [first] = written
  const [named, second] = familiesOf(setOf(written.map(({cidr}) => cidr)))
  if (first === undefined || named === undefined || second !== undefined) return []
  const ref: ObjectRef = {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
  return [{object: ref, what, path: first.path, texts: written.map(({text}) => text), missing: otherFamilyOf(named)}]
}
