import type {FileSource} from '../trust/file-source.js'
import type {ProgramSource} from '../trust/program.js'
import type {PrivateDirectory} from '../adapters/private-directory.js'
import type {Terminal} from '../adapters/terminal.js'
import {cleanPath} from '../guard/environment.js'
import {isAllowedByKuberc, NO_KUBERC, parseKuberc} from '../guard/kuberc.js'
import type {Kuberc} from '../guard/kuberc.js'
import {renderEmptySnapshot, renderNamesSnapshot} from '../guard/snapshot.js'
import type {Kubeconfig} from '../kubeconfig/model.js'
import {parseKubeconfig} from '../kubeconfig/parse.js'
import type {Selection} from '../kubeconfig/select.js'
import {mergeKubeconfigs, select} from '../kubeconfig/select.js'
import {hasUnprintable, placeText, printable, quote} from '../printable.js'
import {denialLines} from '../report/denial.js'
import type {Decision, Decisions, PendingUse, RecordedCa} from '../trust/decisions.js'
import {NO_DECISIONS, parseDecisions} from '../trust/decisions.js'
import type {ContextJudgement, JudgeInput} from '../trust/judge-context.js'
import {judgeContext} from '../trust/judge-context.js'
import {platformOf} from '../trust/paths.js'
import {pinId} from '../trust/pin.js'
import type {TrustPolicy} from '../trust/policy.js'
import {DEFAULT_POLICY, parsePolicy} from '../trust/policy.js'
import type {ColdOutcome, ColdRequest} from './guard.js'
import type {DeliveryPorts} from './guard-delivery.js'
import {deliver, deliverEmpty} from './guard-delivery.js'
import {askOnTerminal} from './guard-prompt.js'

/** What the cold road needs of the world beside what the warm one has read. */
export interface ColdPorts {
  files: FileSource
  programs(path: string, uid: number): ProgramSource
  isDispatcher(kubectl: string, directory: PrivateDirectory, uid: number): boolean
  terminal(): Terminal | null
  store: {
    decide(stateDir: string, decision: Decision): Decisions
    record(stateDir: string, record: RecordedCa): Decisions
    /** False: another process has used it up. */
    spend(stateDir: string, id: string): boolean
    /** Remembers a refused use, so that `trust --id` finds it. */
    pend(stateDir: string, id: string, use: PendingUse): void
  }
  delivery: DeliveryPorts
}

/** A refusal: one line of what, where and why, and what to do. */
class Refusal extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines[0])
  }
}

function refuse(message: string, hint: string): never {
  throw new Refusal([`k121: ${message}`, `k121: ${hint}`])
}

export function judgeCommandWith(ports: ColdPorts): (request: ColdRequest) => ColdOutcome {
  return request => {
    try {
      return judgeCommand(request, ports)
    } catch (error) {
      if (error instanceof Refusal) return {allow: false, isDenial: false, lines: error.lines}
      throw error
    }
  }
}

function judgeCommand(request: ColdRequest, ports: ColdPorts): ColdOutcome {
  if (ports.isDispatcher(request.kubectl, request.directory, request.uid)) {
    refuse(`${quote(request.kubectl)} is the Google Cloud SDK's dispatcher: it contacts the server before it reads the command, and runs a kubectl that the server chooses`,
      'name one of the plain binaries beside it: --kubectl …/kubectl.1.NN')
  }
  const kuberc = kubercOf(request)
  const files = parseAll(request)
  if (request.route === 'original') {
    refuseRawText(files)
    return allow(request, ports, {judgement: null, kuberc, text: renderEmptySnapshot()})
  }
  if (request.route === 'names') return allow(request, ports, {judgement: null, kuberc, text: renderNamesSnapshot(mergeKubeconfigs(files))})
  if (files.every(file => file.empty && file.currentContext === '')) return allow(request, ports, {judgement: null, kuberc, text: renderEmptySnapshot()})
  const policy = policyOf(request)
  const merged = mergeKubeconfigs(files)
  const selection = select(merged, request.reading.connection)
  if (selection.missing === 'context') return allow(request, ports, {judgement: null, kuberc, text: renderEmptySnapshot(selection.contextName)})
  if (selection.missing !== null) {
    const name = selection.missing === 'cluster' ? selection.clusterName : selection.userName
    refuse(`there is no ${selection.missing} ${quote(name)} in the kubeconfig`, `name one that \`kubectl config get-${selection.missing}s\` lists`)
  }
  if (selection.context === null && selection.cluster === null && selection.user === null) return allow(request, ports, {judgement: null, kuberc, text: renderEmptySnapshot()})
  return judgeSelection({request, ports, kuberc, selection, policy})
}

/**
 * `config` runs no helper, but kubectl prints names as they stand in the file,
 * and whole tokens where it finds a name twice (parsing has refused that).
 */
function refuseRawText(files: readonly Kubeconfig[]): void {
  for (const {file, contexts, clusters, users, currentContext} of files) {
    const texts = [currentContext, ...[...contexts.values()].flatMap(({name, cluster, user, namespace}) => [name, cluster, user, namespace]), ...clusters.keys(), ...users.keys()]
    const bad = texts.find(hasUnprintable)
    if (bad !== undefined) refuse(`${printable(file)}: the name ${quote(bad)} holds characters that a terminal obeys or nobody sees`, 'kubectl would print it raw; rename it in an editor')
  }
}

interface Case {
  request: ColdRequest
  ports: ColdPorts
  kuberc: Kuberc
  selection: Selection
  policy: TrustPolicy
}

function judgeSelection(subject: Case): ColdOutcome {
  const {request, ports, kuberc, selection} = subject
  const {connection} = request.reading
  const input = inputOf(subject, decisionsOf(request))
  let judgement = judgeContext(selection, connection, input)
  let decisionsChanged = false
  let answer: 'always' | 'once' | null = null
  if (selection.user?.exec && connection.certificateAuthority) {
    refuse('--certificate-authority with a credential plugin: the file could change after it was judged', 'put the authority into the kubeconfig')
  }
  if (judgement.bearing === 'ask' && judgement.pin !== null && request.stateDir !== null) {
    answer = request.reading.complete ? null : askOnTerminal(judgement, ports.terminal())
    if (answer !== null) {
      const decision: Decision = {id: pinId(judgement.pin), date: input.now, pin: judgement.pin, ...(answer === 'once' ? {once: true} : {})}
      const decisions = answer === 'once' ? {...input.decisions, decisions: [...input.decisions.decisions, decision]} : ports.store.decide(request.stateDir, decision)
      decisionsChanged = answer === 'always'
      judgement = judgeContext(selection, connection, {...input, decisions})
    }
  }
  if (judgement.bearing !== 'pass') return deny(subject, judgement)
  // A TAB must neither use up a decision nor vouch for a server that nobody has met.
  if (request.reading.complete && (judgement.record !== null || judgement.decision?.once)) refuse('nothing is decided while a word is completed', 'run the command once')
  const run = judgement.plugin?.judgement.run
  if (run && selection.user?.exec && !isAllowedByKuberc(kuberc, selection.user.exec.command, run.path))
    refuse("your kuberc's credentialPluginPolicy does not allow this credential plugin", 'add it to credentialPluginAllowlist there if it should run')
  if (judgement.record !== null) {
    // Without a place to remember the authority every use would be a first one, which proves nothing.
    if (request.stateDir === null) refuse('there is no directory to remember the server\'s certificate authority in', 'set HOME or XDG_STATE_HOME')
    const decisions = ports.store.record(request.stateDir, {...judgement.record, date: input.now})
    decisionsChanged = true
    // Another guard may have met the server with another authority in this very moment.
    judgement = judgeContext(selection, connection, {...input, decisions})
    if (judgement.bearing !== 'pass') return deny(subject, judgement)
  }
  // What was answered a moment ago stands in no file; two commands must not live on one stored decision.
  if (judgement.decision?.once && answer === null && request.stateDir !== null && !ports.store.spend(request.stateDir, judgement.decision.id))
    refuse('the decision for one use has just been used up by another command', 'decide again')
  return allow(request, ports, {judgement, kuberc, text: '', decisionsChanged})
}

function inputOf({request, ports, policy}: Case, decisions: Decisions): JudgeInput {
  return {
    policy, decisions, files: placed(ports.files, request), platform: platformOf(request.platform), home: request.environment['HOME'], cwd: request.cwd,
    now: new Date(request.now).toISOString(),
    source: ports.programs(cleanPath(request.environment['PATH'] ?? ''), request.uid),
  }
}

/** What lies beside a kubeconfig is told by where the kubeconfig was read, not by where its name leads by now. */
function placed(files: FileSource, {inputs}: ColdRequest): FileSource {
  const places = new Map<string, string>()
  for (const {file, dir, realDir} of inputs.files) {
    if (realDir === null) continue
    if ((places.get(dir) ?? realDir) !== realDir) refuse(`the directory of ${quote(file, 200)} changed while it was read`, 'run the command again')
    places.set(dir, realDir)
  }
  return {...files, realDirectory: path => places.get(path) ?? files.realDirectory(path)}
}

function deny(subject: Case, judgement: ContextJudgement): ColdOutcome {
  const id = judgement.bearing === 'ask' && judgement.pin !== null ? pinId(judgement.pin) : null
  return {allow: false, isDenial: true, lines: denialLines(judgement, id !== null && isKept(subject, id) ? id : null).map(line => `k121: ${line}`)}
}

/** On a disk that takes nothing no decision could be kept either; the refusal itself must still be said. */
function isKept({request, ports}: Case, id: string): boolean {
  if (request.stateDir === null) return false
  const {context, cluster, user, server, tlsServerName} = request.reading.connection
  try {
    ports.store.pend(request.stateDir, id, {
      files: request.inputs.files.map(file => file.file),
      flags: {context, cluster, user, server, tlsServerName},
    })
    return true
  } catch {
    return false
  }
}

interface Allowed {
  judgement: ContextJudgement | null
  kuberc: Kuberc
  /** Without a judgement: a configuration in which there is nothing to run and nothing to send. */
  text: string
  decisionsChanged?: boolean
}

function allow(request: ColdRequest, ports: ColdPorts, {judgement, kuberc, text, decisionsChanged = false}: Allowed): ColdOutcome {
  const decision = judgement?.decision ?? null
  const delivered = judgement === null ? deliverEmpty(request, ports.delivery, text) : deliver(request, judgement, ports)
  return {
    allow: true,
    // What was decided in this run is not in the cache's key: the next run reads what the file says by then.
    isCacheable: decision?.once !== true && !decisionsChanged,
    verdict: {
      ...delivered,
      touches: kuberc.touches,
      notices: judgement?.notices ?? [],
      expires: decision?.expires === undefined ? null : Date.parse(decision.expires),
    },
  }
}

function parseAll({inputs}: ColdRequest): Kubeconfig[] {
  return inputs.files.flatMap(({file, dir, bytes}) => {
    if (bytes === null) return []
    const result = parseKubeconfig(bytes, file, dir)
    if (result.ok) return [result.config]
    return refuse(`${placeText({...result.failure, file})}: ${result.failure.message}`, result.failure.hint)
  })
}

function policyOf({inputs: {policy}, trustFile}: ColdRequest): TrustPolicy {
  if (!policy.ok && policy.reason === 'missing') return DEFAULT_POLICY
  const file = trustFile ?? 'the trust file'
  if (!policy.ok) refuse(`${printable(file)} ${policy.detail}, so nothing is trusted`, 'make it readable')
  if (policy.isLoose) refuse(`${printable(file)} may be changed by others, so nothing is trusted`, 'make it yours alone: chmod 600')
  const result = parsePolicy(policy.bytes)
  if (result.ok) return result.policy
  return refuse(`${placeText({...result.failure, file})}: ${result.failure.message}`, result.failure.hint)
}

function decisionsOf({inputs: {decisions}, stateDir}: ColdRequest): Decisions {
  if (!decisions.ok && decisions.reason === 'missing') return NO_DECISIONS
  const parsed = decisions.ok && !decisions.isLoose ? parseDecisions(decisions.bytes.toString('utf8')) : null
  return parsed ?? refuse(`the decisions in ${printable(stateDir ?? '')} are damaged, unreadable or open to others, so nothing is trusted`, 'move decisions.json away and decide again')
}

function kubercOf({inputs: {kuberc: read}, reading, route}: ColdRequest): Kuberc {
  if (!read.ok && read.reason === 'missing') return NO_KUBERC
  if (!read.ok) refuse(`your kuberc ${read.detail}`, 'mend it, or set KUBERC=off')
  const result = parseKuberc(read.bytes)
  if (!result.ok) refuse(`your kuberc cannot be read with certainty (line ${result.line}: ${result.message})`, 'mend it, or set KUBERC=off')
  // `kubectl kuberc` runs with the file in force, so its own defaults hold; up to 1.34 it is no command, and may be an alias.
  const words = route === 'preferences' ? ['kuberc'] : [...reading.command, ...reading.words]
  const touched = result.kuberc.touches.find(word => words.includes(word))
  if (touched !== undefined)
    refuse(`your kuberc has defaults or an alias for ${quote(touched)}, which the guard cannot apply yet and will not drop silently`, 'set KUBERC=off for this command, or type the flags yourself')
  return route === 'preferences' ? NO_KUBERC : result.kuberc
}

