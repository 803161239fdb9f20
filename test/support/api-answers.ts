/** The part of the Kubernetes API that the proving ground's servers speak; values are fixed, so that two runs print the same. */
export interface Question {
  method: string
  path: string
  body: Buffer
  bodyType: string
  wantsTable: boolean
  unauthorized: boolean
  pods: number
}

export interface Answer {
  status: number
  type: string
  text: string | Buffer
}

export function answerTo(question: Question): Answer {
  if (question.unauthorized) return json(status(401, 'Unauthorized', 'Unauthorized'), 401)
  const {pathname} = new URL(question.path, 'https://cluster.test')
  if (/\/pods\/[^/]+\/log$/.test(pathname)) return {status: 200, type: 'text/plain', text: 'a line of a log\n'.repeat(question.pods * 100)}
  if (question.method === 'POST') return posted(question)
  const known = DOCUMENTS[pathname]
  if (known !== undefined) return json(known)
  if (/^\/api\/v1(\/namespaces\/[^/]+)?\/pods$/.test(pathname)) return list(question, 'Pod', names('pod', question.pods))
  if (pathname === '/api/v1/namespaces') return list(question, 'Namespace', ['default', 'kube-system'])
  const one = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)$/.exec(pathname)
  if (one) return json({apiVersion: 'v1', ...object('Pod', one[2] ?? ''), spec: {containers: [{name: 'main'}]}})
  return json(status(404, 'NotFound', `the server could not find ${pathname}`), 404)
}

const PODS = {name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list', 'watch', 'create'], shortNames: ['po']}
const NAMESPACES = {name: 'namespaces', singularName: 'namespace', namespaced: false, kind: 'Namespace', verbs: ['get', 'list'], shortNames: ['ns']}
const CONFIG_MAPS = {name: 'configmaps', singularName: 'configmap', namespaced: true, kind: 'ConfigMap', verbs: ['get', 'list', 'create'], shortNames: ['cm']}
const REVIEWS = {name: 'selfsubjectaccessreviews', singularName: '', namespaced: false, kind: 'SelfSubjectAccessReview', verbs: ['create']}
const AUTHORIZATION = {groupVersion: 'authorization.k8s.io/v1', version: 'v1'}

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  '/version': {major: '1', minor: '32', gitVersion: 'v1.32.0', gitCommit: 'c0ffee', gitTreeState: 'clean', buildDate: '2024-12-11T00:00:00Z', goVersion: 'go1.23', compiler: 'gc', platform: 'linux/amd64'},
  '/api': {kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: []},
  '/apis': {kind: 'APIGroupList', apiVersion: 'v1', groups: [{name: 'authorization.k8s.io', versions: [AUTHORIZATION], preferredVersion: AUTHORIZATION}]},
  '/api/v1': {kind: 'APIResourceList', groupVersion: 'v1', resources: [PODS, NAMESPACES, CONFIG_MAPS]},
  '/apis/authorization.k8s.io/v1': {kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'authorization.k8s.io/v1', resources: [REVIEWS]},
}

function posted({path, body, bodyType}: Question): Answer {
  if (path.includes('/selfsubjectaccessreviews')) {
    // 1.32 and later ask in protobuf; the answer may be JSON in any case.
    return json({kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: {}, status: {allowed: true}}, 201)
  }
  return {status: 201, type: bodyType, text: body}
}

function list({wantsTable}: Question, kind: string, members: string[]): Answer {
  const objects = members.map(name => object(kind, name))
  if (!wantsTable) return json({kind: `${kind}List`, apiVersion: 'v1', metadata: {resourceVersion: '1'}, items: objects.map(({metadata}) => ({metadata}))})
  const columnDefinitions = [{name: 'Name', type: 'string', format: 'name', description: '', priority: 0}]
  const rows = objects.map(({metadata}) => ({cells: [metadata.name], object: {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata}}))
  return json({kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {resourceVersion: '1'}, columnDefinitions, rows})
}

function names(prefix: string, count: number): string[] {
  return Array.from({length: count}, (_, index) => `${prefix}-${index}`)
}

function object(kind: string, name: string): {kind: string; metadata: {name: string; namespace?: string}} {
  return {kind, metadata: kind === 'Namespace' ? {name} : {name, namespace: 'default'}}
}

function status(code: number, reason: string, message: string): object {
  return {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code}
}

function json(value: unknown, code = 200): Answer {
  return {status: code, type: 'application/json', text: JSON.stringify(value)}
}
