import type {Json} from '../../../src/kube/json.js'
import type {Draft} from '../../differential/pod-fields.js'
import {SYSCTLS} from '../../differential/pod-fields.js'
import {oddText} from '../../differential/pod-text.js'
import type {Random} from '../../differential/random.js'
import {ODD_VOLUMES, PLAIN_VOLUMES} from './valid-volumes.js'

/**
 * Pods that API validation takes (most of them, on most servers) and that the
 * Pod Security Standards have something to say about. Validation comes first:
 * of what it refuses no server says what Pod Security would.
 */
export function validPod(random: Random): {metadata: Draft; spec: Draft} {
  const isWindows = random.chance(0.08)
  const pod = {metadata: {annotations: {}} as Draft, spec: isWindows ? windowsSpec(random) : linuxSpec(random)}
  if (!isWindows) for (let count = random.pick([0, 1, 1, 2, 3, 4]); count > 0; count--) random.pick(CHANGES)(random, pod)
  return JSON.parse(JSON.stringify(pod)) as typeof pod
}

function linuxSpec(random: Random): Draft {
  const isGood = random.chance(0.6)
  const containers = Array.from({length: 1 + random.below(3)}, (_, index) => container(random, `c${index}`, isGood))
  const inits = Array.from({length: random.pick([0, 0, 1, 2])}, (_, index) => container(random, `i${index}`, isGood))
  return {
    containers,
    ...(inits.length === 0 ? {} : {initContainers: inits}),
    ...(isGood ? {securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}}} : {}),
    ...(random.chance(0.15) ? {os: {name: 'linux'}} : {}),
    ...(random.chance(0.5) ? {volumes: [random.pick(PLAIN_VOLUMES)('plain')]} : {}),
  }
}

function windowsSpec(random: Random): Draft {
  const isHostProcess = random.chance(0.5)
  return {
    os: {name: 'windows'}, ...(isHostProcess ? {hostNetwork: true} : {}),
    securityContext: {...(random.chance(0.5) ? {runAsNonRoot: true} : {}), ...(isHostProcess ? {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM'}} : {})},
    containers: [{name: 'c0', image: 'registry.example.com/app:1'}, ...(random.chance(0.5) ? [{name: 'c1', image: 'registry.example.com/app:1'}] : [])],
  }
}

function container(random: Random, name: string, isGood: boolean): Draft {
  return {
    name, image: 'registry.example.com/app:1',
    ...(isGood ? {securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL'], ...(random.chance(0.2) ? {add: ['NET_BIND_SERVICE']} : {})}}} : {}),
  }
}

type Change = (random: Random, pod: {metadata: Draft; spec: Draft}) => void

const SECCOMP: readonly Draft[] = [{type: 'Unconfined'}, {type: 'Unconfined'}, {type: 'RuntimeDefault'}, {type: 'Localhost', localhostProfile: 'p.json'}]
const SELINUX_TYPES = ['container_t', 'container_engine_t', 'spc_t', '']

/** Each is one thing that people do; several of them in one pod mostly stay valid. */
const CHANGES: readonly Change[] = [
  ...['hostNetwork', 'hostPID', 'hostIPC'].map<Change>(field => (_, {spec}) => {
    spec[field] = true
    // These four exclude one another.
    delete spec['hostUsers']
  }),
  (_, {spec}) => shareNothing(spec),
  (random, pod) => assign(context(random, pod), {runAsNonRoot: random.chance(0.3)}),
  (random, pod) => assign(context(random, pod), {runAsUser: random.pick([0, 0, 1000])}),
  (random, pod) => assign(context(random, pod), {seccompProfile: random.pick(SECCOMP)}),
  (random, pod) => assign(context(random, pod), {appArmorProfile: random.pick(SECCOMP)}),
  (random, pod) => assign(context(random, pod), {seLinuxOptions: seLinux(random)}),
  (random, {spec}) => assign(contextOf(spec), {sysctls: [...new Set(Array.from({length: 1 + random.below(3)}, () => random.pick([...SYSCTLS, 'kernel.msgmax', 'net/ipv4/tcp_rmem', 'net.core.somaxconn'])))].map(name => ({name, value: '1'}))}),
  (random, pod) => assign(context(random, pod, false), {allowPrivilegeEscalation: random.pick([true, undefined, undefined])}),
  (random, pod) => assign(context(random, pod, false), {privileged: true, allowPrivilegeEscalation: undefined}),
  (random, pod) => {
    assign(context(random, pod, false), {procMount: random.pick(['Default', 'Unmasked'])})
    // From 1.30 on only user namespaces may have it unmasked.
    shareNothing(pod.spec)
  },
  (random, pod) => assign(context(random, pod, false), {capabilities: {add: Array.from({length: 1 + random.below(3)}, () => random.pick(['NET_ADMIN', 'SYS_TIME', 'CHOWN', 'NET_BIND_SERVICE', 'chown', oddText(random)])), ...(random.chance(0.5) ? {drop: [random.pick(['ALL', 'all', 'NET_RAW'])]} : {})}}),
  (random, {metadata, spec}) => assign(metadata['annotations'] as Draft, {[`container.apparmor.security.beta.kubernetes.io/${anyContainer(random, spec)['name'] as string}`]: random.pick(['unconfined', 'unconfined', 'runtime/default', 'localhost/p'])}),
  (random, {metadata, spec}) => assign(metadata['annotations'] as Draft, {[random.pick(['seccomp.security.alpha.kubernetes.io/pod', `container.seccomp.security.alpha.kubernetes.io/${anyContainer(random, spec)['name'] as string}`])]: random.pick(['unconfined', 'unconfined', 'runtime/default', 'docker/default', 'localhost/p'])}),
  (random, {spec}) => {
    const volumes = (spec['volumes'] ?? []) as Draft[]
    spec['volumes'] = [...volumes, random.pick(ODD_VOLUMES)(`v${volumes.length}`)]
  },
  (random, {spec}) => {
    const volumes = (spec['volumes'] ?? []) as Draft[]
    spec['volumes'] = [...volumes, random.pick([...PLAIN_VOLUMES, (name: string) => ({name})])(`v${volumes.length}`)]
  },
  (random, {spec}) => {
    // A port of its own for each, so that no two of them collide.
    const port = 1000 + random.below(30_000)
    const owner = anyContainer(random, spec)
    owner['ports'] = [...(owner['ports'] ?? []) as Draft[], {containerPort: port, ...(random.chance(0.5) ? {hostPort: port} : {})}]
  },
  (random, {spec}) => assign((spec['containers'] as Draft[])[0]!, {[random.pick(['livenessProbe', 'readinessProbe', 'startupProbe'])]: handler(random)}),
  (random, {spec}) => assign((spec['containers'] as Draft[])[0]!, {lifecycle: {[random.pick(['postStart', 'preStop'])]: handler(random)}}),
]

function shareNothing(spec: Draft): void {
  if (spec['hostNetwork'] !== true && spec['hostPID'] !== true && spec['hostIPC'] !== true) spec['hostUsers'] = false
}

function handler(random: Random): Draft {
  const host = random.pick(['', 'localhost', '127.0.0.1', '::1', 'example.com'])
  return random.chance(0.5) ? {httpGet: {path: '/', port: 8080, host}} : {tcpSocket: {port: 8080, host}}
}

function seLinux(random: Random): Draft {
  return {
    type: random.chance(0.2) ? oddText(random) : random.pick(SELINUX_TYPES),
    ...(random.chance(0.3) ? {user: 'system_u'} : {}), ...(random.chance(0.3) ? {role: 'system_r'} : {}),
  }
}

function context(random: Random, {spec}: {spec: Draft}, mayBePod = true): Draft {
  return contextOf(mayBePod && random.chance(0.4) ? spec : anyContainer(random, spec))
}

function contextOf(owner: Draft): Draft {
  owner['securityContext'] ??= {}
  return owner['securityContext'] as Draft
}

function anyContainer(random: Random, spec: Draft): Draft {
  return random.pick([...(spec['initContainers'] ?? []) as Draft[], ...spec['containers'] as Draft[]])
}

function assign(target: Draft, values: Record<string, Json | Draft | undefined>): void {
  Object.assign(target, values)
}
