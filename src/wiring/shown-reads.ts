import type {Progress} from '../adapters/progress.js'
import {readName} from '../audit/summary.js'
import type {ReadKey} from '../kube/resources.js'

/** Says which row is being read. Two rows are no requests: what the kubeconfig says, and the probe that nobody asked for. */
export function shownReads(progress: Progress, {probe}: {probe?: boolean | undefined}): (key: ReadKey) => void {
  return key => {
    if (key !== 'connection' && (key !== 'external-ip-probe' || probe === true)) progress.reading(readName(key))
  }
}
