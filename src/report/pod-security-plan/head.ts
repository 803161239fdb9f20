import type {PodSecurityPlan} from '../../plan/pod-security/plan.js'
import {printable} from '../../printable.js'
import type {MissingWords} from '../missing-text.js'
import {missingText} from '../missing-text.js'
import {cut, headingLines} from '../table.js'
import {wrap} from '../wrap.js'
import {roadText} from './words.js'

/** Which cluster and which versions, and above all else what was not seen. */
export function headText(plan: PodSecurityPlan, width: number): string {
  const {cluster, incomplete, remarks} = plan
  const head = ['POD SECURITY PLAN', printable(cluster.name), printable(roadText(plan)), 'nothing applied']
  const missing = missingText(incomplete, WORDS)
  return [...headingLines(head, width), ...[...(missing === '' ? [] : [missing]), ...remarks].flatMap(text => wrap(printable(text), width).map(line => cut(line, width)))].map(line => `${line}\n`).join('')
}

const WORDS: MissingWords = {first: ['namespaces', 'pods', 'deployments.apps'], meaning: 'What is there and was not seen may fit less.', topic: 'pod-security'}
