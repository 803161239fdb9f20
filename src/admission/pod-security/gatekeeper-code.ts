import {createHash} from 'node:crypto'
import {at, isMapping, listAt, mappingAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {normalised} from '../cel-tokens.js'
import {withoutSpace} from '../engines/template-code.js'

/** What of a ConstraintTemplate decides on a request. */
export interface TemplateCode {
  kind: string
  /** One for each engine that it has code for; null: code that no known template has the form of. Which of them Gatekeeper runs depends on its flags. */
  digests: readonly (string | null)[]
  /** Operations that its target is limited to; empty: all that the webhook sends. */
  operations: readonly string[]
}

const TARGET = 'admission.k8s.gatekeeper.sh'

export function templateCodeOf(template: KubeObject): TemplateCode {
  const targets = listAt(template, 'spec', 'targets')
  const isUsual = targets.length === 1 && textAt(targets[0], 'target') === TARGET
  return {
    kind: textAt(template, 'spec', 'crd', 'spec', 'names', 'kind') ?? '',
    digests: isUsual ? digestsIn(targets[0]) : [null],
    operations: targets.flatMap(target => textsAt(target, 'operations')),
  }
}

/** The older field `rego` beside `code` is one more code that may be the one that is run. */
function digestsIn(target: Json | undefined): (string | null)[] {
  const old = textAt(target, 'rego')
  return [
    ...(old === undefined ? [] : [digestOfRego(old, textsAt(target, 'libs'), '')]),
    ...listAt(target, 'code').map(code => {
      const source = at(code, 'source')
      const engine = textAt(code, 'engine')
      if (engine === 'Rego') return digestOfRego(textAt(source, 'rego') ?? '', textsAt(source, 'libs'), textAt(source, 'version') ?? '')
      return engine === 'K8sNativeValidation' ? digestOfCel(source) : null
    }),
  ]
}

export function digestOfRego(rego: string, libs: readonly string[] = [], version = ''): string {
  return digestOf(['Rego', version, withoutSpace(rego), ...libs.map(withoutSpace).toSorted()])
}

/** Messages and where the code is run do not change the verdict; a field that is not known here is taken as it stands. */
const WITHOUT_EFFECT: readonly string[] = ['generateVAP', 'message', 'messageExpression', 'reason']

function digestOfCel(source: Json | undefined): string {
  return digestOf(['CEL', plain(mappingAt(source))])
}

function plain(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain)
  if (!isMapping(value)) return value
  const fields = Object.keys(value).filter(field => !WITHOUT_EFFECT.includes(field)).toSorted()
  return Object.fromEntries(fields.map(field => [field, plainField(field, value[field] ?? null)]))
}

function plainField(field: string, value: Json): Json {
  return field === 'expression' && typeof value === 'string' ? normalised(value) : plain(value)
}

function digestOf(parts: Json): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
