// Shows the main jobs on the files in samples/, in a directory that goes away
// afterwards. Needs Node and nothing else. Exit 0: all went as it
// should; 1: something did not.
import {spawnSync} from 'node:child_process'
import {accessSync, chmodSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const program = join(repository, 'bin/run.js')
const samples = join(repository, 'samples/kubeconfigs')

/** One line of what to look at, and the exit code that `verify` must have. */
const LOOK_AT = {
  '1-classic.yaml': ['`touch` is no credential helper: it would run at the first command.', 1],
  '2-eks.yaml': ['What the vendor writes is trusted: nothing to say, exit code 0.', 0],
  '3-redirected.yaml': ['The same helper, but its token would go to a look-alike server.', 1],
  '4-oidc.yaml': ['A known helper and a server that nobody vouched for: asked once.', 1],
  '5-kind.yaml': ['No plugin, nothing to run: the verdict is none.', 0],
}

const root = realpathSync(mkdtempSync(join(tmpdir(), 'k121-')))
const lorem = join(root, 'lorem')
const failures = []
try {
  main()
} finally {
  rmSync(root, {recursive: true, force: true})
}
say('', failures.length === 0 ? 'All went as it should.' : `NOT as it should be: ${failures.join('; ')}`)
process.exitCode = failures.length === 0 ? 0 : 1

function main() {
  const kubectl = layOut()
  title('kubectl k121 kubeconfig verify: what would these files run?')
  say('`aws` and `kubectl oidc-login` are stand-ins here, so that they are found.')
  for (const [name, [lookAt, status]] of Object.entries(LOOK_AT)) {
    say('', `--- ${name}`, `    ${lookAt}`, '')
    const {output, code} = run(process.execPath, [program, 'kubeconfig', 'verify', name])
    say(...output.trimEnd().split('\n'), `(exit code ${code})`)
    check(code === status, `verify of ${name} gave ${code} and not ${status}`)
  }
  title('The guard in front of kubectl')
  say(kubectl.isReal ? `kubectl is ${kubectl.path}, ${kubectl.version}.` : 'No kubectl that the guard supports is on PATH: a stand-in takes its place.')
  const command = ['--kubeconfig', '1-classic.yaml', 'get', 'pods']
  const mark = kubectl.isReal ? lorem : `${kubectl.path}.started`
  // Without a run that leaves a mark, a mark that is missing would prove nothing.
  run(kubectl.path, command)
  check(existsSync(mark), 'kubectl alone left no mark')
  say('', `Without the guard: ${kubectl.isReal ? 'the plugin ran, and its file is there.' : 'the stand-in was started.'}`)
  rmSync(mark, {force: true})
  say('', `$ kubectl-k121 guard -- ${command.join(' ')}`)
  const {output, code} = run(process.execPath, [program, 'guard', '--kubectl', kubectl.path, '--', ...command])
  say(...output.trimEnd().split('\n'), `(exit code ${code})`)
  check(code === 126, `the guard gave ${code} and not 126`)
  check(!existsSync(mark) && !existsSync(lorem), 'something ran behind the guard')
  say('', `With the guard: ${existsSync(mark) ? 'SOMETHING RAN.' : kubectl.isReal ? 'no plugin ran, and there is no such file.' : 'the stand-in was never started.'}`)
  title('kubectl k121 audit: what stands open in a cluster?')
  auditCluster()
}

/** No cluster is at hand: samples/cluster holds what `kubectl get -o yaml` says of an invented one. */
function auditCluster() {
  cpSync(join(repository, 'samples/cluster'), join(root, 'cluster'), {recursive: true})
  const args = ['audit', '-f', 'cluster', '--fail-on', 'medium']
  say(`$ kubectl k121 ${args.join(' ')}`, '')
  const {output, code} = run(process.execPath, [program, ...args])
  say(...output.trimEnd().split('\n'), `(exit code ${code})`)
  check(code === 1, `the audit gave ${code} and not 1`)
  say('', 'A live cluster is read the same way, without -f. `kubectl k121 snapshot` takes', 'home what an audit reads, and no Secret.')
}

/** Private copies of the samples; the classic one points into our own directory. */
function layOut() {
  for (const name of readdirSync(samples)) writeFileSync(join(root, name), readFileSync(join(samples, name), 'utf8').replace('/tmp/lorem', lorem), {mode: 0o600})
  const bin = join(root, 'bin')
  mkdirSync(bin, {mode: 0o700})
  for (const name of ['aws', 'kubectl-oidc_login']) standIn(join(bin, name), 'exit 1')
  return realKubectl() ?? {path: standIn(join(bin, 'kubectl'), ': > "$0.started"\necho "stand-in for kubectl: started"'), isReal: false}
}

function standIn(path, body) {
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

/** The first kubectl on PATH, if it is of a version that the guard is tested with and no dispatcher build. */
function realKubectl() {
  const path = (process.env.PATH ?? '').split(delimiter).filter(entry => entry.startsWith('/')).map(entry => join(entry, 'kubectl')).find(isProgram)
  if (path === undefined) return null
  const version = /"gitVersion":\s*"(v1\.(\d+)\.[^"]*)"/.exec(run(path, ['version', '--client', '-o', 'json']).output)
  if (version === null || /dispatcher/.test(version[1]) || Number(version[2]) < 20 || Number(version[2]) > 37) return null
  return {path, version: version[1], isReal: true}
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function run(file, args) {
  const env = {PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH ?? ''}`, HOME: root, XDG_CONFIG_HOME: join(root, 'config'), XDG_STATE_HOME: join(root, 'state')}
  const {stdout, stderr, status} = spawnSync(file, args, {cwd: root, env, encoding: 'utf8', input: '', timeout: 8000})
  return {output: `${stdout ?? ''}${stderr ?? ''}`, code: status}
}

function check(isRight, complaint) {
  if (!isRight) failures.push(complaint)
}

function title(text) {
  say('', '='.repeat(text.length), text, '='.repeat(text.length), '')
}

/** Lines of at most 80 columns, whatever the temporary directory is called. */
function say(...lines) {
  for (const line of lines.flatMap(fold)) process.stdout.write(`${line}\n`)
}

function fold(line) {
  if (line.length <= 80) return [line]
  const space = line.lastIndexOf(' ', 80)
  const at = space > 40 ? space : 80
  return [line.slice(0, at), ...fold(`      ${line.slice(at).trimStart()}`)]
}
