import {EXIT_MEANINGS} from '../../src/exit-codes.js'
import {GENERATED, table} from './markdown.js'

/** The program is called kubectl, never Kubectl. */
const sentence = (text: string): string => (text.startsWith('kubectl') ? `${text}.` : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`)

const rows = (of: (typeof EXIT_MEANINGS)[number]['of']): string[][] => EXIT_MEANINGS.filter(row => row.of === of).map(({code, when}) => [String(code), sentence(when)])

export function exitCodesTable(): string {
  return table(['code', 'of', 'when'], EXIT_MEANINGS.map(({code, of, when}) => [String(code), of, sentence(when)]))
}

export function exitCodesPage(): string {
  return `${GENERATED}
# Exit codes

## The guard

kubectl's own status, whatever it is, except where kubectl was not started:

${table(['code', 'when'], rows('guard'))}
kubectl itself may end with one of these numbers too (\`kubectl exec\` hands on the status of the remote program). Our own message on stderr, each line with \`k121:\` in front, tells them apart.

## All other commands

${table(['code', 'when'], rows('other commands'))}
1 beats 3: what was found is found, also where something else could not be looked at.
`
}
