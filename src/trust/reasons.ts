import type {PathStep} from '../kubeconfig/node.js'
import type {Family, Grade, Reason} from './reason.js'

/** What a reason id stands for; the documentation page of each is generated from its row. */
export interface ReasonKind {
  family: Family
  /** The usual grade first; others occur where the text says so. */
  grades: readonly [Grade, ...Grade[]]
  title: string
  meaning: string
  remedy: string
}

const kind = (family: Family, grades: ReasonKind['grades'], title: string, meaning: string, remedy: string): ReasonKind => ({
  family,
  grades,
  title,
  meaning,
  remedy,
})

const REVIEW = 'Ask whoever gave you the file what this is for; decide once with `kubectl k121 kubeconfig trust` if it is right.'
const NOTHING = 'Nothing to do: normal, but worth knowing.'
const REMOVE = "Do not use this file. Get a fresh kubeconfig from the cluster's owner."
const WRITE_PLAIN = 'Write the plain form that the helper documents.'
const REMOVE_FLAG = 'Remove the flag, or decide once if your site needs it.'
const REMOVE_ENV = 'Remove the variable from `env`; set it in your own shell if you need it.'

export const REASONS = {
  // Characters and names
  'control-character': kind('deception', ['block'], 'Control or invisible character', 'A control, bidirectional or invisible character hides what is really there or drives the terminal.', REMOVE),
  'line-break-in-text': kind('characters', ['warn'], 'Line break or tab', 'Arguments and values of a plain helper call are one line.', REVIEW),
  'non-ascii-program-name': kind('deception', ['block'], 'Program name with non-ASCII letters', 'No known helper has one; letters of other scripts imitate Latin ones.', REMOVE),
  'outer-white-space': kind('deception', ['block'], 'White space around the program name', 'The name is not the one it looks like.', REMOVE),
  'white-space-in-program-name': kind('characters', ['warn'], 'White space inside the program name', 'Clients that go through a shell would read the name as several words.', REVIEW),
  'near-miss-name': kind('deception', ['block'], 'Name that imitates a known helper', 'The name differs from a known helper by look-alike letters or a slip of one or two letters.', REMOVE),
  'name-with-ending': kind('unlisted', ['warn'], 'Known name with an added ending', 'It may be a wrapper or a copy; it is not the program the vendor ships.', REVIEW),
  'name-in-other-case': kind('unlisted', ['warn'], 'Known name in other letter case', 'On this system letter case tells programs apart.', WRITE_PLAIN),
  'command-line-as-command': kind('program', ['warn'], 'Whole command line in `command`', 'kubectl never splits it; clients that use a shell would run it.', 'Put the words after the program into `args`.'),
  'empty-command': kind('program', ['warn'], 'No command', 'There is nothing to run, and a later default could be anything.', WRITE_PLAIN),
  // Place
  'network-path': kind('place', ['block'], 'Program on the network', 'Somebody else decides what the file holds, and opening it may send your login hash.', REMOVE),
  'runtime-path': kind('place', ['block'], 'Program below /proc or /dev', 'The program is supplied at run time.', REMOVE),
  'world-writable-place': kind('place', ['block'], 'Anybody may replace the program', 'The file or a directory on the way to it is writable by everybody.', 'Move the program to a directory that only you or root may write.'),
  'shared-directory': kind('place', ['warn'], 'Program in a shared directory', 'Everybody may put files there (/tmp and the like).', 'Install the program in a directory of your own.'),
  'foreign-owner': kind('place', ['warn'], 'Program owned by somebody else', 'The owner may replace it at any time.', REVIEW),
  'group-writable-place': kind('place', ['info', 'warn'], 'Group may replace the program', 'Your own or an admin group is normal; another group is for you to judge.', REVIEW),
  'relative-command': kind('place', ['warn'], 'Program named relative to the kubeconfig', 'A kubeconfig unpacked beside a program brings its own program.', REVIEW),
  'parent-directory-in-path': kind('place', ['warn'], '`..` in the path', 'It hides where the program is.', 'Write the absolute path.'),
  'unexpanded-path': kind('place', ['warn'], '`~` or a variable in the path', 'kubectl does not expand it: it names a directory that is literally called so.', 'Write the absolute path.'),
  'unvouched-place': kind('place', ['warn'], 'Known name in an unknown place', 'The name alone proves nothing: the catalogue vouches for programs found through PATH, owned by root, or in the vendor\'s own directory.', 'Use the bare name, or decide once.'),
  'version-manager-shim': kind('place', ['warn'], 'Version manager shim', 'The working directory chooses which program the shim starts.', 'Use the real program\'s path, or decide once.'),
  'windows-script': kind('unlisted', ['warn'], 'Windows script', 'Arguments of .bat and .cmd files pass through cmd.exe, which reads them in its own way.', REVIEW),
  'not-executable': kind('lookup', ['warn'], 'Not an executable file', 'kubectl could not start it; what is there later may be something else.', REVIEW),
  'program-not-found': kind('lookup', ['warn'], 'Program not found', 'Nothing can be said about a program that is not there; whatever is found later would run.', 'Install the helper.'),
  'shadowed-program': kind('place', ['info'], 'Two programs of this name in PATH', 'kubectl runs the first.', 'Remove one of them.'),
  'script-program': kind('unlisted', ['info', 'warn'], 'The program is a script', 'Its text may change without a new version.', REVIEW),
  // Program families
  'shell-inline-code': kind('program', ['block'], 'Shell with inline code', 'Whoever wrote the file runs any command as you.', REMOVE),
  'shell-script-file': kind('program', ['warn', 'block'], 'Shell with a script file', 'The script is what would run; block where the working directory supplies it.', REVIEW),
  'shell-alone': kind('program', ['block'], 'Shell without a script', 'It takes commands from standard input or your terminal.', REMOVE),
  'interpreter-inline-code': kind('program', ['block'], 'Interpreter with inline code', 'Whoever wrote the file runs any code as you.', REMOVE),
  'interpreter-script': kind('program', ['warn', 'block'], 'Interpreter with a script or module', 'The script is what would run; block where the working directory supplies it.', REVIEW),
  'project-runner': kind('program', ['block'], 'Runner of fetched or project code', 'It downloads or builds code and runs it.', REMOVE),
  'program-launcher': kind('program', ['block'], 'Program that starts another', 'The real program hides behind it.', 'Name the helper itself in `command`.'),
  'file-writer': kind('program', ['block'], 'Program that changes files', 'It is no credential helper.', REMOVE),
  'network-tool': kind('program', ['block'], 'Program that talks to the network', 'It fetches or sends data for whoever wrote the file.', REMOVE),
  'static-output': kind('program', ['warn'], 'Prints a fixed text', 'A static token in disguise.', 'Use `token` or `tokenFile`, or a helper.'),
  'file-reader': kind('program', ['warn', 'block'], 'Reads a file out', 'What it reads is sent to the server as a credential; block for keys, system files and files elsewhere.', REVIEW),
  'container-run': kind('program', ['warn', 'block'], 'Runs a container', 'The image is code; block where it is given the host.', REVIEW),
  'remote-login': kind('program', ['warn', 'block'], 'ssh as a helper', 'Another machine supplies the credential; block with an option that starts a program or reads another configuration.', REVIEW),
  'secret-launcher': kind('program', ['warn'], 'Launcher that hands secrets to a program', 'The program behind it is judged as well.', REVIEW),
  'system-tool': kind('program', ['block', 'warn'], 'System tool that runs or loads code', 'It is known for starting code on behalf of others.', REMOVE),
  'launcher-without-command': kind('program', ['block'], 'Launcher without `-- command`', 'It would start a shell on your terminal.', 'Write `-- helper ...` after the profile.'),
  'disguised-link': kind('program', ['block'], 'Link to another kind of program', 'The name says one thing, the file it leads to is a shell, an interpreter or a launcher.', REMOVE),
  // Catalogue and grammar
  'unlisted-program': kind('unlisted', ['warn'], 'Program not in the catalogue', 'Nothing says that it is hostile and nothing says that it is right.', REVIEW),
  'not-a-credential-helper': kind('unlisted', ['warn'], 'Known program that is no credential helper', 'It prints no ExecCredential of its own.', 'Use the vendor\'s credential plugin.'),
  'catalogue-off': kind('unlisted', ['warn'], 'The policy does not use the catalogue', 'Only entries of the policy and decisions vouch for a plugin.', 'Add an entry to the policy.'),
  'subcommand-not-listed': kind('grammar', ['warn'], 'Not a credential call', 'The helper is known, this way of calling it is not.', WRITE_PLAIN),
  'subcommand-acts': kind('grammar', ['block'], 'Sub-command that acts or rewrites files', 'It would do so at every kubectl call.', REMOVE),
  'extra-words': kind('grammar', ['warn'], 'Words beyond the call', 'The documented call ends earlier.', WRITE_PLAIN),
  'words-after-dashes': kind('grammar', ['warn'], 'Words after `--`', 'The helper starts no other program, so nothing belongs there.', WRITE_PLAIN),
  'missing-flag': kind('grammar', ['warn'], 'A flag is missing', 'Without it the helper does something else.', WRITE_PLAIN),
  'unknown-flag': kind('grammar', ['warn', 'block'], 'Unknown flag', 'New versions add flags that name files and programs; block where it abbreviates a dangerous one.', REVIEW),
  'flag-arity-unknown': kind('grammar', ['warn'], 'Flag that may swallow a word', 'It is not known whether this flag takes the next word.', 'Write `--flag=value`.'),
  'flag-without-value': kind('grammar', ['warn'], 'Flag without its value', 'The helper would take the next thing, or fail.', WRITE_PLAIN),
  'value-looks-like-flag': kind('grammar', ['warn'], 'Value that looks like a flag', 'Two readers may disagree about what it is.', 'Write `--flag=value`.'),
  'repeated-flag': kind('grammar', ['warn'], 'Flag given twice', 'The last one wins, which hides it behind the first.', WRITE_PLAIN),
  'flag-runs-program': kind('grammar', ['block', 'warn', 'info'], 'Flag that runs a program', 'The named program runs as you.', REMOVE_FLAG),
  'flag-moves-token': kind('grammar', ['block', 'warn'], 'Flag that moves the token', 'The credential or the login goes to the host it names.', REMOVE_FLAG),
  'flag-writes-file': kind('grammar', ['block', 'warn'], 'Flag that writes a file', 'The helper writes where the file\'s author says.', REMOVE_FLAG),
  'flag-weakens-tls': kind('grammar', ['block', 'warn', 'info'], 'Flag that weakens TLS', 'The helper talks to a server it has not checked.', REMOVE_FLAG),
  'flag-moves-trust-anchor': kind('grammar', ['warn'], 'Flag that changes the trusted CA', 'The named CA may vouch for any host.', REMOVE_FLAG),
  'flag-hides-parameters': kind('grammar', ['block', 'warn'], 'Flag that reads parameters from a file', 'The arguments you see are not the ones that count.', REMOVE_FLAG),
  'flag-other-config': kind('grammar', ['warn'], 'Flag that names another configuration', 'A configuration decides hosts, identities and sometimes programs.', REMOVE_FLAG),
  'flag-secret-inline': kind('grammar', ['warn'], 'Secret in the file', 'Arguments are seen by every process of the machine.', 'Keep the secret out of the kubeconfig.'),
  'flag-logs-secrets': kind('grammar', ['warn', 'info'], 'Flag that logs secrets', 'Credential material may reach the terminal or a log.', REMOVE_FLAG),
  'flag-opens-url': kind('grammar', ['warn'], 'Flag that opens a page', 'Your browser opens a page of the author\'s choice.', REMOVE_FLAG),
  'flag-listens-publicly': kind('grammar', ['warn'], 'Flag that listens beyond this machine', 'Others can reach the login callback.', 'Use a loopback address.'),
  'flag-reads-file': kind('grammar', ['warn'], 'Flag that reads a file', 'Key material is read from where the author says.', REMOVE_FLAG),
  'flag-changes-behaviour': kind('grammar', ['warn', 'info'], 'Flag that changes how the helper works', 'The helper may do something other than print a credential.', REMOVE_FLAG),
  'kubelogin-mixed': kind('grammar', ['warn'], 'Flags of two different kubelogins', 'Two unrelated programs share the name; this line fits neither.', WRITE_PLAIN),
  'kubelogin-ambiguous': kind('grammar', ['info'], 'Either of two kubelogins', 'The arguments fit both programs of this name.', 'Name the login with its flags.'),
  'helper-without-arguments': kind('grammar', ['info'], 'Helper without arguments', 'It will print its help, not a credential.', WRITE_PLAIN),
  'url-user-info': kind('grammar', ['block'], 'User name in a URL', 'What stands before `@` is made to look like the host.', REMOVE),
  'url-plain-http': kind('grammar', ['warn'], 'Plain http', 'The login can be read and changed on the way.', 'Use https.'),
  'url-suspicious-host': kind('grammar', ['warn'], 'Host that a reader cannot judge', 'An IP address or a punycode name says nothing about its owner.', 'Use the host\'s name.'),
  'url-malformed': kind('grammar', ['warn'], 'Not a plain URL', 'Two programs may read it in two ways.', WRITE_PLAIN),
  'region-malformed': kind('grammar', ['block'], 'Region that is no region', 'A region becomes part of a host name: other characters can change the host.', REMOVE),
  'template-flag': kind('grammar', ['info'], 'Placeholder instead of a flag', 'The template was not filled in; the helper will stop on it.', 'Render the template.'),
  'secret-in-arguments': kind('grammar', ['info'], 'Secret in the arguments', 'Arguments are seen by every process of the machine.', 'Keep it out of the file where the helper allows.'),
  // kubectl as command
  'kubectl-without-plugin': kind('lookup', ['warn'], 'kubectl without a plugin', 'kubectl prints no credential of its own.', WRITE_PLAIN),
  'kubectl-flag-before-plugin': kind('lookup', ['block'], 'kubectl flag before the plugin', 'It moves the connection of a kubectl that runs inside kubectl.', REMOVE),
  'kubectl-builtin': kind('lookup', ['warn', 'block'], 'kubectl calls itself', 'A built-in command would talk to the same cluster again; block for those that act.', REMOVE),
  'kubectl-plugin-word': kind('lookup', ['block'], 'Plugin word that is a path', 'The lookup would leave PATH.', REMOVE),
  'plugin-not-found': kind('lookup', ['warn'], 'kubectl plugin not installed', 'kubectl would start itself again and again, and whatever is found later would run.', 'Install the plugin.'),
  // Characters of arguments
  'shell-metacharacter': kind('characters', ['warn'], 'Shell metacharacter', 'Harmless with kubectl, code with clients that go through a shell.', WRITE_PLAIN),
  'long-argument': kind('characters', ['warn'], 'Very long argument', 'Nobody can review it.', REVIEW),
  'encoded-argument': kind('characters', ['warn'], 'Encoded argument', 'A blob hides what it says.', REVIEW),
  'too-many-arguments': kind('characters', ['warn'], 'Very many arguments', 'Nobody can review them.', REVIEW),
  'file-reference': kind('characters', ['warn'], 'Argument that refers to a file or URL', 'Some helpers replace it by the content of the file.', WRITE_PLAIN),
  // Environment and fields
  'env-loader-variable': kind('loader', ['block'], 'Variable that loads code', 'It puts code into the helper or names a program that it runs.', REMOVE_ENV),
  'env-name-malformed': kind('loader', ['block'], 'Malformed variable name', 'The name smuggles another variable or imitates one.', REMOVE),
  'env-moves-files': kind('env', ['block'], 'Variable that moves configuration', 'It moves files that the helper trusts.', REMOVE_ENV),
  'env-moves-token': kind('env', ['block', 'warn'], 'Variable that moves the token', 'The credential or the login goes elsewhere.', REMOVE_ENV),
  'env-weakens-tls': kind('env', ['warn'], 'Variable that weakens TLS', 'Proxy, CA or TLS settings of the helper change.', REMOVE_ENV),
  'env-picks-identity': kind('env', ['warn'], 'Variable that picks the identity', 'It names a credential file or an authority.', REMOVE_ENV),
  'env-flagged': kind('env', ['warn', 'block'], 'Variable the catalogue warns about', 'It changes where this helper goes or what it trusts.', REMOVE_ENV),
  'env-value': kind('env', ['warn', 'block'], 'Value outside what is known', 'The variable is normal for this helper, its value is not.', REMOVE_ENV),
  'env-unlisted': kind('env', ['warn'], 'Unknown variable', 'Nothing is known about it with this helper.', REMOVE_ENV),
  'env-duplicate': kind('env', ['warn'], 'Variable set twice', 'The last one wins.', 'Keep one.'),
  'env-secret': kind('env', ['info'], 'Secret in env', 'The file holds a secret.', 'Keep it out of the file where the helper allows.'),
  'api-version-dead': kind('field', ['info'], 'Dead API version', 'v1alpha1 stopped working in kubectl 1.24.', 'Use client.authentication.k8s.io/v1.'),
  'interactive-mode-missing': kind('field', ['info'], 'No interactiveMode', 'The v1 credential API requires the field; the plugin never starts without it.', 'Add interactiveMode: IfAvailable.'),
  'api-version-unknown': kind('field', ['warn'], 'Unknown API version', 'No kubectl knows it.', 'Use client.authentication.k8s.io/v1.'),
  'interactive-mode': kind('field', ['info', 'warn'], 'Interactive mode', '`Always` lets the helper ask on your terminal; other words are unknown.', REVIEW),
  'install-hint': kind('field', ['warn'], 'Suspicious install hint', 'kubectl prints it when the program is missing, and people follow it.', 'Follow the vendor\'s own page instead.'),
  'cluster-info-shared': kind('field', ['info'], 'Cluster data goes to the helper', 'Server, CA and the cluster extension of the file reach the helper.', REVIEW),
} as const satisfies Record<string, ReasonKind>

export type ReasonId = keyof typeof REASONS

/** A reason with the family and remedy of its row. `text` is one sentence in which values stand quoted. */
export function because(id: ReasonId, path: readonly PathStep[], text: string, grade?: Grade): Reason {
  const row: ReasonKind = REASONS[id]
  const given = grade ?? row.grades[0]
  return {id, family: row.family, grade: given, path, message: text, remediation: given === 'info' && row.remedy === REVIEW ? NOTHING : row.remedy}
}
