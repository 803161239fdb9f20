import {expect} from 'chai'
import {flagValues} from '../../src/kube/command-flags.js'
import {listAt} from '../../src/kube/field.js'
import type {KubeObject} from '../../src/kube/json.js'
import {prune} from '../../src/kube/prune.js'
import type {ReadKey} from '../../src/kube/resources.js'
import {RESOURCES} from '../../src/kube/resources.js'

const C = 'CANARY'
const metadata = {
  name: 'one', namespace: 'shop', managedFields: [{manager: C}], selfLink: C,
  annotations: {'kubectl.kubernetes.io/last-applied-configuration': C, 'kapp.k14s.io/original': C, 'objectset.rio.cattle.io/applied': C, 'example.com/note': C, 'kubernetes.io/psp': 'open'},
}
const container = {
  name: 'main', image: 'registry.example.com/main:1', command: ['sh', '-c', C], args: [`--token=${C}`], env: [{name: C, value: C}, {name: 'X', valueFrom: {secretKeyRef: {name: C}}}], envFrom: [{secretRef: {name: C}}],
  livenessProbe: {exec: {command: [C]}, httpGet: {host: '10.0.0.1', path: `/${C}`, httpHeaders: [{name: 'Authorization', value: C}]}}, lifecycle: {preStop: {exec: {command: [C]}}},
  volumeMounts: [{name: 'v', mountPath: '/v', subPath: C}],
}
const spec = {
  containers: [container], initContainers: [container], ephemeralContainers: [container], imagePullSecrets: [{name: C}],
  volumes: [{name: 's', secret: {secretName: C}}, {name: 'c', configMap: {name: C}}, {name: 'csi', csi: {driver: 'x', volumeAttributes: {password: C}, nodePublishSecretRef: {name: C}}}, {name: 'flex', flexVolume: {driver: 'x', options: {password: C}}}],
}
const webhooks = [{name: 'w', clientConfig: {caBundle: C, url: `https://user:${C}@example.com/`, service: {name: 's', namespace: 'n'}}}]
const configMap = (name: string, data: object): object => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {...metadata, name, namespace: 'kube-system'}, data})

describe('what a snapshot keeps of an object', () => {
  const rows: [name: string, row: ReadKey, object: object][] = [
    ['a pod', 'pods', {kind: 'Pod', metadata, spec}],
    ['an API server', 'control-plane-pods', {kind: 'Pod', metadata, spec: {...spec, containers: [{...container, name: 'kube-apiserver', command: ['kube-apiserver', `--etcd-password=${C}`, '--token-auth-file', C, '--enable-admission-plugins=A,B', `--service-cluster-ip-range`, `--oidc-client-secret=${C}`]}]}}],
    ['an API server in a shell', 'control-plane-pods', {kind: 'Pod', metadata, spec: {containers: [{name: 'a', command: ['sh', '-c', `SECRET=${C} exec /usr/bin/kube-apiserver --x=${C} "--enable-admission-plugins=A"`]}]}}],
    ['an API server with odd words', 'control-plane-pods', {kind: 'Pod', metadata, spec: {containers: [{name: 'a', command: {x: C}, args: [C, 7]}]}}],
    ['an ordinary Deployment', 'deployments', {kind: 'Deployment', metadata, spec: {template: {spec}}}],
    ['aws-node', 'aws-node', {kind: 'DaemonSet', metadata, spec: {template: {metadata, spec: {containers: [{...container, env: [{name: 'AWS_VPC_K8S_CNI_X', value: C}, {name: 'ENABLE_IPv6', value: 'true'}]}]}}}}],
    ['a controller of ingress-nginx', 'ingress-nginx-deployments', {kind: 'Deployment', metadata, spec: {template: {metadata, spec: {...spec, containers: [{...container, args: ['/nginx', '--configmap=a/b', `--default-ssl-certificate=${C}`]}]}}}}],
    ['a controller of ingress-nginx with odd words', 'ingress-nginx-daemonsets', {kind: 'DaemonSet', metadata, spec: {template: {spec: {containers: [{name: 'a', args: {x: C}}]}}}}],
    ['the ConfigMap of ingress-nginx', 'ingress-nginx-configmaps', configMap('nginx', {'http-snippet': C, 'whitelist-source-range': '10.0.0.0/8'})],
    ['a webhook', 'validatingwebhookconfigurations', {kind: 'ValidatingWebhookConfiguration', metadata, webhooks}],
    ['a policy of Kyverno', 'clusterpolicies', {kind: 'ClusterPolicy', metadata, spec: {rules: [{name: 'r', generate: {data: {kind: 'Secret', data: {x: C}}}, mutate: {patchStrategicMerge: {x: C}}, context: [{variable: {value: C}}], verifyImages: [{attestors: [C]}]}]}}],
    ['a node', 'nodes', {kind: 'Node', metadata, spec: {taints: [{key: C}], configSource: C}, status: {images: [{names: [C]}], addresses: []}}],
    ['a Service', 'services', {kind: 'Service', metadata, spec: {externalIPs: ['192.0.2.1']}, status: {conditions: [{message: C}]}}],
    ['a Flux object', 'kustomizations', {kind: 'Kustomization', metadata, spec: {postBuild: {substitute: {x: C}}, decryption: {secretRef: {name: C}}, kubeConfig: {secretRef: {name: 's'}}}}],
    ['a ConfigMap that checks name', 'network-configmaps', configMap('kubeadm-config', {other: C, ClusterConfiguration: 'networking: {}'})],
    ['a ConfigMap with another entry', 'kubeconfig-configmaps', configMap('kube-proxy', {other: C, 'config.conf': 'kind: KubeProxyConfiguration'})],
    ['a kubeconfig with a token', 'kubeconfig-configmaps', configMap('kube-proxy', {'kubeconfig.conf': `kind: Config\nusers:\n- user:\n    token: ${C}\n`})],
    ['a kubeconfig with a password as JSON', 'kubeconfig-configmaps', configMap('kube-proxy', {'kubeconfig.conf': `{"kind":"Config","users":[{"user":{"password":"${C}"}}]}`})],
    ['a kubeconfig with a secret in an argument', 'kubeconfig-configmaps', configMap('kube-proxy', {'kubeconfig.conf': `kind: Config\nargs: [--oidc-client-secret=${C}]\n`})],
    ['a kubeconfig with a secret in a variable', 'kubeconfig-configmaps', configMap('kube-proxy', {'kubeconfig.conf': `kind: Config\nenv:\n- name: AWS_SECRET_ACCESS_KEY\n  value: ${C}\n`})],
    ['a kubeconfig with a private key', 'kubeconfig-configmaps', configMap('kube-proxy', {'kubeconfig.conf': `kind: Config\nx: |\n  -----BEGIN EC PRIVATE KEY-----\n  ${C}\n`})],
    ['bytes in a ConfigMap', 'kubeconfig-configmaps', {...configMap('kube-proxy', {}), binaryData: {x: C}}],
    ['entries that are no text', 'kubeconfig-configmaps', configMap('kube-proxy', {x: {y: C}})],
    ['the flags of a live server', 'flagz', {kind: 'Flagz', flags: {'etcd-password': C, 'enable-admission-plugins': '[A]'}}],
    ['annotations that are a text', 'pods', {kind: 'Pod', metadata: {name: 'x', annotations: C}}],
    ['a spec that is a text', 'pods', {kind: 'Pod', metadata: {name: 'x'}, spec: C, status: C}],
    ['containers that are a text', 'pods', {kind: 'Pod', metadata: {name: 'x'}, spec: {containers: C, volumes: {x: C}}}],
  ]
  for (const [name, row, object] of rows)
    it(`holds nothing else: ${name}`, () => {
      const text = JSON.stringify(object)
      expect(text).to.include(C)
      expect(JSON.stringify(prune(row, object as KubeObject)!.object)).to.not.include(C)
      expect(JSON.stringify(object), 'the object itself is as it was').to.equal(text)
    })

  it('is nothing of a Secret', () => {
    for (const [row, {plural}] of Object.entries(RESOURCES)) if (plural === 'secrets') expect(prune(row as ReadKey, {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'x'}})).to.equal(null)
  })

  it('is what checks read', () => {
    const {object} = prune('pods', {apiVersion: 'v1', kind: 'Pod', metadata, spec} as unknown as KubeObject)!
    expect(object).to.have.nested.property('metadata.annotations').deep.equal({'kubernetes.io/psp': 'open'})
    expect(object).to.have.nested.property('spec.volumes').deep.equal([{name: 's', secret: {}}, {name: 'c', configMap: {}}, {name: 'csi', csi: {driver: 'x'}}, {name: 'flex', flexVolume: {driver: 'x'}}])
    const nodes = prune('aws-node', {kind: 'DaemonSet', metadata, spec: {template: {spec: {containers: [{name: 'a', env: [{name: 'ENABLE_IPv6', value: 'true'}, {name: 'B', value: 'x'}]}]}}}} as unknown as KubeObject)!
    expect(nodes.object).to.have.nested.property('spec.template.spec.containers[0].env').deep.equal([{name: 'ENABLE_IPv6', value: 'true'}, {name: 'B'}])
  })

  it('says what it left out of a kubeconfig', () => {
    const {object, leftOut} = prune('kubeconfig-configmaps', configMap('kube-proxy', {'kubeconfig.conf': 'kind: Config\ntoken: x'}) as KubeObject)!
    expect([object['data'], leftOut]).to.deep.equal([{'kubeconfig.conf': false}, 'a value of data that looks like a credential'])
  })

  const lines: [name: string, container: object][] = [
    ['flags in the command', {name: 'kube-apiserver', command: ['kube-apiserver', '--enable-admission-plugins=A,B', '--x=y', '--disable_admission_plugins=C']}],
    ['values as words of their own', {name: 'kube-apiserver', args: ['--x', 'y', '--enable-admission-plugins', 'A', '--service-cluster-ip-range', '10.0.0.0/16']}],
    ['a flag whose value is the first argument', {name: 'k', command: ['kube-apiserver', '--admission-control'], args: ['A,B']}],
    ['a shell', {name: 'k', command: ['sh', '-c', 'exec /usr/local/bin/kube-apiserver --enable-admission-plugins="A,B" --cluster-cidr 10.0.0.0/8']}],
    ['a variable', {name: 'k', command: ['kube-apiserver', '--enable-admission-plugins=$(PLUGINS)']}],
    ['no flag', {name: 'kube-apiserver', command: ['hyperkube']}],
  ]
  for (const [name, one] of lines)
    it(`leaves the flags of a command line as they are: ${name}`, () => {
      const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'x'}, spec: {containers: [one]}} as unknown as KubeObject
      const kept = prune('control-plane-pods', pod)!.object as KubeObject
      for (const flag of ['enable-admission-plugins', 'disable-admission-plugins', 'admission-control', 'service-cluster-ip-range', 'cluster-cidr'] as const)
        expect(flagValues(listAt(kept, 'spec', 'containers')[0]!, flag), flag).to.deep.equal(flagValues(listAt(pod, 'spec', 'containers')[0]!, flag))
      expect((listAt(kept, 'spec', 'containers')[0] as {command: unknown[]}).command).to.not.have.length(0)
    })
  it('leaves the flags of ingress-nginx as they are', () => {
    const controller = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'x', namespace: 'edge'}, spec: {template: {spec: {containers: [{name: 'controller', args: ['/nginx-ingress-controller', '--configmap=$(POD_NAMESPACE)/nginx', '--annotations-prefix', 'x.example.com', '--v=2']}]}}}} as unknown as KubeObject
    const kept = listAt(prune('ingress-nginx-deployments', controller)!.object, 'spec', 'template', 'spec', 'containers')[0]!
    expect([flagValues(kept, 'configmap'), flagValues(kept, 'annotations-prefix')]).to.deep.equal([['$(POD_NAMESPACE)/nginx'], ['x.example.com']])
  })

  it('is nothing that a policy wants to see in a request', () => {
    const http = {http: [{headers: ['X-Token: CANARY'], headerMatches: [{name: 'a', value: 'CANARY'}]}]}
    const egress = [{toCIDR: ['10.0.0.0/8'], toPorts: [{ports: [{port: '80'}], rules: http}]}]
    const cilium = prune('ciliumnetworkpolicies', {apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata, spec: {egress}, specs: [{egressDeny: egress}]} as unknown as KubeObject)!
    expect(cilium.object['specs']).to.deep.equal([{egressDeny: [{toCIDR: ['10.0.0.0/8'], toPorts: [{ports: [{port: '80'}]}]}]}])
    const when = [{key: 'request.headers[x-token]', values: ['CANARY', 'other'], notValues: ['CANARY']}, {key: 'source.ip', values: ['10.0.0.0/8']}]
    const istio = prune('authorizationpolicies', {apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec: {rules: [{when}]}} as unknown as KubeObject)!
    const [headers, address] = listAt(istio.object, 'spec', 'rules', 0, 'when') as unknown as {values: string[]; notValues: string[]}[]
    expect([address?.values, headers?.values[0] === headers?.notValues[0], headers?.values[0] === headers?.values[1]]).to.deep.equal([['10.0.0.0/8'], true, false])
    expect(JSON.stringify([cilium, istio])).to.not.include('CANARY')
  })
})
