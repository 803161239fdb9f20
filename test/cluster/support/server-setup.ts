import {generateKeyPairSync, randomBytes} from 'node:crypto'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {ServerMinor} from './binaries.js'

export interface ApiServerOptions {
  minor: ServerMinor
  /** IPv4 primary, IPv6 secondary. */
  isDualStack?: boolean
  /** Added to the plugins that are on by default. */
  admissionPlugins?: readonly string[]
  /** With the ServiceAccount plugin, which is the default left out here, a pod needs an existing service account. */
  disabledPlugins?: readonly string[]
  /** Given last: of a repeated flag that holds one value, the last counts. */
  extraFlags?: readonly string[]
  auditLog?: boolean
  /** Names of kube-controller-manager's controllers; none: it is not started. */
  controllers?: readonly string[]
  /** Further users, with their groups. */
  users?: Readonly<Record<string, readonly string[]>>
  /** What the endpoints of default/kubernetes show. The server listens on 127.0.0.1 only. */
  advertiseAddress?: string
}

/** Keys, tokens and the audit policy; answers the token of each user. */
export async function writeInputs(directory: string, {users = {}}: ApiServerOptions): Promise<Record<string, string>> {
  const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const groups: Record<string, readonly string[]> = {admin: ['system:masters'], viewer: ['viewers'], nobody: [], ...users}
  const tokens = Object.fromEntries(Object.keys(groups).map(user => [user, randomBytes(24).toString('base64url')]))
  const rows = Object.entries(groups).map(([user, own]) => `${tokens[user]},${user},uid-${user}${own.length === 0 ? '' : `,"${own.join(',')}"`}\n`)
  await mkdir(join(directory, 'certs'))
  await writeFile(join(directory, 'sa.key'), privateKey.export({type: 'sec1', format: 'pem'}), {mode: 0o600})
  await writeFile(join(directory, 'tokens.csv'), rows.join(''), {mode: 0o600})
  await writeFile(join(directory, 'audit-policy.json'), JSON.stringify({apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{level: 'Metadata'}]}))
  return tokens
}

/** No fsync: the data is thrown away. */
export function etcdFlags(directory: string, port: number): string[] {
  const url = `http://127.0.0.1:${port}`
  return [
    `--data-dir=${join(directory, 'etcd')}`, `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, '--listen-peer-urls=http://127.0.0.1:0',
    '--unsafe-no-fsync', '--logger=zap', '--log-level=warn', `--quota-backend-bytes=${8 * 2 ** 30}`,
  ]
}

export function serverFlags(directory: string, options: ApiServerOptions, {etcdPort, port}: {etcdPort: number; port: number}): string[] {
  const {isDualStack = false, admissionPlugins = [], disabledPlugins = ['ServiceAccount'], auditLog = false, extraFlags = [], advertiseAddress = '10.0.0.10'} = options
  const list = (flag: string, values: readonly string[]): string[] => (values.length === 0 ? [] : [`--${flag}=${values.join(',')}`])
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, `--advertise-address=${advertiseAddress}`,
    `--cert-dir=${join(directory, 'certs')}`, `--service-cluster-ip-range=10.96.0.0/12${isDualStack ? ',fd12:3456::/108' : ''}`,
    `--service-account-key-file=${join(directory, 'sa.key')}`, `--service-account-signing-key-file=${join(directory, 'sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc', `--token-auth-file=${join(directory, 'tokens.csv')}`, '--authorization-mode=RBAC',
    '--allow-privileged=true', '--profiling=false',
    ...list('enable-admission-plugins', admissionPlugins), ...list('disable-admission-plugins', disabledPlugins),
    ...auditLog ? [`--audit-log-path=${join(directory, 'audit.log')}`, `--audit-policy-file=${join(directory, 'audit-policy.json')}`] : [],
    ...extraFlags,
  ]
}

export function controllerFlags(directory: string, kubeconfig: string, {controllers = []}: ApiServerOptions): string[] {
  return [
    `--kubeconfig=${kubeconfig}`, `--controllers=${controllers.join(',')}`, '--leader-elect=false', '--secure-port=0',
    `--service-account-private-key-file=${join(directory, 'sa.key')}`, `--root-ca-file=${join(directory, 'certs', 'apiserver.crt')}`,
  ]
}
