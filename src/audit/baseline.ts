import type {Json} from '../kube/json.js'
import {OddField, at, listAt, textAt} from '../kube/field.js'
import type {GoneFinding} from './audit-report.js'
import type {BaselineState, Finding} from './finding.js'
import {homeOf} from './scope.js'

/** What an earlier report said: findings by identity, without their text. */
export interface Baseline {
  findings: ReadonlyMap<string, BaselineEntry>
}

export interface BaselineEntry {
  check: string
  variant: string
  namespace: string
  /** `Service payments/cache-vip` */
  subject: string
  severity: string
}

/**
 * Reads an AuditReport. Identity across clusters is the fingerprint alone, so
 * that a baseline of staging works on production.
 *
 * @returns null when the document is no report
 */
export function parseBaseline(document: Json): Baseline | null {
  try {
    if (textAt(document, 'kind') !== 'AuditReport' || textAt(document, 'apiVersion') !== 'k121.dev/v1') return null
    const findings = new Map<string, BaselineEntry>()
    for (const cluster of listAt(document, 'clusters')) {
      for (const finding of listAt(cluster, 'findings')) {
        const fingerprint = textAt(finding, 'fingerprint')
        // What was fixed already is no part of what was there.
        if (fingerprint === undefined || textAt(finding, 'baseline') === 'fixed') continue
        findings.set(fingerprint, entryOf(finding))
      }
    }
    return {findings}
  } catch (error) {
    if (error instanceof OddField) return null
    throw error
  }
}

function entryOf(finding: Json): BaselineEntry {
  const namespace = textAt(finding, 'object', 'namespace') ?? ''
  const name = textAt(finding, 'object', 'name') ?? ''
  return {
    check: textAt(finding, 'check') ?? '', variant: textAt(finding, 'variant') ?? '',
    namespace: homeOf({apiVersion: textAt(finding, 'object', 'apiVersion') ?? '', kind: textAt(finding, 'object', 'kind') ?? '', namespace, name}),
    subject: `${textAt(finding, 'object', 'kind') ?? ''} ${namespace === '' ? name : `${namespace}/${name}`}`,
    severity: String(at(finding, 'severityWhenActive') ?? at(finding, 'severity') ?? ''),
  }
}

export interface Comparing {
  stateOf(finding: Finding): BaselineState
  /** What `stateOf` has answered so far. */
  known(): {new: number; unchanged: number}
  /** What the baseline has and this audit has not. A check that did not look at everything proves nothing fixed. */
  gone(isAnswered: (check: string, namespace: string) => boolean): GoneFinding[]
}

export function comparing({findings}: Baseline): Comparing {
  const seen = new Set<string>()
  const known = {new: 0, unchanged: 0}
  return {
    stateOf({fingerprint}) {
      const state = findings.has(fingerprint) ? 'unchanged' : 'new'
      if (state === 'unchanged') seen.add(fingerprint)
      known[state]++
      return state
    },
    known: () => ({...known}),
    gone: isAnswered => [...findings]
      .filter(([fingerprint]) => !seen.has(fingerprint))
      .map(([fingerprint, entry]) => ({...entry, fingerprint, state: isAnswered(entry.check, entry.namespace) ? 'fixed' as const : 'unknown' as const})),
  }
}
