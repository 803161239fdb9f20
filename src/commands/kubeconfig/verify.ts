import {Args, Command, Flags} from '@oclif/core'
import type {Interfaces} from '@oclif/core'
import {relative} from 'node:path'
import {loadJudgeInput} from '../../adapters/judge-input.js'
import {groupsOf} from '../../adapters/kubeconfig-groups.js'
import {crossCheck} from '../../adapters/kubectl/config-view.js'
import {renderYaml} from '../../adapters/yaml-text.js'
import {exitCodeOf} from '../../flows/verify-exit.js'
import {joinVerifications, verifyGroup} from '../../flows/verify-kubeconfig.js'
import {placeText, printable} from '../../printable.js'
import {renderJson, renderNames, renderVerification, verificationDocument} from '../../report/verification.js'
import {SEVERITIES} from '../../trust/finding.js'
import type {Verification} from '../../trust/verification.js'

export default class KubeconfigVerify extends Command {
  static override summary = 'Judge every credential plugin and connection of kubeconfig files, without running anything.'
  static override description = 'Without FILE: what kubectl would load (--kubeconfig, else KUBECONFIG, else ~/.kube/config). Several FILEs or a directory are judged each on its own; "-" reads standard input.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/Downloads/cluster.yaml -o json',
    '<%= config.bin %> <%= command.id %> - < kubeconfig',
  ]
  static override strict = false
  static override args = {file: Args.string({description: 'Kubeconfig files, a directory of them, or "-" for standard input.', required: false})}
  static override flags = {
    kubeconfig: Flags.string({summary: 'The file kubectl would be told to use.'}),
    output: Flags.option({char: 'o', default: 'table', options: ['table', 'wide', 'json', 'yaml', 'name'] as const, summary: 'How to print the result.'})(),
    'fail-on': Flags.option({default: 'high', options: SEVERITIES, summary: 'Exit 1 from this severity up; a plugin that is not trusted exits 1 always.'})(),
    'cross-check': Flags.boolean({summary: 'Also compare our reading with `kubectl config view`, which runs no plugin.'}),
    kubectl: Flags.string({summary: 'The kubectl for --cross-check; the first one on PATH when left out.'}),
    'trust-file': Flags.string({summary: 'The trust file; ~/.config/k121/trust.yaml when left out.'}),
  }

  async run(): Promise<void> {
    const parsed = await this.parse(KubeconfigVerify)
    const flags: Interfaces.InferredFlags<typeof KubeconfigVerify.flags> = parsed.flags
    const groups = groupsOf(parsed.argv.map(String), flags.kubeconfig)
    const input = loadJudgeInput(flags['trust-file'])
    const parts: Verification[] = []
    for (const [index, group] of groups.entries()) {
      if (groups.length > 20 && process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${groups.length} files`)
      const loaded = group.load()
      parts.push(verifyGroup(flags['cross-check'] ? await Promise.all(loaded.map(one => crossCheck(one, flags.kubectl))) : loaded, input))
    }
    if (groups.length > 20 && process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    const verification = joinVerifications(parts)
    for (const {leftOut} of groups)
      if (leftOut !== undefined) process.stderr.write(`note: ${printable(leftOut.directory)}: ${leftOut.count} hidden files or subdirectories were not looked at; name them to have them judged\n`)
    if (input.policy.mode === 'AllowAll') process.stderr.write('note: AllowAll in the trust file: unknown credential plugins count as trusted, and their tokens go to any server\n')
    sayUnread(verification)
    process.stdout.write(await render(verification, flags.output))
    process.exitCode = exitCodeOf(verification, flags['fail-on'])
  }
}

/** One line of what and where, one of what to do, for every file that was not looked at. */
function sayUnread(verification: Verification): void {
  for (const {path, sha256, error} of verification.files) {
    if (error === null) continue
    const place = sha256 === null ? printable(path) : placeText({...error, file: path})
    process.stderr.write(`error: ${place}: ${error.message}\n  ${error.hint}\n`)
  }
}

async function render(verification: Verification, format: 'table' | 'wide' | 'json' | 'yaml' | 'name'): Promise<string> {
  if (format === 'json') return renderJson(verification)
  if (format === 'name') return renderNames(verification)
  if (format === 'yaml') return renderYaml(verificationDocument(verification))
  const cwd = process.cwd()
  const shorten = (path: string): string => (path.startsWith(`${cwd}/`) ? relative(cwd, path) : path)
  return renderVerification(verification, {wide: format === 'wide', width: process.stdout.columns ?? 80, shorten})
}
