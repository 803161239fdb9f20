import {execFile} from 'node:child_process'
import {readFile, readdir} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import {parse, parseAllDocuments} from 'yaml'
import type {KubeObject} from '../../src/kube/json.js'
import {KYVERNO} from '../cluster/support/go-tools.js'
import {clusterPolicy, validatingPolicy} from '../support/kyverno-pod-policies.js'

const run = promisify(execFile)

/**
 * The policies that Kyverno publishes for the Pod Security Standards, which are
 * nothing to copy: those of the chart in its own Go module, and those of a
 * checkout of kyverno/policies that `K121_KYVERNO_POLICIES` names. All refuse.
 */
export async function publishedPolicies(): Promise<KubeObject[]> {
  const named = process.env['K121_KYVERNO_POLICIES']
  return [...await ofChart(), ...(named === undefined ? [] : await ofCheckout(named))]
}

async function ofChart(): Promise<KubeObject[]> {
  const found = await run('go', ['mod', 'download', '-json', `github.com/kyverno/kyverno@v${KYVERNO}`]).catch(() => null)
  if (found === null) return []
  const templates = join((JSON.parse(found.stdout) as {Dir: string}).Dir, 'charts/kyverno-policies/templates')
  const files = (await Promise.all(['baseline', 'restricted'].map(async level => (await readdir(join(templates, level))).map(name => join(templates, level, name))))).flat().sort()
  return Promise.all(files.map(async file => ofTemplate(basename(file, '.yaml'), await readFile(file, 'utf8'))))
}

/** What a template for Helm says of pods is written out in it; around it stand values that an installation chooses. */
function ofTemplate(name: string, text: string): KubeObject {
  const plain = text.replaceAll('{{`{{`}}', '{{').replaceAll('{{`}}`}}', '}}').replaceAll(/\{\{`(\{\{.*?\}\})`\}\}/g, '$1')
  if (!name.endsWith('.cel')) return clusterPolicy(`chart-${name}`, blocks(plain, /^ {8}(?:pattern|anyPattern|deny|foreach):/))
  const [variables = [], validations = []] = ['variables', 'validations'].map(field => (blocks(plain, new RegExp(`^ {2}${field}:`))[0] as Record<string, {name: string; expression: string}[]> | undefined)?.[field])
  return validatingPolicy({
    name: `chart-${name.replace('.', '-')}`, validations: validations.map(({expression}) => expression),
    variables: Object.fromEntries(variables.map(one => [one.name, one.expression])),
  }, {resources: ['pods']})
}

/** From such a line on, all that stands deeper. */
function blocks(text: string, first: RegExp): object[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    if (!first.test(line)) return []
    const indent = line.search(/\S/)
    const end = lines.findIndex((other, at) => at > index && other.trim() !== '' && (other.search(/\S/) < indent || (other.search(/\S/) === indent && !other.trimStart().startsWith('-')) || other.trimStart().startsWith('{{-')))
    return [parse(lines.slice(index, end === -1 ? undefined : end).join('\n')) as object]
  })
}

async function ofCheckout(directory: string): Promise<KubeObject[]> {
  const sets = ['pod-security', 'pod-security-cel', 'pod-security-vpol', 'psp-migration', 'psp-migration-cel']
  const files = (await Promise.all(sets.map(async set => (await readdir(join(directory, set), {recursive: true}).catch(() => [])).map(name => join(directory, set, name))))).flat().sort()
  const own = files.filter(file => file.endsWith('.yaml') && !/\/\.|kustomization|-test|resource/.test(file))
  const all = await Promise.all(own.map(async file => parseAllDocuments(await readFile(file, 'utf8')).map(document => document.toJS() as KubeObject)))
  return all.flat().filter(({kind}) => kind === 'ClusterPolicy' || kind === 'ValidatingPolicy').map(enforced)
}

interface Rule {
  name: string
  match: object
  preconditions?: object
  celPreconditions?: object
  validate?: {podSecurity?: {exclude?: {controlName: string; images?: string[]}[]}}
}

/** Only what validates, and with Deny. */
function enforced(policy: KubeObject, index: number): KubeObject {
  const spec = policy['spec'] as unknown as {rules?: Rule[]; matchConstraints?: object; validations?: object; variables?: object}
  const name = `published-${index}-${String((policy['metadata'] as {name?: string}).name)}`
  if (policy.kind === 'ValidatingPolicy') return {...policy, apiVersion: 'policies.kyverno.io/v1beta1', metadata: {name}, spec: {...spec, validationActions: ['Deny']}} as unknown as KubeObject
  const rules = (spec.rules ?? []).filter(({validate}) => validate !== undefined)
  return {...policy, metadata: {name}, spec: {background: true, rules: rules.map(rule => ({...rule, validate: {...rule.validate, failureAction: 'Enforce'}}))}} as unknown as KubeObject
}
