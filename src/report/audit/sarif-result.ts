import type {ExemptionUse} from '../../audit/audit-report.js'
import type {Finding, ObjectRef} from '../../audit/finding.js'
import {printable} from '../../printable.js'
import {resourceOfRef, subjectOf} from './naming.js'
import {LEVELS} from './sarif-rules.js'
import {ruleIdOf} from './shown.js'

export function sarifResult(finding: Finding, exemptions: ReadonlyMap<string, ExemptionUse>): object {
  const {severity, state, severityWhenActive, path, confidence, fixableBy, count, fingerprint, baseline, exemption} = finding
  return {
    ruleId: ruleIdOf(finding),
    level: LEVELS[severity].level,
    message: {text: sarifText(messageOf(finding))},
    locations: [{...physicalLocation(finding), logicalLocations: [logicalLocation(finding.object)]}],
    partialFingerprints: {primaryLocationLineHash: fingerprint},
    ...(baseline === 'new' || baseline === 'unchanged' ? {baselineState: baseline} : {}),
    ...(exemption === null ? {} : {suppressions: [{kind: 'external', status: 'accepted', justification: sarifText(justification(exemption, exemptions))}]}),
    properties: {severity, state, ...(severityWhenActive === null ? {} : {severityWhenActive}), confidence, fixableBy, count, ...(path === '' ? {} : {path: printable(path)})},
  }
}

/** The first sentence is an alert's title; the place in the object follows it. */
function messageOf(finding: Finding): string {
  const {object, path, fix} = finding
  const subject = subjectOf(finding)
  const where = `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}${path === '' ? '' : `, ${path}`}`
  const owner = subject === object ? '' : ` (of ${subject.kind} ${subject.name})`
  return `${finding.message} In ${where}${owner}.${fix === null ? '' : ` To do: ${fix.text}`}`
}

function justification(id: string, exemptions: ReadonlyMap<string, ExemptionUse>): string {
  const use = exemptions.get(id)
  return use === undefined ? id : `${id}: ${use.reason} (until ${use.until})`
}

/**
 * Text of a SARIF message: visible characters, no link and no placeholder.
 * Both are only escaped where they would be one, as viewers show the escapes.
 */
export function sarifText(text: string): string {
  const safe = printable(text)
  const unlinked = safe.includes('](') ? safe.replace(/[\\[\]]/g, String.raw`\$&`) : safe
  return /\{\d+\}/.test(unlinked) ? unlinked.replace(/[{}]/g, '$&$&') : unlinked
}

function physicalLocation({object, source}: Finding): object {
  const isFile = source !== null && source.file !== '-' && source.file !== ''
  const uri = isFile ? fileUri(source.file) : objectUri(object)
  const {line, column} = isFile ? source : {line: 1, column: 1}
  return {physicalLocation: {artifactLocation: {uri}, region: {startLine: line, startColumn: column, endLine: line, endColumn: column + 1}}}
}

/** GitHub shows only what has a path: for a live object one that stays the same from run to run. */
export function objectUri(object: ObjectRef): string {
  const {namespace, name} = object
  return `k8s/${segment(namespace === '' ? '_cluster' : namespace)}/${segment(resourceOfRef(object))}/${segment(name)}.yaml`
}

export function fileUri(file: string): string {
  const slashed = file.replaceAll('\\', '/')
  const isAbsolute = slashed.startsWith('/') || /^[A-Za-z]:\//.test(slashed)
  const encoded = slashed.split('/').map((part, index) => (index === 0 && /^[A-Za-z]:$/.test(part) ? part : percentEncoded(part))).join('/')
  return isAbsolute ? `file://${encoded.startsWith('/') ? '' : '/'}${encoded}` : encoded.replace(/^(?:\.\/)+/, '')
}

/** A name is one step of a path, whatever is in it: dots alone would lead elsewhere. */
function segment(text: string): string {
  return /^\.{1,2}$/.test(text) ? text.replaceAll('.', '%2E') : percentEncoded(text)
}

/** Half a character has no encoding. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

function logicalLocation(object: ObjectRef): object {
  const {apiVersion, kind, namespace, name} = object
  return {name: printable(name), fullyQualifiedName: printable([apiVersion, kind, ...(namespace === '' ? [] : [namespace]), name].join('/')), kind: 'object'}
}
