import type {PathStep} from '../kubeconfig/node.js'
import type {Helper} from './catalogue/helper.js'
import {isAbsolute} from './paths.js'
import type {Program} from './program.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {because} from './reasons.js'
import type {ValueWorld} from './value-rules.js'
import {isBelowHome} from './value-rules.js'

const NETWORK = /^(?:\\\\|\/\/|[A-Za-z][A-Za-z0-9+.-]+:\/\/)/
const RUNTIME = /^\/+(?:proc|dev)(?:\/|$)/

/** Reasons about where a program lies, whatever its name. */
export function placeReasons(program: Program, path: readonly PathStep[], platform: ValueWorld['platform']): Reason[] {
  const command = program.command
  const shown = quoted(command)
  // Judged on the text as well: a place that must not even be looked at says nothing about itself.
  if (program.location === 'network' || [command, program.path ?? '', program.real ?? ''].some(text => NETWORK.test(text))) return [because('network-path', path, `${shown} lies on the network.`)]
  const reasons: Reason[] = []
  if (program.location === 'runtime' || [command, program.path ?? '', program.real ?? ''].some(text => RUNTIME.test(text))) {
    reasons.push(because('runtime-path', path, `${shown} is supplied at run time.`))
  }
  if (program.road === 'relative') reasons.push(because('relative-command', path, `${shown} is looked up beside the kubeconfig.`))
  if (command.split(/[\\/]/).includes('..')) reasons.push(because('parent-directory-in-path', path, `${shown} climbs out of its directory.`))
  if (/^~|[$%]/.test(command)) reasons.push(because('unexpanded-path', path, `${shown} is taken literally.`))
  if (platform === 'win32' && /\.(?:bat|cmd|ps1|vbs|vbe|js|jse|wsf|lnk|hta)$/i.test(program.path ?? command)) {
    reasons.push(because('windows-script', path, `${shown} is a script.`))
  }
  return [...reasons, ...factReasons(program, path, shown)]
}

function factReasons(program: Program, path: readonly PathStep[], shown: string): Reason[] {
  const reasons: Reason[] = []
  const first = (test: (fact: Program['places'][number]) => boolean): string | undefined => program.places.find(test)?.path
  const open = first(fact => fact.worldWritable)
  const sticky = first(fact => fact.sticky && !fact.worldWritable && (program.road !== 'bare' || isParent(fact.path, program)))
  const foreign = first(fact => fact.owner === 'other')
  // The sticky bit protects against the group too.
  const strangers = first(fact => fact.groupWritable === 'other' && !fact.sticky)
  const own = first(fact => fact.groupWritable === 'own' && !fact.sticky)
  if (open !== undefined) reasons.push(because('world-writable-place', path, `Everybody may write ${quoted(open)}.`))
  if (sticky !== undefined) reasons.push(because('shared-directory', path, `${quoted(sticky)} is shared by everybody.`))
  if (foreign !== undefined) reasons.push(because('foreign-owner', path, `${quoted(foreign)} belongs to somebody else.`))
  if (strangers !== undefined) reasons.push(because('group-writable-place', path, `Another group may write ${quoted(strangers)}.`, 'warn'))
  else if (own !== undefined) reasons.push(because('group-writable-place', path, `Your own or an admin group may write ${quoted(own)}.`))
  if (program.shim !== undefined) reasons.push(because('version-manager-shim', path, `${shown} is a shim of ${quoted(program.shim)}.`))
  if (program.shadows !== undefined) reasons.push(because('shadowed-program', path, `${shown} also exists as ${quoted(program.shadows)}.`))
  if (program.path !== null && !program.executable) reasons.push(because('not-executable', path, `${quoted(program.path)} is not an executable file.`))
  return reasons
}

/**
 * Others can plant a file in a sticky directory, but not below a private one in
 * it: for a PATH entry of the person's own only the program's directory counts.
 */
function isParent(directory: string, program: Program): boolean {
  return [program.path, program.real].some(path => path !== null && path.slice(0, path.lastIndexOf('/')) === directory)
}

/** May the catalogue speak for the name of this program? Found through PATH, root's own, or in the vendor's directory. */
export function isVouchedPlace(program: Program, helper: Helper | null, world: ValueWorld): boolean {
  if (program.path === null) return program.road === 'bare'
  if (!isAbsolute(program.path, world.platform)) return false
  if (program.road === 'bare') return true
  if (program.road === 'relative') return false
  const isRoots = program.places.length > 0 && program.places.every(fact => fact.owner === 'root' && !fact.worldWritable && !fact.sticky && fact.groupWritable !== 'other')
  return isRoots || (helper?.homes ?? []).some(home => isInHome(program.path ?? '', home, world))
}

function isInHome(path: string, home: string, world: ValueWorld): boolean {
  if (world.home === undefined || !isBelowHome(path, world, false)) return false
  const separator = world.platform === 'win32' ? /[\\/]/ : '/'
  const rest = path.split(separator).slice(world.home.split(separator).length)
  const same = (text: string): string => (world.platform === 'win32' ? text.toLowerCase() : text)
  return same(rest.slice(0, -1).join('/')) === home
}

/** A script may change without a new version; an interpreter that is not named absolutely is found by the working directory. */
export function scriptReasons(program: Program, listed: boolean, path: readonly PathStep[]): Reason[] {
  const shebang = program.shebang
  if (shebang === undefined) return []
  const odd = !shebang.interpreter.startsWith('/') || /^\/+(?:tmp|var\/tmp|dev|proc)\//.test(shebang.interpreter)
  return [because('script-program', path, `${quoted(program.path ?? program.command)} is a script for ${quoted(shebang.interpreter)}.`, listed && !odd ? 'info' : 'warn')]
}
