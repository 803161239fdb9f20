import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {atExit} from '../adapters/exit-hooks.js'
import {writePrivate} from '../adapters/private-directory.js'
import {temporaryDirectory} from '../adapters/temporary.js'
import {kubeconfigList} from '../kubeconfig/file-list.js'

/** Where kubelet mounts a pod's own credentials. */
export const POD_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

export interface PodPlace {
  environment: Record<string, string | undefined>
  /** `--kubeconfig`, if it was given. */
  flag: string | undefined
  cwd: string
  mount?: string
}

/** A private file that says in words what kubectl would do by itself in a pod: so the guard can judge it. */
export interface PodKubeconfig {
  file: string
  remove(): void
}

/** Null outside a pod, and where a kubeconfig exists: it comes first for kubectl too. */
export function podKubeconfig({environment, flag, cwd, mount = POD_MOUNT}: PodPlace): PodKubeconfig | null {
  const {KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port} = environment
  if (!host || !port || !existsSync(join(mount, 'token'))) return null
  const list = kubeconfigList({flag, variable: environment['KUBECONFIG'], home: environment['HOME'], cwd})
  if (flag || list?.paths.some(({file}) => existsSync(file))) return null
  const directory = temporaryDirectory()
  const remove = (): void => rmSync(directory, {recursive: true, force: true})
  const forget = atExit(remove)
  const file = join(directory, 'pod.json')
  writePrivate(file, renderPodKubeconfig({host, port, mount, namespace: namespaceIn(mount)}))
  return {
    file,
    remove() {
      remove()
      forget()
    },
  }
}

/** The token stays a file: kubelet renews it in place. */
export function renderPodKubeconfig({host, port, mount, namespace}: {host: string; port: string; mount: string; namespace: string}): string {
  const name = 'in-cluster'
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': name,
    clusters: [{name, cluster: {server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, 'certificate-authority': join(mount, 'ca.crt')}}],
    users: [{name, user: {tokenFile: join(mount, 'token')}}],
    contexts: [{name, context: {cluster: name, user: name, ...(namespace === '' ? {} : {namespace})}}],
  })
}

function namespaceIn(mount: string): string {
  try {
    return readFileSync(join(mount, 'namespace'), 'utf8').trim()
  } catch {
    // It only tells kubectl's default, which an audit does not use.
    return ''
  }
}
