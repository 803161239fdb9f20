import {defineCheck} from '../../audit/check.js'
import type {ObjectRef} from '../../audit/finding.js'
import {shortList} from '../../kube/short-list.js'
import type {ControlId} from '../../pod-security/control.js'
import {FIRST_MINOR} from '../../pod-security/labels.js'
import {ownerOfNamespace} from '../../pod-security/owned-namespaces.js'
import type {Policy} from '../../pod-security/workload-fits.js'
import {refusedOf} from '../../pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../pod-security/workload-gather.js'
import {workloadLevels} from '../../pod-security/workload-levels.js'
import {namespacePolicies} from '../../pod-security/workload-namespaces.js'
import {counted} from '../../kube/counted.js'

/** What distributions run so: kubeadm, kops, k3s and RKE2, kube-vip, the add-on manager. */
const CONTROL_PLANE = /^(?:kube-(?:apiserver|controller-manager|scheduler|proxy|vip|addon-manager)|etcd|etcd-manager-(?:main|events)|cloud-controller-manager|konnectivity-server)$/

/**
 * Fires on static pods that a level refuses: the kubelet runs them from files
 * of its node and asks nobody, so that the API server only gets to see a copy.
 * Medium where the level of the namespace says no, for somebody believes in it;
 * low where baseline does. Who can write such a file is root on that node, so a
 * static pod that nobody knows of is a trace rather than a way in. The parts of
 * the control plane need the host and are told as information.
 */
export const staticPod = defineCheck({
  meta: {
    id: 'static-pod',
    title: 'Static pod that a level refuses, and that runs all the same',
    topic: 'pod-security',
    severity: 'low',
    variants: {
      refused: {severity: 'medium', title: 'The level of its namespace refuses it'},
      baseline: {severity: 'low', title: 'Baseline refuses it'},
      'control-plane': {severity: 'info', title: 'A part of the control plane, which needs the host'},
    },
    reads: ['pods', 'namespaces'],
    since: FIRST_MINOR,
    why: 'No admission keeps a kubelet from running what lies in its directory of manifests.',
    remediation: 'Look who wrote the file below the kubelet\'s staticPodPath, and make a DaemonSet of it, which is judged.',
    references: [{title: 'Static pods', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/'}],
  },
  needs: [workloadLevels, namespacePolicies],

  create(context) {
    return {
      end() {
        const {workloads, server} = context.fact(workloadLevels)
        const policies = context.fact(namespacePolicies)
        for (const {owner, variant, nodes, level, controls, name} of groupsOf(workloads.filter(one => one.nodes.length > 0), policies, server))
          context.report({
            object: owner, variant, key: name, count: nodes.length, confidence: 'derived', path: 'metadata.annotations["kubernetes.io/config.mirror"]',
            message: `The static pod ${name} on ${counted(nodes.length, 'node')} (${shortList(nodes, 3)}) breaks ${level} (${shortList(controls, 4)}) and runs all the same: no admission judges what a kubelet runs from a file.`,
            ...(variant === 'control-plane' ? {fixableBy: 'distribution' as const, fix: {text: 'Nothing: the control plane is meant to run so. Know who may write files on its nodes.'}} : {}),
          })
      },
    }
  },
})

interface Found {
  owner: ObjectRef
  /** Without the node, which the kubelet puts at the end. */
  name: string
  variant: 'refused' | 'baseline' | 'control-plane'
  nodes: string[]
  level: string
  controls: readonly ControlId[]
}

/** The same file lies on many nodes. */
function groupsOf(workloads: readonly WorkloadLevel[], policies: ReadonlyMap<string, Policy>, server: number): Iterable<Found> {
  const found = new Map<string, Found>()
  for (const workload of workloads) {
    const {owner, nodes} = workload
    const policy = policies.get(owner.namespace)
    const refused = policy === undefined ? null : refusedOf(workload, policy, server)
    const broken = refused ?? refusedOf(workload, {level: 'baseline', minor: null}, server)
    if (broken === null) continue
    const name = baseName(owner.name, nodes)
    const variant = isControlPlane(owner.namespace, name) ? 'control-plane' : refused === null ? 'baseline' : 'refused'
    const key = `${owner.namespace}/${name}/${variant}`
    const known = found.get(key)
    if (known === undefined) found.set(key, {owner, name, variant, nodes: [...nodes], level: refused === null ? 'baseline' : policy!.level, controls: broken.controls})
    else known.nodes.push(...nodes)
  }
  return found.values()
}

function baseName(name: string, nodes: readonly string[]): string {
  const node = nodes.find(one => one !== '' && name.endsWith(`-${one}`))
  return node === undefined ? name : name.slice(0, -node.length - 1)
}

/** In kube-system by name, for anybody may put a file there; a provider's own namespaces are the provider's. */
function isControlPlane(namespace: string, name: string): boolean {
  return namespace === 'kube-system' ? CONTROL_PLANE.test(name) : ownerOfNamespace(namespace, {}) !== null
}
