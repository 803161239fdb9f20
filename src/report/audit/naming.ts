import type {Finding, ObjectRef} from '../../audit/finding.js'
import {RESOURCES} from '../../kube/resources.js'
import type {Resource} from '../../kube/resources.js'
import {groupOf} from '../../kube/object.js'
import {printable} from '../../printable.js'

/** `service-external-ip/cluster-dns`: what `explain` takes, and the rule id of other tools. */
export function ruleOf({check, variant}: Pick<Finding, 'check' | 'variant'>): string {
  return variant === '' ? check : `${check}/${variant}`
}

/** Who a person would go to: the owner where it is another object. */
export function subjectOf({object, owner}: Finding): ObjectRef {
  return owner ?? object
}

/** `deployment.apps/web`, as `kubectl -o name` prints it. */
export function kubectlName(ref: ObjectRef): string {
  const group = groupOf(ref)
  return printable(`${ref.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${ref.name}`)
}

/** `payments/service/cache-vip`; `node/n1` where there is no namespace. */
export function whereText({kind, namespace, name}: ObjectRef): string {
  return printable(`${namespace === '' ? '' : `${namespace}/`}${kind.toLowerCase()}/${name}`)
}

const BY_KIND: ReadonlyMap<string, Resource> = new Map(Object.values(RESOURCES).map(row => [`${row.group}/${row.kind}`, row]))

/** `networkpolicies.networking.k8s.io`. Kinds that no row knows get the common English plural. */
export function resourceOfRef(ref: ObjectRef): string {
  const group = groupOf(ref)
  const plural = BY_KIND.get(`${group}/${ref.kind}`)?.plural ?? pluralOf(ref.kind.toLowerCase())
  return group === '' ? plural : `${plural}.${group}`
}

export function pluralOf(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`
  return /(s|x|ch|sh)$/i.test(word) ? `${word}es` : `${word}s`
}

export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${thousands(count)} ${count === 1 ? singular : plural}`
}

/** `8,120`: not by locale, which differs between machines. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
