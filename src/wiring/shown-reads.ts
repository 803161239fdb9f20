import type {Progress} from '../adapters/progress.js'
import {readName} from '../audit/summary.js'
import type {ReadKey} from '../kube/resources.js'

const NO_REQUESTS: readonly ReadKey[] = ['connection', 'admission-config']
const PROBES: readonly ReadKey[] = ['external-ip-probe', 'pod-security-probe', 'dual-stack-probe']

/** Says which row is being read, but for those that are no requests: what files and the kubeconfig say, and probes that nobody asked for. */
export function shownReads(progress: Progress, {probe}: {probe?: boolean | undefined}): (key: ReadKey) => void {
  return key => {
    if (!NO_REQUESTS.includes(key) && (!PROBES.includes(key) || probe === true)) progress.reading(readName(key))
  }
}
