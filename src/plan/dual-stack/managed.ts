import type {KubeObject} from '../../kube/json.js'
import {annotationsOf, controllerOf, labelsOf, namespaceOf} from '../../kube/object.js'
import {ownerOfNamespace} from '../../pod-security/owned-namespaces.js'

interface Mark {
  label: string
  /** What the object is a part of, by the value of the label. */
  text(value: string, labels: Readonly<Record<string, string>>): string
}

/** Labels by which those that write objects again and again know their own. */
const MARKS: readonly Mark[] = [
  // https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources and the same of helm-controller.
  {label: 'kustomize.toolkit.fluxcd.io/name', text: (name, labels) => `the Flux Kustomization ${labels['kustomize.toolkit.fluxcd.io/namespace'] ?? ''}/${name}`},
  {label: 'helm.toolkit.fluxcd.io/name', text: (name, labels) => `the Flux HelmRelease ${labels['helm.toolkit.fluxcd.io/namespace'] ?? ''}/${name}`},
  {label: 'argocd.argoproj.io/instance', text: name => `the Argo CD application ${name}`},
  // https://fleet.rancher.io: Fleet applies by Rancher's object sets.
  {label: 'objectset.rio.cattle.io/hash', text: () => 'Rancher (an object set)'},
  {label: 'olm.owner', text: name => `the operator ${name}`},
  {label: 'addonmanager.kubernetes.io/mode', text: () => 'the addon manager'},
]

/**
 * Who writes the object, and would take away or lose what somebody else adds:
 * the change belongs into the source. Null: nothing tells of any.
 */
export function managerOf(object: KubeObject): string | null {
  const labels = labelsOf(object)
  const annotations = annotationsOf(object)
  const tracked = annotations['argocd.argoproj.io/tracking-id']
  if (tracked !== undefined) return `the Argo CD application ${tracked.split(':')[0] ?? ''}`
  for (const {label, text} of MARKS) {
    const value = labels[label]
    if (value !== undefined) return text(value, labels)
  }
  const by = labels['app.kubernetes.io/managed-by']
  if (by === 'Helm') return helmText(annotations['meta.helm.sh/release-name'])
  if (by !== undefined && by !== '') return by
  const owner = controllerOf(object)
  if (owner !== null) return `${owner.kind} ${owner.name}`
  return ownerOfNamespace(namespaceOf(object), {})
}

function helmText(release: string | undefined): string {
  return release === undefined ? 'Helm' : `the Helm release ${release}`
}
