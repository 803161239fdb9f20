import {OddField, at, flagAt, listAt, mappingAt, numberAt, textAt, textsAt} from '../kube/field.js'
import type {Json} from '../kube/json.js'
import type {ObjectRef} from './finding.js'
import type {Scope} from './scope.js'
import {homeOf, inScope} from './scope.js'
import {SEVERITIES} from './severity.js'

/** What a comparison needs of one AuditReport document. */
export interface ReportSide {
  cluster: {id: string; name: string}
  startedAt: string
  scope: Scope
  /** False: something that was asked for could not be read or understood. */
  isComplete: boolean
  /** Why a check did not look at everything; null where it did. */
  checks: ReadonlyMap<string, string | null>
  findings: ReadonlyMap<string, ComparedFinding>
  /** `topic/severity` of which some findings were counted and not written: `--min-severity`. */
  hidden: ReadonlySet<string>
}

export interface ComparedFinding {
  check: string
  variant: string
  topic: string
  /** Of latent ones what they will be, in `whenActive`. */
  severity: string
  state: string
  whenActive: string | null
  isExempted: boolean
  object: ObjectRef
  owner: ObjectRef | null
  message: string
  fingerprint: string
}

export interface Change {
  finding: ComparedFinding
  /** The other side of an unchanged one. */
  before: ComparedFinding | null
  /** Unknown: why it may still be there. New: why it may have been there before. Empty: no doubt. */
  doubt: string
}

export interface Comparison {
  before: ReportSide
  after: ReportSide
  new: readonly Change[]
  fixed: readonly Change[]
  unchanged: readonly Change[]
  unknown: readonly Change[]
}

/** @returns null when the document is no AuditReport of one cluster */
export function parseReport(document: Json): ReportSide | null {
  try {
    const [cluster, ...others] = listAt(document, 'clusters')
    if (textAt(document, 'kind') !== 'AuditReport' || textAt(document, 'apiVersion') !== 'k121.dev/v1' || cluster === undefined || others.length > 0) return null
    const findings = listAt(cluster, 'findings').map(findingOf)
    return {
      cluster: {id: textAt(cluster, 'id') ?? '', name: textAt(cluster, 'name') ?? ''},
      startedAt: textAt(document, 'run', 'startedAt') ?? '',
      scope: scopeOf(document),
      isComplete: flagAt(cluster, 'completeness', 'complete') === true,
      checks: new Map(listAt(cluster, 'checks').map(check => [textAt(check, 'id') ?? '', gapOf(check)])),
      findings: new Map(findings.map(finding => [finding.fingerprint, finding])),
      hidden: hiddenIn(cluster, findings),
    }
  } catch (error) {
    if (error instanceof OddField) return null
    throw error
  }
}

function scopeOf(document: Json): Scope {
  const namespaces = at(document, 'run', 'scope', 'namespaces')
  return {namespaces: namespaces === undefined || namespaces === 'all' ? [] : textsAt(namespaces), excluded: textsAt(document, 'run', 'scope', 'excluded')}
}

function gapOf(check: Json): string | null {
  const skip = at(check, 'skip')
  // Not applicable is not looked at either: the same rule as with --baseline.
  if (textAt(check, 'status') === 'not-applicable') return 'not applicable'
  if (skip === undefined) return textAt(check, 'status') === 'skipped' ? 'skipped' : null
  return [textAt(skip, 'reason'), textAt(skip, 'resource'), textAt(skip, 'detail')].filter(text => text !== undefined && text !== '').join(': ')
}

function findingOf(finding: Json): ComparedFinding {
  const fingerprint = textAt(finding, 'fingerprint')
  if (fingerprint === undefined) throw new OddField('fingerprint', 'a string')
  const object = refOf(finding, 'object')
  return {
    check: textAt(finding, 'check') ?? '', variant: textAt(finding, 'variant') ?? '', topic: textAt(finding, 'topic') ?? '',
    severity: textAt(finding, 'severity') ?? '', state: textAt(finding, 'state') ?? 'active', whenActive: textAt(finding, 'severityWhenActive') ?? null,
    isExempted: at(finding, 'exemption') !== undefined, object, owner: at(finding, 'owner') === undefined ? null : refOf(finding, 'owner'),
    message: textAt(finding, 'message') ?? '', fingerprint,
  }
}

function refOf(finding: Json, field: 'object' | 'owner'): ObjectRef {
  const text = (name: string): string => textAt(finding, field, name) ?? ''
  return {apiVersion: text('apiVersion'), kind: text('kind'), namespace: text('namespace'), name: text('name')}
}

/** Findings of a kind that are fewer in the list than in the summary were left out of it, and prove nothing. */
function hiddenIn(cluster: Json, findings: readonly ComparedFinding[]): Set<string> {
  const listed = new Map<string, number>()
  for (const finding of findings) listed.set(kindOf(finding), (listed.get(kindOf(finding)) ?? 0) + 1)
  const exempted = (numberAt(cluster, 'summary', 'exempted') ?? 0) - findings.filter(finding => finding.isExempted).length
  const hidden = new Set<string>(exempted > 0 ? ['exempted'] : [])
  for (const topic of Object.keys(mappingAt(cluster, 'summary', 'topics')))
    for (const kind of [...SEVERITIES, 'latent'])
      if ((numberAt(cluster, 'summary', 'topics', topic, kind) ?? 0) > (listed.get(`${topic}/${kind}`) ?? 0)) hidden.add(`${topic}/${kind}`)
  return hidden
}

function kindOf({topic, state, severity, isExempted}: ComparedFinding): string {
  if (isExempted) return 'exempted'
  return `${topic}/${state === 'latent' ? 'latent' : severity}`
}

/** Identity is the fingerprint alone, so reports of two clusters compare too. */
export function compareReports(before: ReportSide, after: ReportSide): Comparison {
  const found = [...after.findings.values()]
  const gone = [...before.findings.values()].filter(({fingerprint}) => !after.findings.has(fingerprint)).map(finding => ({finding, before: null, doubt: doubtOf(finding, after)}))
  return {
    before, after,
    new: found.filter(({fingerprint}) => !before.findings.has(fingerprint)).map(finding => ({finding, before: null, doubt: doubtOf(finding, before)})),
    unchanged: found.flatMap(finding => {
      const earlier = before.findings.get(finding.fingerprint)
      return earlier === undefined ? [] : [{finding, before: earlier, doubt: ''}]
    }),
    fixed: gone.filter(({doubt}) => doubt === ''),
    unknown: gone.filter(({doubt}) => doubt !== ''),
  }
}

/** Why a report that does not hold a finding proves nothing about it. Empty: it looked, and it was not there. */
function doubtOf(finding: ComparedFinding, {checks, scope, hidden}: ReportSide): string {
  const gap = checks.get(finding.check)
  if (gap === undefined) return 'the check did not run'
  if (gap !== null) return `the check did not look at everything: ${gap}`
  if (!inScope(homeOf(finding.object), scope)) return 'the namespace was not reported'
  return hidden.has(kindOf(finding)) || hidden.has('exempted') ? 'findings of its severity were not written' : ''
}

/** Higher is worse; accepted and latent ones are no danger now. */
export function weightOf({severity, state, isExempted}: ComparedFinding): number {
  if (isExempted || state === 'latent') return 0
  const rank = (SEVERITIES as readonly string[]).indexOf(severity)
  return rank === -1 ? 0 : SEVERITIES.length - rank
}
