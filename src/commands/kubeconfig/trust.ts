import {Args, Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {loadJudgeInput, stateDirectory} from '../../adapters/judge-input.js'
import {groupsOf} from '../../adapters/kubeconfig-groups.js'
import {addToPolicy} from '../../adapters/policy-writer.js'
import {decide, pendingUse} from '../../adapters/trust-store.js'
import {EnvironmentError, UsageError} from '../../errors.js'
import {EXIT} from '../../exit-codes.js'
import type {Candidate} from '../../flows/trust-plugin.js'
import {candidateAt, candidatesOf, decisionOn} from '../../flows/trust-plugin.js'
import {expiryOf} from '../../flows/trust-expiry.js'
import {printable, quote} from '../../printable.js'
import {questionText} from '../../report/trust-question.js'
import type {JudgeInput} from '../../trust/judge-context.js'
import {trustLocations} from '../../trust/locations.js'

export default class KubeconfigTrust extends Command {
  static override summary = 'Decide once on credential plugins that are not trusted yet.'
  static override description = 'Says in plain words what would run, from where, and which server gets the token, and asks. The decision is a pin: any change asks again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --id 4f2a90c1d3e7',
    '<%= config.bin %> <%= command.id %> cluster.yaml --user alice --expires 8h',
  ]
  static override args = {file: Args.string({description: 'A kubeconfig; what kubectl would load when left out.', required: false})}
  static override flags = {
    kubeconfig: Flags.string({summary: 'The file kubectl would be told to use.'}),
    user: Flags.string({summary: 'Decide on the plugin of this user.', exclusive: ['all', 'id']}),
    all: Flags.boolean({summary: 'Decide on every exception of the files.', exclusive: ['id']}),
    id: Flags.string({summary: 'Decide on the use that the guard refused under this id.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
    dangerous: Flags.boolean({summary: 'Allow a plugin that is graded dangerous. Loader variables and deceptive names stay refused.'}),
    once: Flags.boolean({summary: 'For the next command only.', exclusive: ['expires', 'share']}),
    expires: Flags.string({summary: 'For this long: 30m, 8h, 7d.', exclusive: ['share']}),
    share: Flags.boolean({summary: 'Write an entry into the trust file instead of a decision of this machine.'}),
    'trust-file': Flags.string({summary: 'The trust file; ~/.config/k121/trust.yaml when left out.'}),
  }

  async run(): Promise<void> {
    const {args, flags}: {args: {file?: string | undefined}; flags: Interfaces.InferredFlags<typeof KubeconfigTrust.flags>} = await this.parse(KubeconfigTrust)
    const stateDir = stateDirectory()
    if (stateDir === null) throw new EnvironmentError('store-unwritable', 'there is no directory for decisions', 'set HOME or XDG_STATE_HOME')
    const input = loadJudgeInput(flags['trust-file'], flags.share)
    const expires = expiryOf(flags.expires, input.now)
    const chosen = chooseFrom(loadCandidates(args.file, flags, input, stateDir), flags)
    if (chosen.length === 0) {
      process.stdout.write('Nothing to decide: the guard lets all of this through already.\n')
      return
    }
    const wanted = flags.yes ? this.sayAll(chosen) : await ask(chosen, flags.dangerous)
    for (const candidate of wanted) {
      if (!isAllowed(candidate, flags.dangerous)) continue
      const decision = decisionOn(candidate.judgement, {now: input.now, dangerous: candidate.isDangerous, once: flags.once, ...(expires === undefined ? {} : {expires})})
      if (flags.share) await addToPolicy(policyFile(flags['trust-file']), decision.pin)
      else decide(stateDir, decision)
      process.stdout.write(`${flags.share ? 'listed' : 'trusted'} ${decision.id}   ${printable(decision.pin.path) || 'stored credential'} for ${decision.pin.server}\n`)
    }
  }

  private sayAll(candidates: readonly Candidate[]): readonly Candidate[] {
    for (const candidate of candidates) process.stdout.write(`${questionText(candidate)}\n`)
    return candidates
  }
}

interface Choice {
  kubeconfig?: string | undefined
  user?: string | undefined
  all: boolean
  id?: string | undefined
}

function loadCandidates(file: string | undefined, flags: Choice, input: JudgeInput, stateDir: string): Candidate[] {
  const pending = flags.id === undefined || file !== undefined ? null : pendingUse(stateDir, flags.id)
  const groups = pending === null
    ? groupsOf(file === undefined ? [] : [file], flags.kubeconfig)
    : groupsOf([], undefined, pending.files)
  return groups.flatMap(group => {
    const loaded = group.load()
    const broken = loaded.find(one => !one.ok && one.reason !== 'absent')
    if (broken !== undefined && !broken.ok) throw new UsageError('bad-file', broken.failure.message, broken.failure.hint, {file: broken.file, line: broken.failure.line, column: broken.failure.column})
    const user = flags.user ?? null
    if (user !== null && !loaded.some(one => one.ok && one.config.users.has(user))) throw new UsageError('not-found', `there is no user ${quote(user)}`, 'kubectl k121 kubeconfig verify lists them')
    return pending === null ? candidatesOf(loaded, input) : candidateAt(loaded, pending.flags, input)
  })
}

function chooseFrom(candidates: readonly Candidate[], flags: Choice): Candidate[] {
  if (flags.id !== undefined) {
    const found = candidates.filter(candidate => candidate.id === flags.id)
    if (found.length === 0) throw new UsageError('not-found', `nothing under the id ${quote(flags.id)} is refused any more`, 'run the command again: a change of the file, the program or the server makes another id')
    return found
  }
  return flags.user === undefined ? [...candidates] : candidates.filter(candidate => candidate.judgement.selection.userName === flags.user)
}

async function ask(candidates: readonly Candidate[], isDangerousAllowed: boolean): Promise<Candidate[]> {
  if (!process.stdin.isTTY) throw new EnvironmentError('no-terminal', 'there is no terminal to ask on', 'add --yes if you have looked at it')
  const wanted: Candidate[] = []
  for (const candidate of candidates) {
    process.stdout.write(`${questionText(candidate)}\n`)
    if (!isAllowed(candidate, isDangerousAllowed)) continue
    if (await isConfirmed(candidate.isDangerous ? 'This is graded DANGEROUS. Let it run all the same?' : 'Let it run?')) wanted.push(candidate)
  }
  return wanted
}

async function isConfirmed(message: string): Promise<boolean> {
  const {default: inquirer} = await import('inquirer')
  const answer = await inquirer.prompt([{type: 'confirm', name: 'isSure', message, default: false}])
  return answer['isSure'] === true
}

/** Says why not, and makes the command fail: what was asked for did not happen. */
function isAllowed(candidate: Candidate, isDangerousAllowed: boolean): boolean {
  const name = quote(candidate.judgement.selection.userName)
  if (candidate.id === null) process.stderr.write(`error: user ${name} stays refused: no decision can lift this\n  ${candidate.judgement.findings.find(finding => finding.bearing === 'refuse')?.remediation ?? 'get another kubeconfig'}\n`)
  else if (candidate.isDangerous && !isDangerousAllowed) process.stderr.write(`error: the plugin of user ${name} is graded dangerous\n  add --dangerous if you have read every word above and want it all the same\n`)
  else return true
  process.exitCode = EXIT.findings
  return false
}

function policyFile(given: string | undefined): string {
  const file = given ?? trustLocations(process.env, process.platform).policy
  if (file === null) throw new EnvironmentError('store-unwritable', 'there is no place for a trust file', 'name one with --trust-file')
  return file
}
