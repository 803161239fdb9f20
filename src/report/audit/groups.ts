import type {AuditResult} from '../../audit/audit-report.js'
import {isPreview} from '../../audit/check.js'
import type {Finding} from '../../audit/finding.js'
import type {Severity} from '../../audit/severity.js'
import {SEVERITIES} from '../../audit/severity.js'
import {printable} from '../../printable.js'
import {counted, pluralOf, ruleOf, subjectOf, whereText} from './naming.js'
import {ruleIdOf, shown, stateOf} from './shown.js'

export type Rank = Severity | 'latent'
const RANKS: readonly Rank[] = [...SEVERITIES, 'latent']

/** One line of the screen: a finding, or all of a rule. Printable. */
export interface GroupRow {
  rank: Rank
  rule: string
  isPreview: boolean
  where: string
  what: string
  findings: number
}

/** A rule with more findings than this is told in one row. */
const MOST_SINGLE = 3

interface Group {
  rank: Rank
  /** While it matters: of what is latent, the grave comes first too. */
  severity: Severity
  check: string
  variant: string
  first: Finding[]
  findings: number
  /** Those that the baseline does not have. */
  added: number
  kinds: Set<string>
  namespaces: Set<string>
}

/** Worst first, of what is latent too, else in the order of the report; holds a few findings per rule, however many there are. */
export function groupRows(result: AuditResult): GroupRow[] {
  const groups = new Map<string, Group>()
  for (const finding of result.findings()) if (stateOf(finding) !== 'exempted') gather(groups, finding)
  return [...groups.values()].sort((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)).flatMap(group => rowsOf(group, result))
}

function gather(groups: Map<string, Group>, finding: Finding): void {
  const key = ruleIdOf(finding)
  const {check, variant} = finding
  const rank = finding.state === 'latent' ? 'latent' as const : finding.severity
  const group = groups.get(key) ?? {rank, severity: finding.severityWhenActive ?? finding.severity, check, variant, first: [], findings: 0, added: 0, kinds: new Set<string>(), namespaces: new Set<string>()}
  groups.set(key, group)
  group.findings++
  if (finding.baseline === 'new') group.added++
  if (group.first.length < MOST_SINGLE) group.first.push(shown(finding))
  const {kind, namespace} = subjectOf(finding)
  group.kinds.add(kind)
  if (namespace !== '') group.namespaces.add(namespace)
}

function rowsOf(group: Group, {metas}: AuditResult): GroupRow[] {
  const meta = metas.get(group.check)
  const common = {rank: group.rank, rule: ruleOf(group), isPreview: isPreview(meta ?? {}, group.variant)}
  if (group.findings <= MOST_SINGLE) return group.first.map(finding => ({...common, where: whereText(subjectOf(finding)), what: whatOf(finding), findings: 1}))
  const title = meta?.variants?.[group.variant]?.title ?? meta?.title ?? group.check
  const first = group.first[0]
  const later = group.rank === 'latent' ? `; ${group.severity} once it matters` : ''
  const example = first === undefined ? '' : `. First: ${whereText(subjectOf(first))}`
  const added = group.added === 0 ? '' : ` [${group.added} new]`
  return [{...common, where: manyText(group), what: `${title.replace(/\.$/, '')}${later}${example}${added}`, findings: group.findings}]
}

/** The number of objects only where the sentence does not have it already. */
function whatOf({message, count, fixableBy, baseline}: Finding): string {
  const objects = count === 1 || message.includes(String(count)) ? '' : ` (${counted(count, 'object')})`
  return `${printable(message)}${objects}${fixableBy === 'you' ? '' : ` [only the ${fixableBy} can fix it]`}${baseline === 'new' ? ' [new]' : ''}`
}

/** `188 Namespaces`, `17 Services in 3 namespaces`, `17 objects in payments` */
function manyText({findings, kinds, namespaces}: Group): string {
  const kind = kinds.size === 1 ? ([...kinds] as [string])[0] : 'object'
  const what = printable(counted(findings, kind, pluralOf(kind)))
  if (namespaces.size === 0) return what
  return `${what} in ${namespaces.size === 1 ? printable(([...namespaces] as [string])[0]) : counted(namespaces.size, 'namespace')}`
}
