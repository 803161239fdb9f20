import fc from 'fast-check'
import {among} from './kubeconfigs.js'

export interface Surroundings {
  /** `null` takes the variable away. Only what differs from the arena's usual environment. */
  variables: Readonly<Record<string, string | null>>
  /** Programs of the attacker that already lie there: below the working directory, and in an early PATH directory. */
  planted: readonly string[]
  kuberc: string | null
  /** Text of trust.yaml's entry: by path alone, or with the digest of the script. */
  trust: 'listed' | 'digest'
}

const path = among([
  [24, '{bin}'], [2, '{early}:{bin}'], [1, '.:{bin}'], [1, ':{bin}'], [1, 'sub:{bin}'], [1, '{bin}:'], [1, '{bin}:.'], [1, '{attack}/to-bin:{bin}'],
])

const kubeconfig = among<string | null>([
  [24, '{attack}/a'], [6, null], [5, '{attack}/a:{home}/.kube/config'], [4, '{home}/.kube/config:{attack}/a'], [2, '{attack}/a:b:{home}/.kube/config'], [2, 'b:{attack}/a'], [1, '../attack/a'], [1, 'b'],
  [1, ''], [1, ':'], [1, '::{attack}/a:'], [1, '{attack}/missing:{attack}/a'], [1, '{attack}'], [1, '{home}/.kube/../attack/a'], [1, '{attack}/link-to-a'], [1, '{attack}/a:{attack}/a'],
])

const rare = among<readonly [string, string | null] | null>([
  [40, null], [1, ['HOME', null]], [1, ['HOME', '']], [1, ['GODEBUG', 'execerrdot=0']], [1, ['GODEBUG', 'http2client=0,execerrdot=0']], [1, ['KUBERNETES_MASTER', '{url:evil}']],
  [1, ['KUBERNETES_EXEC_INFO', '{"apiVersion":"x"}']], [1, ['KUBERC', '{attack}/kuberc']], [1, ['KUBERC', 'off']], [1, ['KUBECTL_KUBERC', 'true']], [1, ['KUBECTL_KUBERC', 'false']],
  [1, ['KUBECACHEDIR', '{attack}/cache']], [1, ['HTTPS_PROXY', '{proxy:lying}']], [1, ['KUBERNETES_SERVICE_HOST', '127.0.0.1']],
])

const redirect = (name: string, value: string): string => `apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ndefaults:\n- command: get\n  options: [{name: ${name}, default: '${value}'}]\n`

const kuberc = among<string | null>([
  [60, null], [1, redirect('kubeconfig', '{attack}/swap')], [1, redirect('server', '{url:evil}')], [1, redirect('context', 'other')], [1, 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'],
  [1, 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\naliases:\n- {name: plug, command: get, appendArgs: [--kubeconfig={attack}/swap, pods]}\n'],
  [1, 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n'], [1, 'defaults: {broken\n'],
])

export const surroundings: fc.Arbitrary<Surroundings> = fc.record({
  path, kubeconfig, rare, kuberc,
  planted: fc.oneof({withCrossShrink: true}, {weight: 3, arbitrary: fc.constant([])}, {weight: 1, arbitrary: fc.subarray(['{cwd}/helper', '{cwd}/evil', '{cwd}/kubectl', '{cwd}/sub/helper', '{early}/helper', '{early}/evil', '{early}/kubectl', '{cwd}/kubectl-plug'])}),
  trust: among<'listed' | 'digest'>([[3, 'listed'], [1, 'digest']]),
}).map(({path: PATH, kubeconfig: KUBECONFIG, rare: odd, ...rest}) => ({
  ...rest,
  variables: {PATH, KUBECONFIG, ...(odd === null ? {} : {[odd[0]]: odd[1]})},
}))
