import {
  ALWAYS_INLINE,
  BOXES,
  CONTAINERS,
  FILE_READERS,
  INTERPRETERS,
  NOT_HELPERS,
  SECRET_LAUNCHERS,
  SHELLS,
  SIMPLE_FAMILIES,
  WINDOWS_SHELLS,
} from './danger-families.js'
import type {Grade} from './reason.js'
import type {ReasonId} from './reasons.js'

export interface Danger {
  id: ReasonId
  grade: Grade
  /** Completes "The program ...". */
  text: string
  /** Index of a script among the arguments, to be judged as a place of its own. */
  script?: number
}

const danger = (id: ReasonId, grade: Grade, text: string, script?: number): Danger => ({id, grade, text, ...(script === undefined ? {} : {script})})

/** `python3.12` is python, `nodejs` node; `base64` keeps its digits. */
function familyNames(name: string): string[] {
  const lower = name.toLowerCase().replace(/\.ps1$/, '')
  return [lower, lower.replace(/[-_]?[\d.]+$/, ''), lower.replace(/^(?:g|x86_64-|aarch64-)(?=sed$|tar$|awk$|find$|env$|timeout$)/, '')]
}

/** What is known against a program by its base name and arguments; null when nothing is. */
export function dangerOf(name: string, args: readonly string[], kubeconfigDir: string): Danger | null {
  if (name.length > 255) return null
  for (const family of familyNames(name)) {
    const found = dangerOfFamily(family, args, kubeconfigDir)
    if (found !== null) return found
  }
  return null
}

function dangerOfFamily(name: string, args: readonly string[], dir: string): Danger | null {
  if (SHELLS.has(name)) return shell(args)
  if (BOXES.has(name)) return box(args, dir)
  if (WINDOWS_SHELLS.has(name)) return windowsShell(name, args)
  if (INTERPRETERS.has(name)) return interpreter(name, args)
  for (const [id, names] of SIMPLE_FAMILIES) {
    if (names.has(name)) return danger(id, id === 'static-output' ? 'warn' : 'block', 'is no credential helper')
  }
  if (FILE_READERS.has(name)) return fileReader(args, dir)
  if (CONTAINERS.has(name)) return container(args)
  if (name === 'ssh' || name === 'dbclient') return ssh(args)
  if (name === 'security' || name === 'wsl') return danger('system-tool', 'warn', 'reads secrets or starts another program')
  const launches = SECRET_LAUNCHERS.get(name)
  if (launches !== undefined && (launches.length === 0 || launches.some(word => args.includes(word)))) {
    return danger('secret-launcher', 'warn', 'hands secrets to the program that follows')
  }
  return NOT_HELPERS.has(name) ? notHelper(args) : null
}

function shell(args: readonly string[]): Danger {
  const first = args.findIndex(arg => !/^-[abefhnuvxElr]+$/.test(arg))
  const word = args[first]
  if (word === undefined) return danger('shell-alone', 'block', 'is a shell that reads commands from elsewhere')
  if (/^[-+]/.test(word) || word === '') return danger('shell-inline-code', 'block', 'is a shell with code or options of the file\'s author')
  return scriptOf('shell-script-file', 'is a shell that runs a script', word, first)
}

/** kubectl's working directory, not the kubeconfig's, is where a shell or interpreter looks: anybody may own that. */
function scriptOf(id: ReasonId, text: string, word: string, index: number): Danger {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(word) ? danger(id, 'warn', text, index) : danger(id, 'block', `${text} of the working directory`)
}

function box(args: readonly string[], dir: string): Danger {
  const found = args[0] === undefined || BOXES.has(args[0]) ? null : dangerOf(args[0], args.slice(1), dir)
  return found === null ? danger('program-launcher', 'block', 'starts one of many programs') : shiftScript(found)
}

function shiftScript(found: Danger): Danger {
  return found.script === undefined ? found : {...found, script: found.script + 1}
}

function windowsShell(name: string, args: readonly string[]): Danger {
  const lower = args.map(arg => arg.toLowerCase())
  if (args.length === 0) return danger('shell-alone', 'block', 'is a shell that reads commands from elsewhere')
  if (name === 'cmd') return danger('shell-inline-code', 'block', 'is a shell with code of the file\'s author')
  const file = lower.findIndex(arg => /^[-/]f(?:i(?:l(?:e)?)?)?$/.test(arg))
  const hidden = lower.some(arg => /^[-/]w/.test(arg))
  // Only harmless switches may stand before the script; -Command and -EncodedCommand have many short forms.
  const before = lower.slice(0, Math.max(file, 0))
  const quiet = before.every(arg => /^[-/]no(?:profile|logo|ninteractive|p|ni|l)?[a-z]*$/.test(arg))
  if (file === -1 || hidden || !quiet || args[file + 1] === undefined) return danger('shell-inline-code', 'block', 'is a shell with code or options of the file\'s author')
  return scriptOf('shell-script-file', 'is a shell that runs a script', args[file + 1] ?? '', file + 1)
}

function interpreter(name: string, args: readonly string[]): Danger {
  const inline = danger('interpreter-inline-code', 'block', 'is an interpreter with code or options of the file\'s author')
  if (ALWAYS_INLINE.has(name)) return inline
  const python = /^(?:python|pypy|py)$/.test(name)
  const first = args.findIndex(arg => !(python && /^-(?:[uEsSIBO]+|[23](?:\.\d+)?)$/.test(arg)))
  const word = args[first]
  if (word === undefined || word === '') return inline
  if (python && word === '-m' && /^[\w.]+$/.test(args[first + 1] ?? '')) {
    // Without -I the working directory comes first on the module path, whoever owns it.
    return args.slice(0, first).some(arg => /^-\w*I/.test(arg))
      ? danger('interpreter-script', 'warn', 'is an interpreter that runs a module')
      : danger('interpreter-script', 'block', 'is an interpreter that runs a module which the working directory may supply (no -I)')
  }
  if (word.startsWith('-') || name === 'deno' || (name === 'bun' && /^(?:run|x|exec|repl|install|add|create)$/.test(word))) return inline
  if (/^(?:https?|data|file):/i.test(word)) return inline
  return scriptOf('interpreter-script', 'is an interpreter that runs a script', word, first)
}

const SECRET_FILE = /(?:^|\/)(?:id_[a-z0-9]+|[^/]*\.(?:pem|key|p12|pfx)|\.ssh|\.aws|\.gnupg|\.azure|\.kube|\.docker|\.netrc|\.git-credentials|cache)(?:\/|$)/i

/** `cat FILE` hands the file to the server; legal only for a stored credential beside the kubeconfig. */
function fileReader(args: readonly string[], dir: string): Danger {
  const below = (path: string): boolean => path.startsWith(dir.endsWith('/') ? dir : `${dir}/`)
  const elsewhere = args.some(arg => {
    const path = arg.replace(/^--?[\w-]+=/, '')
    if (path.split(/[\\/]/).includes('..') || SECRET_FILE.test(path) || /^(?:~|\$|[A-Za-z]:|\\\\)/.test(path)) return true
    return path.startsWith('/') && !below(path)
  })
  return danger('file-reader', elsewhere ? 'block' : 'warn', elsewhere ? 'reads a file outside the kubeconfig\'s directory or a secret one' : 'reads a file out')
}

const HOST_ACCESS = /privileged|docker\.sock|^(?:--)?(?:pid|net|network|ipc|uts|userns|cgroupns)(?:=host)?$|=host$|^host$|^--(?:cap-add|device|security-opt|volumes-from|mount|entrypoint|env-file|cgroup-parent)|unconfined/

function container(args: readonly string[]): Danger {
  const mounts = args.some((arg, index) => {
    const value = /^(?:-v|--volume)$/.test(args[index - 1] ?? '') ? arg : /^(?:-v|--volume=)(.+)$/.exec(arg)?.[1]
    return value !== undefined && /^(?:\/|[A-Za-z]:[\\/]?):|^\/(?:etc|root|proc|sys|var|home|Users)?\/?:/.test(value)
  })
  const plain = args[0] === 'run' && !mounts && !args.some(arg => HOST_ACCESS.test(arg))
  return plain ? danger('container-run', 'warn', 'runs a container image') : danger('container-run', 'block', 'gives a container the host, or does more than run one')
}

/** Host, -N and -L and a few switches without effect on what runs; everything else starts or reads something. */
function ssh(args: readonly string[]): Danger {
  const first = args.find((arg, index) => arg.startsWith('-') && !/^-[NTqnax46C]+$/.test(arg) && !/^-[Llpi]/.test(arg) && !/^-[Llpi]$/.test(args[index - 1] ?? ''))
  return first === undefined ? danger('remote-login', 'warn', 'asks another machine') : danger('remote-login', 'block', 'is ssh with an option that may start a program')
}

const CLOUD_ACTS = new Set('ssh scp run-command exec cp apply delete install ssh-to-vm'.split(' '))

function notHelper(args: readonly string[]): Danger {
  return args.some(arg => CLOUD_ACTS.has(arg))
    ? danger('subcommand-acts', 'block', 'acts instead of printing a credential')
    : danger('not-a-credential-helper', 'warn', 'prints no ExecCredential of its own')
}

/** Families whose members must not hide behind another name through a link. */
export function isDisguise(name: string): boolean {
  const hidden = dangerOf(name, [], '/')
  return hidden !== null && hidden.grade === 'block' && hidden.id !== 'subcommand-acts' && !['container-run', 'remote-login'].includes(hidden.id)
}
