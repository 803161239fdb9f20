import type {Answerable} from '../../audit/preflight.js'
import {isIncomplete} from '../../audit/outcome.js'
import {readName} from '../../audit/summary.js'
import {shortList} from '../../kube/short-list.js'
import {isEndpoint} from '../../kube/resources.js'
import {printable, printableJson} from '../../printable.js'
import {renderNoted} from '../noted-table.js'
import {REASONS} from '../../audit/outcome.js'
import {counted} from './naming.js'

export function preflightTable(answers: readonly Answerable[], width: number | null): string {
  const rows = answers.map(({topic, check, answer, missing}) => ({cells: [topic, check, answer], note: answer === 'yes' ? '' : wanting(missing, width === null ? Infinity : MOST_NAMES)}))
  const counts = (['yes', 'partly', 'no'] as const).map(word => answers.filter(({answer}) => answer === word).length)
  const lacks = answers.some(({missing}) => missing.some(({outcome}) => outcome === 'forbidden'))
  return `${renderNoted(['TOPIC', 'CHECK', 'ANSWER', 'MISSING'], rows, width)}\n${counts[0]} of ${counted(answers.length, 'check')} can be answered, ${counts[1]} partly, ${counts[2]} not. Nothing was audited.\n${lacks ? `The roles that are needed: kubectl k121 rbac${width === null ? '' : '   all that is missing: -o wide'}\n` : ''}`
}

/** A role that is too small lacks dozens of resources. */
const MOST_NAMES = 3

/** What somebody could change comes first; an API that is not there is worth a word where it decides. */
function wanting(missing: Answerable['missing'], most: number): string {
  const asked = missing.filter(({key, outcome}) => isIncomplete(outcome) && !isEndpoint(key))
  const shown = asked.length > 0 ? asked : missing.filter(({key}) => !isEndpoint(key)).slice(0, 1)
  const reasons = new Set(shown.map(({outcome}) => outcome))
  return [...reasons].map(reason => printable(`${reason === 'complete' ? '' : REASONS[reason]}: ${shortList([...new Set(shown.filter(({outcome}) => outcome === reason).map(({key}) => readName(key)))], most)}`)).join('; ')
}

export function preflightJson(answers: readonly Answerable[]): string {
  return `${printableJson({
    apiVersion: 'k121.dev/v1', kind: 'AuditPreflight',
    checks: answers.map(({missing, ...rest}) => ({...rest, missing: missing.map(({key, outcome, detail}) => ({resource: readName(key), outcome, detail}))})),
  })}\n`
}
