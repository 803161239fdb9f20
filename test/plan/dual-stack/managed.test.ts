import {expect} from 'chai'
import {managerOf} from '../../../src/plan/dual-stack/managed.js'
import {object} from '../../support/declared-facts.js'

describe('managerOf', () => {
  const rows: [string, Record<string, unknown>, string | null, string?][] = [
    ['nobody', {labels: {app: 'web', 'app.kubernetes.io/instance': 'web'}}, null],
    ['Helm', {labels: {'app.kubernetes.io/managed-by': 'Helm'}}, 'Helm'],
    ['a release', {labels: {'app.kubernetes.io/managed-by': 'Helm'}, annotations: {'meta.helm.sh/release-name': 'shop'}}, 'the Helm release shop'],
    ['a tool', {labels: {'app.kubernetes.io/managed-by': 'Terraform'}}, 'Terraform'],
    ['Argo CD by its annotation', {annotations: {'argocd.argoproj.io/tracking-id': 'shop:networking.k8s.io/NetworkPolicy:shop/web'}}, 'the Argo CD application shop'],
    ['Argo CD by its label, before Helm', {labels: {'argocd.argoproj.io/instance': 'shop', 'app.kubernetes.io/managed-by': 'Helm'}}, 'the Argo CD application shop'],
    ['Flux', {labels: {'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system'}}, 'the Flux Kustomization flux-system/apps'],
    ['a HelmRelease of Flux', {labels: {'helm.toolkit.fluxcd.io/name': 'apps', 'helm.toolkit.fluxcd.io/namespace': 'flux-system', 'app.kubernetes.io/managed-by': 'Helm'}}, 'the Flux HelmRelease flux-system/apps'],
    ['a namespace of somebody', {}, 'Kubernetes', 'kube-system/a'],
  ]
  for (const [name, rest, expected, place = 'shop/a'] of rows) it(name, () => expect(managerOf(object('networking.k8s.io/v1', 'NetworkPolicy', place, rest))).to.equal(expected))

  it('an owner that controls it', () => {
    const policy = object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/a')
    const owned = {...policy, metadata: {...policy.metadata as object, ownerReferences: [{apiVersion: 'x/v1', kind: 'Firewall', name: 'f', uid: 'u', controller: true}]}}
    expect(managerOf(owned)).to.equal('Firewall f')
  })
})
