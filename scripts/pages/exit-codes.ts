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

\`audit diff\` ends with 1 for a finding that is new, or became worse (from accepted, from latent, or in severity), at or above \`--fail-on\`; accepted and latent ones do not count. Else it ends with 3 where the second report cannot show everything new: it is incomplete itself, lacks a check that the first one could answer, speaks of fewer namespaces, or was written without findings of such a severity. What only the first report has is \`unknown\`, not fixed, wherever the second one did not look.

\`snapshot\` ends with 3 where something that the checks read was forbidden, unreachable or not understood. The file is written all the same, says so itself, and gives the same answer to whoever audits it. Paths beside the API's resources (\`/flagz\`, \`/metrics\`) do not count, as in the audit.

\`external-ips fix\` ends with 3 where something that it rests on could not be read, or that the chosen way cannot close: each is a warning on standard error and in the document. It never ends with 1.
`
}
