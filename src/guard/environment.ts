/**
 * The environment in which kubectl may run, where it matters to a verdict
 * (measured: relative PATH entries started programs from the working directory
 * up to 1.24, and `GODEBUG=execerrdot=0` brings that back in every version).
 */
export type Environment = Record<string, string | undefined>

/** PATH without relative and empty entries. */
export function cleanPath(path: string): string {
  return path.split(':').filter(entry => entry.startsWith('/')).join(':')
}

/** Variables that say where files lie. */
const PLACES = ['PATH', 'HOME', 'KUBECONFIG', 'KUBERC', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'TMPDIR']

/** Node reads bytes that are no UTF-8 as U+FFFD: what it looks at and hands on would be another place. */
export function garbledPlace(environment: Environment): string | undefined {
  return PLACES.find(name => environment[name]?.includes('\ufffd'))
}

export interface Delivery {
  /** null: the person's own files (`config`, `kuberc`). */
  snapshot: string | null
  /** `kubectl kuberc` works on the preferences file itself. */
  keepKuberc: boolean
}

/**
 * Variables that steer Node itself (code by `--require`, 40 ms of certificates
 * at every start of Node 20). The shell function keeps them from us under other
 * names; what kubectl starts gets them back.
 */
export const HELD_BACK = {NODE_OPTIONS: 'K121_NODE_OPTIONS', NODE_EXTRA_CA_CERTS: 'K121_NODE_EXTRA_CA_CERTS'} as const

/** The environment as the person's shell has it. */
export function originalEnvironment(given: Environment): Environment {
  const environment: Environment = {...given}
  for (const [name, held] of Object.entries(HELD_BACK)) {
    if (environment[held] === undefined) continue
    if (environment[held] === '') delete environment[name]
    else environment[name] = environment[held]
    delete environment[held]
  }
  return environment
}

export function kubectlEnvironment(environment: Environment, {snapshot, keepKuberc}: Delivery): Environment {
  const clean = originalEnvironment(environment)
  if (clean['PATH'] !== undefined) clean['PATH'] = cleanPath(clean['PATH'])
  const debug = clean['GODEBUG']?.split(',').filter(setting => !setting.trim().startsWith('execerrdot')).join(',')
  if (debug === undefined || debug === '') delete clean['GODEBUG']
  else clean['GODEBUG'] = debug
  delete clean['KUBERNETES_MASTER']
  delete clean['KUBERNETES_EXEC_INFO']
  if (!keepKuberc) {
    delete clean['KUBECTL_KUBERC']
    clean['KUBERC'] = 'off'
  }
  if (snapshot !== null) {
    clean['KUBECONFIG'] = snapshot
    // In a pod, an empty or vanished configuration must not become the pod's own credentials by accident.
    delete clean['KUBERNETES_SERVICE_HOST']
    delete clean['KUBERNETES_SERVICE_PORT']
  }
  return clean
}
