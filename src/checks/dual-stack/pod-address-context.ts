import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import {linkOf, owners, topOwner} from '../../audit/owners.js'
import {POD_VIEW_NEEDS, podViews} from '../../filters/pods.js'
import {addressTrouble} from '../../filters/pod-addresses.js'
import type {AddressTrouble} from '../../filters/pod-addresses.js'
import {nameOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'
import {assumedFamilies} from '../../network/assumed-families.js'
import {podAddresses} from '../../network/pod-families.js'

/**
 * Fires where a running pod names addresses of a family that it cannot use:
 * a host port on an address of the other family, name servers and host aliases
 * that it has no way to; and where a pod of both families opens a host port over
 * one of them only. Quiet about pods on the network of their node, loopback
 * addresses, and addresses of one family at pods that have it.
 */
export const podAddressContext = defineCheck({
  meta: {
    id: 'pod-address-context',
    title: 'A pod names addresses of an IP family that it cannot use',
    topic: 'dual-stack',
    severity: 'info',
    variants: {
      'host-port-not-opened': {severity: 'info', title: 'A host port on an address of a family that the pod lacks'},
      'host-port-one-family': {severity: 'info', title: 'A host port of a pod with both families, open over one'},
      'name-servers': {severity: 'info', title: 'Name servers of a family that the pod lacks'},
      'host-aliases': {severity: 'info', title: 'Host aliases of a family that the pod lacks'},
    },
    reads: ['pods'],
    isPreview: true,
    why: 'Addresses in the spec of a pod are written once and stay as they are when the pod gets another family. The CNI plugin portmap maps a host port within the family of hostIP only, and a pod without an address of a family has no way to name servers and hosts of it.',
    remediation: 'Leave hostIP out, and name an address of each family that the pod has.',
    references: [
      {title: 'CNI plugin portmap: hostIP and families', url: 'https://github.com/containernetworking/plugins/pull/487'},
      {title: 'Pod\'s DNS config', url: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config'},
    ],
  },
  needs: [...POD_VIEW_NEEDS, owners],

  create(context) {
    const viewOf = podViews(context)
    const found = new Map<string, Found>()
    return {
      pods(pod) {
        const view = viewOf(pod)
        if (view === null) return
        const shown = context.fact(assumedFamilies).isDual ? view.families : podAddresses(pod).map(({family}) => family)
        for (const trouble of addressTrouble(pod, {out: view.families, in: shown})) {
          const owner = topOwner(context.fact(owners), linkOf(pod))
          const key = JSON.stringify([owner, trouble.variant])
          const known = found.get(key)
          if (known === undefined) found.set(key, {owner, trouble, pods: 1, name: nameOf(pod), families: shown.map(family => `IPv${family}`).join(' and ')})
          else known.pods++
        }
      },
      end() {
        for (const one of found.values()) report(context, one)
      },
    }
  },
})

/** Pods of one owner are made alike: the first speaks for all. */
interface Found {
  owner: ObjectRef
  trouble: AddressTrouble
  pods: number
  name: string
  families: string
}

function report(context: CheckContext, {owner, trouble, pods, name, families}: Found): void {
  const {variant, path, texts} = trouble
  const isPod = owner.kind === 'Pod'
  const who = `${isPod ? 'The pod' : `A pod of it, ${name},`} has ${families}`
  context.report({
    object: owner, variant, path: isPod ? path : `spec.template.${path}`, key: texts.toSorted().join(' '), count: pods, confidence: 'weak',
    message: `${who} and ${SAID[variant]([...new Set(texts)])}.`, fix: {text: FIXES[variant]},
  })
}

const SAID: Readonly<Record<AddressTrouble['variant'], (texts: readonly string[]) => string>> = {
  'host-port-not-opened': texts => `asks for a host port on ${shortList(texts, 3)}: the usual plugin maps a port within the family of hostIP, so nobody listens there`,
  'host-port-one-family': texts => `asks for a host port on ${shortList(texts, 3)}, which is every address of one family: clients over the other reach nobody at that port`,
  'name-servers': texts => `its dnsConfig names servers of the other family only (${shortList(texts, 3)}), to which it has no way: it gets no answer from them`,
  'host-aliases': texts => `its hostAliases lead to addresses of the other family (${shortList(texts, 3)}), to which it has no way: connections to these names fail`,
}

const FIXES: Readonly<Record<AddressTrouble['variant'], string>> = {
  'host-port-not-opened': 'Leave hostIP out, which means every address of every family that the pod has.',
  'host-port-one-family': 'Leave hostIP out where the port is meant for both families.',
  'name-servers': 'Name a server of the family that the pod has in dnsConfig.nameservers.',
  'host-aliases': 'Give these names an address of the family that the pod has.',
}
