import type {Random} from '../differential/random.js'
import {LAX_POLICIES} from './lax-policies.js'
import {POD_POLICIES} from './pod-policies.js'

/** A ValidatingAdmissionPolicy with its binding, as far as they are made up. */
export interface RandomPolicy {
  spec: Record<string, unknown>
  bindingSpec: Record<string, unknown>
}

const PODS = {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods', 'pods/ephemeralcontainers', 'pods/resize'], scope: '*'}

type Swap = readonly [what: RegExp, by: (random: Random, found: string) => string]

const one = (...texts: readonly string[]) => (random: Random): string => random.pick(texts)

/** What careless and malicious authors do to an expression. The API server refuses those that are no CEL. */
const SWAPS: readonly Swap[] = [
  [/ && /g, one(' || ')], [/ \|\| /g, one(' && ')],
  [/\.all\(/g, one('.exists(', '.exists_one(')], [/\.exists\(/g, one('.all(', '.exists_one(')], [/\.filter\(/g, one('.map(')],
  [/!(?=[\w(])/g, one('', '!!')], [/(?<=[(, ])(?=(?:c|s|x|has\(|variables|object)\b)/g, one('!')],
  [/\.orValue\((?:true|false|\[\]|''|'\w+'|\d)\)/g, one('.orValue(true)', '.orValue(false)', '.orValue([])', '.orValue(\'\')', '.orValue(1)', '.value()', '.hasValue()', '')],
  [/\.\?(?=\w)/g, one('.')], [/(?<=\b[csvph]|spec|Context)\.(?=\w+\b(?!\())/g, one('.?')],
  [/\b(?:initContainers|ephemeralContainers)\b/g, one('containers', 'initContainers', 'ephemeralContainers')],
  [/!?has\([\w.]+\) (?:\|\||&&) /g, one('')], [/ == /g, one(' != ', ' in [', ' > ')], [/ != /g, one(' == ', ' <= ')], [/ [<>]=? /g, one(' <= ', ' >= ', ' == ', ' < ')],
  [/'(\w\w)(\w+)'/g, (_, found) => `${found.slice(0, 3)}' + '${found.slice(3)}`],
  [/'[A-Z_]{3,}'/g, one('\'NET_RAW\'', '\'SYS_ADMIN\'', '\'\'', '"ALL"', 'r\'KILL\'', 'dyn(\'MKNOD\')', '\'\\x41LL\'')],
  [/ in \[/g, one(' in [\'NET_RAW\', \'Unconfined\', ', ' in [object.metadata.name, ', ' in [] + [')],
  [/\bx in \[[^\]]*\]/g, one('x.matches(\'^(CHOWN|NET_RAW|ALL)$\')', 'x.startsWith(\'CHOWN\')', 'x.lowerAscii() == x', 'size(x) < 8', 'x in {\'CHOWN\': 1, \'NET_RAW\': 2}', 'sets.contains([\'CHOWN\', \'KILL\'], [x])')],
  [/\b(?:c|s|x)(?=, )/g, one('object', 'variables', 'oldObject', 'params')],
  [/object\.spec\b/g, one('oldObject.spec', 'object.?spec', 'object[\'spec\']', 'object.spec.?template.orValue(object.spec)', '(object.kind == \'Pod\' ? object.spec : object.spec.template.spec)', 'dyn(object).spec')],
  [/variables\.all\b/g, one('variables.?all.orValue([])', 'object.spec.containers', '(variables.all + variables.all)', '[variables.all[0]]', 'variables.all.filter(a, has(a.securityContext))', 'variables.all.map(a, a)', '(object.spec.containers + object.spec.initContainers)')],
  [/\bc\.\?securityContext\b/g, one('c.?securityContext.or(object.spec.?securityContext)', 'c[?\'securityContext\']', 'object.spec.?securityContext', 'c.securityContext')],
]

/** Around the whole. */
const WRAPS: readonly ((expression: string, random: Random) => string)[] = [
  text => `!(${text})`, text => `dyn(${text})`, text => `(${text}) ? true : false`, text => `has(object.metadata.labels) ? (${text}) : true`, text => `object.spec.containers.size() > 1 || (${text})`,
  text => `has(oldObject.spec) ? true : (${text})`, text => `[${text}].all(y, y)`, text => `[${text}, object.spec.hostUsers].exists(y, y == true)`, text => `{'a': ${text}}.a`, text => `optional.of(${text}).orValue(true)`,
  text => `(${text}) == true`, text => `(${text}) >= true`, text => `(${text}) || object.spec.hostNetwork`, text => `(${text}) && object.spec.?hostUsers.orValue(true)`, text => `object.spec.containers.all(c, ${text})`,
  text => `${text} // && false`, text => `request.?subResource.orValue('') == '' || (${text})`, text => `request.operation in ['UPDATE'] || (${text})`, text => `size(object.spec.containers) == 0 || (${text})`,
  text => `!has(object.metadata.name.x) && (${text})`, text => `(${text}) ? object.spec.?hostUsers.orValue(true) : object.spec.containers[0].stdin`, text => `object.metadata.?annotations[?'a'].orValue('b') != 'b' || (${text})`,
  (text, random) => `${random.pick(['true', 'false', 'object.spec.hostPID', 'params.x', 'namespaceObject.metadata.name == \'x\''])} || (${text})`,
  (text, random) => `${random.pick(['1.0', '2', '-1', '0u'])} ${random.pick(['<', '==', '!='])} 1 ? (${text}) : ${random.pick(['true', 'false', 'object.spec.x'])}`,
]

function swapped(expression: string, random: Random): string {
  const [what, by] = random.pick(SWAPS)
  const found = [...expression.matchAll(what)]
  if (found.length === 0) return expression
  const {index, 0: text} = random.pick(found)
  return expression.slice(0, index) + by(random, text) + expression.slice(index + text.length)
}

function changed(expression: string, random: Random): string {
  let text = expression
  for (let left = random.below(4); left > 0; left--) text = random.chance(0.75) ? swapped(text, random) : random.pick(WRAPS)(text, random)
  return text
}

/** The whole of a match, or an odd one. */
const RULES: readonly object[][] = [
  [PODS], [PODS], [PODS], [{...PODS, resources: ['pods']}], [{...PODS, resources: ['*/*']}], [{...PODS, resources: ['pods/*']}], [{...PODS, resources: ['*']}], [{...PODS, scope: 'Namespaced'}], [{...PODS, scope: 'Cluster'}],
  [{...PODS, operations: ['CREATE', 'CONNECT']}], [{...PODS, operations: ['*']}], [{...PODS, resourceNames: ['app', 'pod']}], [{...PODS, apiVersions: ['*'], apiGroups: ['*']}], [{...PODS, apiVersions: ['v2']}], [{...PODS, operations: ['UPDATE']}, {...PODS, resources: ['pods']}],
]

const CONDITIONS: readonly string[] = [
  'has(object.spec)', 'object.spec.containers.size() > 0', 'object.spec.hostNetwork', 'request.operation == \'CREATE\'', 'request.subResource == \'\'', '!(request.userInfo.username in [\'eve\'])', 'object.metadata.name != \'kube-\' + \'system\'',
  'variables.all.size() > 0', '!has(oldObject.spec)', 'request.?subResource.orValue(\'\') == \'\'', 'object.?metadata.?labels.?a.orValue(\'\') == \'\'', 'true', 'false',
]

function matchOf(random: Random): object {
  return {
    resourceRules: random.pick(RULES), matchPolicy: random.pick(['Equivalent', 'Exact']),
    ...(random.chance(0.1) ? {excludeResourceRules: [{...PODS, ...random.pick([{resourceNames: ['app']}, {operations: ['UPDATE']}, {resources: ['pods/ephemeralcontainers']}, {scope: 'Cluster'}, {operations: ['CONNECT']}])}]} : {}),
    ...(random.chance(0.1) ? {objectSelector: random.pick([{matchLabels: {a: 'b'}}, {matchExpressions: [{key: 'a', operator: 'DoesNotExist'}]}, {}])} : {}),
    ...(random.chance(0.1) ? {namespaceSelector: random.pick([{matchLabels: {team: 'a'}}, {matchExpressions: [{key: 'team', operator: 'NotIn', values: ['a', 'b']}]}, {matchExpressions: [{key: 'team', operator: 'In', values: ['b']}]}, {matchExpressions: [{key: 'kubernetes.io/metadata.name', operator: 'Exists'}]}])} : {}),
  }
}

/** Where nothing is changed but the match the share of whole policies is high, and that of lies should be none all the same. */
export function randomPolicy(random: Random): RandomPolicy {
  const seed: {validations: readonly string[]; variables?: Readonly<Record<string, string>>; isFailOpen?: boolean} = random.chance(0.8) ? random.pick(POD_POLICIES) : random.pick(LAX_POLICIES)
  const variables = Object.entries(seed.variables ?? {}).map(([name, expression]) => ({name, expression: random.chance(0.15) ? changed(expression, random) : expression}))
  const validations = seed.validations.map(expression => ({expression: changed(expression, random), message: 'no'}))
  const [hasParams, mayLackThem] = [random.chance(0.08), random.chance(0.5)]
  return {
    spec: {
      // Without its parameters a policy that may not lack them refuses whatever its binding only warns of.
      failurePolicy: hasParams && !mayLackThem ? 'Ignore' : random.pick(['Fail', 'Fail', 'Ignore']), validations, variables, matchConstraints: random.chance(0.4) ? matchOf(random) : {resourceRules: [PODS]},
      ...(random.chance(0.15) ? {matchConditions: [{name: 'c', expression: random.pick(CONDITIONS)}]} : {}), ...(hasParams ? {paramKind: {apiVersion: 'v1', kind: 'ConfigMap'}} : {}),
    },
    bindingSpec: {
      validationActions: ['Warn'],
      ...(random.chance(0.1) ? {matchResources: matchOf(random)} : {}),
      ...(hasParams && random.chance(0.8) ? {paramRef: {...random.pick([{name: 'gone'}, {selector: {matchLabels: {a: 'b'}}}]), parameterNotFoundAction: mayLackThem ? 'Allow' : 'Deny'}} : {}),
    },
  }
}
