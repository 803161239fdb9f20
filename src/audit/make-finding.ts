import {textAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'
import {nameOf, namespaceOf} from '../kube/object.js'
import type {CheckMeta, Report} from './check.js'
import type {Finding, ObjectRef, SourcePlace} from './finding.js'
import {fingerprintOf} from './fingerprint.js'
import type {Severity} from './severity.js'

/** A report of a check as a line of the audit: severity from the meta, identity from the top owner. */
export function makeFinding(meta: CheckMeta, report: Report, placeOf: (object: KubeObject, path: string) => SourcePlace | null): Finding {
  const given = isKubeObject(report.object) ? report.object : null
  const object = given === null ? (report.object as ObjectRef) : refOf(given)
  const variant = report.variant ?? ''
  const severity = severityOf(meta, variant)
  const owner = report.owner ?? null
  const path = report.path ?? ''
  return {
    check: meta.id, variant, topic: meta.topic,
    severity: report.isLatent ? 'info' : severity,
    state: report.isLatent ? 'latent' : 'active',
    severityWhenActive: report.isLatent ? severity : null,
    confidence: report.confidence ?? 'certain',
    object: plain(object), owner: owner === null ? null : plain(owner), count: report.count ?? 1,
    path, message: report.message,
    source: report.source ?? (given === null ? null : placeOf(given, path)),
    details: report.details ?? null,
    fix: report.fix === undefined ? {text: meta.remediation, patch: null, risk: null} : {text: report.fix.text, patch: report.fix.patch ?? null, risk: report.fix.risk ?? null},
    fixableBy: report.fixableBy ?? 'you',
    exemption: null, baseline: null,
    fingerprint: fingerprintOf({
      check: meta.id, variant, object: owner ?? object, key: report.key ?? '',
      generateName: owner === null && given !== null ? (textAt(given, 'metadata', 'generateName') ?? '') : '',
    }),
  }
}

/** Only the four fields, in one order: what else a caller's value holds does not get into reports. */
function plain({apiVersion, kind, namespace, name}: ObjectRef): ObjectRef {
  return {apiVersion, kind, namespace, name}
}

function severityOf(meta: CheckMeta, variant: string): Severity {
  if (variant === '') return meta.severity
  const found = meta.variants?.[variant]
  if (found === undefined) throw new Error(`${meta.id} has no variant ${variant}`)
  return found.severity
}

/** Whatever stands in the metadata: an object whose name cannot be read must not pass for a reference. */
function isKubeObject(object: ObjectRef | KubeObject): object is KubeObject {
  return 'metadata' in object || typeof object['name'] !== 'string' || typeof object['namespace'] !== 'string'
}

export function refOf(object: KubeObject): ObjectRef {
  return {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
}
