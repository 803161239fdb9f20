import {gzipSync} from 'node:zlib'
import type {KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {base64, namespace, object, pod} from './case.js'

const ENFORCED = {'pod-security.kubernetes.io/enforce': 'baseline'}
const RBAC = 'rbac.authorization.k8s.io/v1'
const any = {rule: 'RunAsAny'}

/** Where the plugin is on, no pod is let in without one. */
export const CAREFUL_POLICY = object('policy/v1beta1', 'PodSecurityPolicy', 'careful', {
  spec: {privileged: false, volumes: ['*'], runAsUser: any, fsGroup: any, supplementalGroups: any, seLinux: any},
})

/** JSON, gzip, base64, and once more base64 by the API. */
function release(place: string, manifest: string): KubeObject {
  const stored = gzipSync(JSON.stringify({name: 'web', version: 1, info: {status: 'deployed'}, manifest})).toString('base64')
  const labels = {owner: 'helm', name: 'web', status: 'deployed', version: '1'}
  return object('v1', 'Secret', place, {type: 'helm.sh/release.v1', data: {release: base64(stored)}}, {labels})
}

function role(place: string, resource: string): KubeObject {
  return object(RBAC, 'Role', place, {rules: [{apiGroups: ['policy'], resources: [resource], verbs: ['use'], resourceNames: ['careful']}]})
}

export const POD_SECURITY_CASES: readonly CheckCase[] = [
  {
    check: 'no-pod-enforcement',
    bad: [namespace('unlabelled'), pod('unlabelled/one')],
    found: {variant: 'unlabelled', kind: 'Namespace', name: 'unlabelled'},
    good: [namespace('enforced', ENFORCED), pod('enforced/one')],
  },
  {
    check: 'pod-security-label-invalid',
    bad: [namespace('misspelt', {'pod-security.kubernetes.io/enforced': 'baseline'})],
    found: {variant: 'misspelt', kind: 'Namespace', name: 'misspelt'},
    good: [namespace('spelt', {...ENFORCED, 'pod-security.kubernetes.io/enforce-version': 'v1.24'})],
  },
  {
    check: 'pod-security-label-invalid',
    bad: [namespace('from-the-future', {...ENFORCED, 'pod-security.kubernetes.io/enforce-version': 'v1.99'})],
    found: {variant: 'newer-than-server', kind: 'Namespace', name: 'from-the-future'},
    good: [],
  },
  {
    check: 'psp-in-helm-release', minors: [24],
    bad: [namespace('helm-old'), release('helm-old/sh.helm.release.v1.web.v1', 'kind: PodSecurityPolicy\nmetadata:\n  name: web\n')],
    found: {variant: 'current', kind: 'Secret', namespace: 'helm-old', name: 'sh.helm.release.v1.web.v1', state: 'latent'},
    good: [namespace('helm-new'), release('helm-new/sh.helm.release.v1.web.v1', 'kind: Service\nmetadata:\n  name: web\n')],
  },
  {
    check: 'psp-in-helm-release', minors: [30, 37],
    bad: [namespace('helm-old'), release('helm-old/sh.helm.release.v1.web.v1', 'kind: PodSecurityPolicy\nmetadata:\n  name: web\n')],
    found: {variant: 'current', kind: 'Secret', namespace: 'helm-old', name: 'sh.helm.release.v1.web.v1'},
    good: [namespace('helm-new'), release('helm-new/sh.helm.release.v1.web.v1', 'kind: Service\nmetadata:\n  name: web\n')],
  },
  {
    // Its clean twin is a server that does not serve the API.
    check: 'psp-in-use', minors: [24],
    bad: [namespace('psp-user'), pod('psp-user/one')],
    found: {variant: 'acting', kind: 'PodSecurityPolicy', name: 'careful'},
    good: [],
  },
  {
    check: 'psp-leftovers', minors: [30, 37],
    bad: [namespace('dead-grant'), role('dead-grant/psp', 'podsecuritypolicies')],
    found: {variant: 'dead-grant', kind: 'Role', namespace: 'dead-grant', name: 'psp'},
    good: [namespace('live-grant'), role('live-grant/pdb', 'poddisruptionbudgets')],
  },
  {
    check: 'psp-leftovers', minors: [30, 37],
    bad: [namespace('annotated'), pod('annotated/one', [], {annotations: {'kubernetes.io/psp': 'careful'}})],
    found: {variant: 'annotation', kind: 'Pod', namespace: 'annotated', name: 'one'},
    good: [namespace('plain', ENFORCED), pod('plain/one')],
  },
]
