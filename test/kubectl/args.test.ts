import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer, type IncomingMessage, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {expect} from 'chai'
import fc from 'fast-check'

import {readKubectlArgs, rewriteKubectlArgs, type Reading} from '../../src/guard/kubectl-args.js'
import {kubectlBinary, minorsOfThisRun} from '../support/kubectl-binaries.js'
import {runProcess} from '../support/run-process.js'

/** Whom kubectl asked and as whom: over plain http it sends no credential, but it does send the user's `as`. */
interface Asked {server: string; as: string; namespace: string | undefined}

const FILES = ['one', 'two']
/** Each file has two contexts; context, cluster, user, `as` and namespace of one share a name. */
const NAMES = ['a', 'b']
const RUNS = Number(process.env['K121_ARGS_RUNS'] ?? 150)
const SEED = Number(process.env['K121_ARGS_SEED'] ?? 0)

const resources = (...names: [string, string, boolean][]) => names.map(([name, kind, namespaced]) => ({name, kind, namespaced, singularName: '', verbs: ['get', 'list', 'create', 'delete', 'patch', 'watch']}))
const group = (name: string) => ({name, versions: [{groupVersion: `${name}/v1`, version: 'v1'}], preferredVersion: {groupVersion: `${name}/v1`, version: 'v1'}})
const list = (groupVersion: string, ...names: [string, string, boolean][]) => ({kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: resources(...names)})
const ANSWERS: Record<string, unknown> = {
  '/version': {major: '1', minor: '30', gitVersion: 'v1.30.0'},
  '/api': {kind: 'APIVersions', versions: ['v1']},
  '/apis': {kind: 'APIGroupList', apiVersion: 'v1', groups: [group('apps'), group('rbac.authorization.k8s.io')]},
  '/api/v1': list('v1', ['pods', 'Pod', true], ['configmaps', 'ConfigMap', true], ['secrets', 'Secret', true], ['namespaces', 'Namespace', false]),
  '/apis/apps/v1': list('apps/v1', ['deployments', 'Deployment', true]),
  '/apis/rbac.authorization.k8s.io/v1': list('rbac.authorization.k8s.io/v1', ['rolebindings', 'RoleBinding', true], ['clusterrolebindings', 'ClusterRoleBinding', false]),
}

const COMMANDS = [
  'get pods', 'get pods p', 'get', 'describe pod p', 'logs p', 'delete pod p --wait=false', 'run x --image i', 'version', 'api-versions', 'api-resources',
  'auth can-i get pods', 'auth can-i --list', 'create namespace x', 'create ns x', 'create rolebinding x --clusterrole=y', 'create clusterrolebinding x --clusterrole=y',
  'create cm x', 'create secret generic x', 'create foo', 'config set-context zz', 'config set-credentials zz', 'config set-cluster zz', 'config use a', 'config view',
  'set subject rolebinding x', 'set image deploy/x a=b', 'cluster-info', 'explain pods', 'rollout status deploy/x', 'exec p -- ls --context b', 'exec p ls',
  'scale deploy/x --replicas=1', 'annotate pod p a=b', 'top pod', 'help get', 'foo bar', 'version --client', 'options', '__complete get pods', '__complete logs',
].map(line => line.split(' '))

const NOISE = ['-A', '-l --kubeconfig=TWO', '-o json', '-o --context', '-o --context=b', '-l --user=b', '--selector -- --context b', '-w=false', '--dry-run=client', '--dry-run', '--validate',
  '--validate=false', '-R', '--unknown', '--unknown x', '-Z', '-v 0', '--v=0', '-h', '--force', '--tail 1', '-f', '-f x', '-p', '-q', 'get', 'create', 'rolebinding', 'b', '--', '--kuberc=x',
  '--cascade', '--request-timeout 5s', '--all', '--output', '--insecure-skip-tls-verify', '--insecure-skip-tls-verify false', '--match-server-version=false', '--ignore-not-found', '--save-config', '--raw /api', '--profile none', '--user=', '--kubeconfig='].map(line => line.split(' '))

describe('what real kubectl makes of a command line', function () {
  this.timeout(600_000)
  let directory: string
  let asked: Asked[] = []
  const servers: Server[] = []
  const urls: Record<string, string> = {}
  const kubeconfigs: Record<string, {path: string; text: string}> = {}

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'k121-args-'))
    for (const name of [...FILES.flatMap(file => NAMES.map(entry => `${file}-${entry}`)), 'other']) urls[name] = await listen(name)
    for (const file of FILES) kubeconfigs[file] = {path: join(directory, file), text: kubeconfig(file)}
  })

  after(async () => {
    for (const server of servers) server.close()
    await rm(directory, {recursive: true, force: true})
  })

  async function listen(name: string): Promise<string> {
    const server = createServer((request, response) => {
      asked.push({server: name, as: String(request.headers['impersonate-user']), namespace: namespaceOf(request)})
      const answer = ANSWERS[(request.url ?? '').replace(/\?.*/, '')]
      response.writeHead(answer ? 200 : 404, {'content-type': 'application/json', connection: 'close'})
      response.end(JSON.stringify(answer ?? {kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404, message: 'no'}))
    })
    servers.push(server)
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const kubeconfig = (file: string) => JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'a',
    contexts: NAMES.map(name => ({name, context: {cluster: name, user: name, namespace: `${file}-${name}`}})),
    clusters: NAMES.map(name => ({name, cluster: {server: urls[`${file}-${name}`]}})),
    users: NAMES.map(name => ({name, user: {as: `${file}-${name}`}})),
  })

  /** What our reading says that kubectl asks, by client-go's rules: an empty override overrides nothing. */
  function predict({connection: {kubeconfig: path, context, cluster, user, server, as, namespace}}: Reading): Asked {
    const file = path ? FILES.find(name => kubeconfigs[name]?.path === path) ?? 'none' : 'one'
    const entry = context || 'a'
    const target = server ? Object.keys(urls).find(name => urls[name] === server) ?? 'none' : `${file}-${cluster || entry}`
    return {server: target, as: as || `${file}-${user || entry}`, namespace: namespace || `${file}-${entry}`}
  }

  async function run(binary: string, argv: readonly string[], file: string) {
    for (const {path, text} of Object.values(kubeconfigs)) await writeFile(path, text)
    // kubectl keeps what a server offers, and a second run would ask less.
    await rm(join(directory, 'home'), {recursive: true, force: true})
    asked = []
    const env = {HOME: join(directory, 'home'), PATH: '/nonexistent', KUBECONFIG: kubeconfigs[file]?.path ?? '', KUBERC: 'off'}
    const result = await runProcess(binary, argv, {env, cwd: directory, timeout: 60_000})
    const changed: string[] = []
    for (const [name, {path, text}] of Object.entries(kubeconfigs)) if (await readFile(path, 'utf8') !== text) changed.push(name)
    return {asked: asked.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)), changed, status: result.status}
  }

  function lines(seed: number): string[][] {
    const names = fc.constantFrom(...NAMES)
    const value = (flag: string, values: fc.Arbitrary<string>) => fc.tuple(values, fc.boolean()).map(([text, glued]) => (glued ? [`--${flag}=${text}`] : [`--${flag}`, text]))
    const addresses = fc.constantFrom(...Object.values(urls))
    const flag = fc.oneof(
      {weight: 3, arbitrary: value('kubeconfig', fc.constantFrom(...FILES.map(file => kubeconfigs[file]?.path ?? '')))},
      {weight: 3, arbitrary: value('context', names)}, {weight: 3, arbitrary: value('user', names)},
      value('cluster', names), value('namespace', names), value('as', names), value('token', names), value('username', names), value('tls-server-name', names), value('tls_server_name', names),
      fc.tuple(addresses, fc.constantFrom('--server=', '-s', '-s=', '-As', '-Rs')).map(([url, form]) => [form + url]),
      fc.tuple(addresses, fc.constantFrom('--server', '-s', '-As')).map(([url, form]) => [form, url]),
      fc.tuple(names, fc.constantFrom('-n', '-An', '-n=')).map(([name, form]) => [form + name]),
      {weight: 6, arbitrary: fc.constantFrom(...NOISE).map(words => words.map(word => word.replace('TWO', kubeconfigs['two']?.path ?? '')))},
    )
    // A place of 0 is in front of the command, a large one behind it.
    const line = fc.tuple(fc.constantFrom(...COMMANDS), fc.array(fc.tuple(flag, fc.nat(5)), {maxLength: 4}))
      .map(([command, flags]) => flags.reduce<string[]>((words, [flagWords, place]) => words.toSpliced(Math.min(place, words.length), 0, ...flagWords), [...command]))
      .map(words => (words.includes('__complete') ? [...words, ''] : words))
    return fc.sample(line, {seed, numRuns: RUNS})
  }

  for (const minor of minorsOfThisRun()) {
    it(`is what we read, in kubectl 1.${minor}`, async () => {
      const binary = await kubectlBinary(minor)
      const told = {asked: 0, changed: 0, refused: 0}
      for (const argv of lines(minor + SEED)) {
        const result = readKubectlArgs(argv)
        if (!result.ok) {
          told.refused++
          continue
        }

        const {reading} = result
        const seen = await run(binary, argv, 'one')
        const where = `${JSON.stringify(argv)} read as ${JSON.stringify(reading)}`
        const expected = predict(reading)
        for (const {server, as, namespace} of seen.asked) {
          expect({server, as}, where).to.deep.equal({server: expected.server, as: expected.as})
          if (namespace !== undefined && reading.command[1] !== 'namespace') expect(namespace, where).to.equal(expected.namespace)
        }

        if (seen.changed.length > 0) expect(seen.changed, where).to.deep.equal([fileOf(reading)])
        if (reading.offline) expect(seen.asked, where).to.deep.equal([])
        if (reading.connection.kubeconfig) {
          const again = await run(binary, rewriteKubectlArgs(argv), fileOf(reading))
          expect(again, `without --kubeconfig: ${where}`).to.deep.equal(seen)
        }

        if (seen.asked.length > 0) told.asked++
        if (seen.changed.length > 0) told.changed++
      }

      // A run in which kubectl only complained would prove nothing.
      expect(told.asked, JSON.stringify(told)).to.be.greaterThan(RUNS / 5)
      expect(told.refused, JSON.stringify(told)).to.be.lessThan(RUNS / 3)
      console.log(`      ${JSON.stringify(told)} of ${RUNS}`)
    })
  }

  const fileOf = ({connection: {kubeconfig: path}}: Reading) => (path ? FILES.find(name => kubeconfigs[name]?.path === path) ?? 'none' : 'one')
})

const namespaceOf = (request: IncomingMessage): string | undefined => /\/namespaces\/([^/?]+)\//.exec(request.url ?? '')?.[1]
