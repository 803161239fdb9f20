import type {CrossReference, Reference} from '../audit/check.js'
import {BASELINE_PAGES} from './catalogue-baseline.js'
import {RESTRICTED_PAGES} from './catalogue-restricted.js'
import type {TrivyCheck} from './catalogue-trivy.js'
import {TRIVY_CHECKS} from './catalogue-trivy.js'
import {BASELINE_CONTROLS, CONTROLS} from './control.js'
import type {ControlId} from './control.js'

/** What a person wants to know of a control, beside its verdict. */
export interface ControlText {
  /** As the table of the Pod Security Standards calls it; two of one name are the two levels of one control. */
  title: string
  why: string
  /** What is allowed, the newest last: each since a minor of the version asked for. */
  rules: readonly {since: number; text: string}[]
  remediation: string
  /** What may stop working when the pod is changed so. */
  risk: string
  /** Sections of the CIS Kubernetes Benchmark, as `CIS_EDITION` counts them. */
  cis: readonly string[]
  references: readonly Reference[]
}

export interface ControlPage extends ControlText {
  id: ControlId
  level: 'baseline' | 'restricted'
  /** The minor of the version asked for from which it is looked at. */
  since: number
  trivy: readonly TrivyCheck[]
  crossReferences: readonly CrossReference[]
}

/** From 1.12 on the sections after 5.2.8 have other numbers, and seccomp stands under 5.6 since 1.11. */
export const CIS_EDITION = '1.8'

const STANDARDS: Reference = {title: 'Pod Security Standards', url: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/'}

export const CATALOGUE: readonly ControlPage[] = CONTROLS.map(pageOf)

function pageOf(id: ControlId): ControlPage {
  const isBaseline = isBaselineControl(id)
  const text = isBaseline ? BASELINE_PAGES[id] : RESTRICTED_PAGES[id]
  const trivy = TRIVY_CHECKS[id]
  return {
    ...text, id, level: isBaseline ? 'baseline' : 'restricted', since: text.rules[0]?.since ?? 0, trivy, references: [STANDARDS, ...text.references],
    crossReferences: [...text.cis.map(section => ({source: 'CIS' as const, id: `${CIS_EDITION} ${section}`})), ...trivy.map(check => ({source: 'Trivy' as const, id: check.id}))],
  }
}

function isBaselineControl(id: ControlId): id is (typeof BASELINE_CONTROLS)[number] {
  return (BASELINE_CONTROLS as readonly ControlId[]).includes(id)
}

/** Nobody remembers capitals and underscores: `HostPorts`, `seccomp-profile-baseline`; reports of Trivy have its own ids: `AVD-KSV-0024`, `KSV024`. */
export function controlNamed(text: string): ControlPage | undefined {
  return CATALOGUE.find(({id}) => plain(id) === plain(text)) ?? CATALOGUE.find(({trivy}) => trivy.some(({id}) => id === trivyId(text)))
}

function trivyId(text: string): string | null {
  const number = /^(?:avd-)?ksv-?(\d{1,4})$/i.exec(text)?.[1]
  return number === undefined ? null : `KSV-${number.padStart(4, '0')}`
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[-_ ]/g, '')
}
