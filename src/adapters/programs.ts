import {closeSync, constants, lstatSync, openSync, readFileSync, readSync, readlinkSync} from 'node:fs'
import {basename, dirname, isAbsolute, join} from 'node:path'
import type {PlaceFact, Program, ProgramSource, Shebang} from '../trust/program.js'
import {isRunnable, lookPath} from './look-path.js'
import {realPathOf} from './real-path.js'

/** What the lookup rests on, beside the file system itself. */
export interface ProgramEnvironment {
  /** PATH as kubectl will have it: see `cleanPath`. */
  path: string
  uid: number
  /** The user's own group and the groups whose members administrate the machine. */
  ownGroups: ReadonlySet<number>
}

/** Groups whose members may administrate the machine, by the names that distributions use. */
const ADMIN_GROUPS = new Set(['root', 'wheel', 'admin', 'sudo', 'adm', 'staff', 'nixbld', 'linuxbrew', 'brew'])

/**
 * The user's private group (same number as the user, or alone in it) and the
 * admin groups, read from /etc/group: write access by these is normal on
 * machines with Homebrew, Nix or umask 002.
 */
export function groupsOf(): ReadonlySet<number> {
  const own = new Set<number>([process.getuid?.() ?? 0])
  let text: string
  try {
    text = readFileSync('/etc/group', 'utf8')
  } catch {
    // No such file on this platform: only the private group is known.
    return own
  }
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':')
    if (ADMIN_GROUPS.has(name)) own.add(Number(id))
  }
  return own
}

/**
 * Finds programs as client-go does and says what the file system knows about
 * them. Never runs anything, never touches a network path (a UNC name alone
 * would leak an NTLM hash on Windows), and asks each question once.
 */
export function programSource(environment: ProgramEnvironment): ProgramSource {
  const known = new Map<string, Program>()
  return {
    look(command, dir) {
      const key = `${dir}\0${command}`
      const found = known.get(key) ?? lookUp(command, dir, environment)
      known.set(key, found)
      return found
    },
  }
}

function lookUp(command: string, dir: string, environment: ProgramEnvironment): Program {
  const road = isAbsolute(command) ? 'absolute' : command.includes('/') ? 'relative' : 'bare'
  const nowhere: Program = {command, road, path: null, real: null, executable: false, location: 'normal', places: []}
  if (command === '' || command.includes('\0')) return nowhere
  if (/^([/\\]{2}|[a-z]+:\/\/)/i.test(command)) return {...nowhere, location: 'network'}
  if (road !== 'bare') return factsOf(command, road, join(road === 'relative' ? dir : '/', command), environment)
  const [first, second] = lookPath(command, environment.path)
  if (first === undefined) return nowhere
  const facts = factsOf(command, road, first, environment)
  // /bin and /usr/bin are one directory on most systems: the same file twice shadows nothing.
  return second === undefined || realPathOf(second) === facts.real ? facts : {...facts, shadows: second}
}

function factsOf(command: string, road: Program['road'], path: string, environment: ProgramEnvironment): Program {
  // The path itself and everything behind its symlinks: a link from /opt into /proc is a program from /proc.
  const chain = linksOf(path)
  const location = chain.some(isRuntime) ? 'runtime' : 'normal'
  const facts: Program = {command, road, path, real: null, executable: false, location, places: []}
  if (location === 'runtime') return facts
  const real = realPathOf(path)
  if (real === null || isRuntime(real)) return {...facts, path: real === null ? null : path, location: real === null ? location : 'runtime'}
  const shebang = shebangOf(real)
  const shim = shimOf([...chain, real])
  return {
    ...facts, real, executable: isRunnable(real),
    ...(shebang === null ? {} : {shebang}), ...(shim === null ? {} : {shim}),
    places: [...chain, real].flatMap(wayTo).filter(firstOnly).flatMap(place => placeFact(place, environment)),
  }
}

function isRuntime(path: string): boolean {
  return /^\/(proc|dev)(\/|$)/.test(path) && !/^\/dev\/shm\//.test(path)
}

/**
 * The path, every symlink on the way to its end, directories included, and the
 * end itself: walked as the kernel does, up to its 40 links. A directory that
 * is a link to /proc/self/cwd makes its programs the working directory's.
 */
function linksOf(path: string): string[] {
  const chain = [path]
  let pending = path.split('/')
  let at = ''
  while (pending.length > 0 && chain.length <= 40) {
    const [part = '', ...rest] = pending
    pending = rest
    if (part === '' || part === '.') continue
    if (part === '..') {
      at = at.slice(0, at.lastIndexOf('/'))
      continue
    }
    const here = `${at}/${part}`
    const target = targetOf(here)
    if (target === null) at = here
    else {
      chain.push(here)
      pending = [...target.split('/'), ...rest]
      if (target.startsWith('/')) at = ''
    }
  }
  return [...chain, at]
}

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    // No link, or nothing at all: the look at the real path says which.
    return null
  }
}

/** The file and every directory above it. */
function wayTo(path: string): string[] {
  const way = [path]
  for (let current = path; dirname(current) !== current; current = dirname(current)) way.push(dirname(current))
  return way
}

function firstOnly(path: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(path) === index
}

function placeFact(path: string, {uid, ownGroups}: ProgramEnvironment): PlaceFact[] {
  try {
    const stat = lstatSync(path)
    // A link's own mode means nothing; its directory's does.
    if (stat.isSymbolicLink()) return []
    const isSticky = stat.isDirectory() && (stat.mode & 0o1000) !== 0
    return [{
      path,
      owner: ownerOf(path, stat.uid, uid),
      worldWritable: (stat.mode & 0o002) !== 0 && !isSticky,
      sticky: (stat.mode & 0o002) !== 0 && isSticky,
      groupWritable: (stat.mode & 0o020) === 0 ? 'no' : ownGroups.has(stat.gid) ? 'own' : 'other',
    }]
  } catch {
    // It was there a moment ago: whoever took it away may also put something in its place.
    return [{path, owner: 'other', worldWritable: true, sticky: false, groupWritable: 'other'}]
  }
}

/** For root the system's own directories are root's, everything else (a checkout, a download) is the user's. */
const SYSTEM = /^\/($|(usr|bin|sbin|lib|lib64|opt|snap|nix|gnu)(\/|$))/

function ownerOf(path: string, owner: number, uid: number): PlaceFact['owner'] {
  if (owner === 0 && (uid !== 0 || SYSTEM.test(path))) return 'root'
  return owner === uid ? 'user' : 'other'
}

function shebangOf(path: string): Shebang | null {
  const head = readHead(path, 256)
  if (head === null || !head.startsWith('#!')) return null
  // The kernel drops blanks and tabs only: `#!/bin/sh\r` asks for a program of that very name.
  const line = (head.slice(2).split('\n')[0] ?? '').replace(/^[ \t]+|[ \t]+$/g, '')
  const [interpreter = '', ...rest] = line.split(/[ \t]+/)
  return {interpreter, argument: rest.join(' ')}
}

function readHead(path: string, length: number): string | null {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const buffer = Buffer.alloc(length)
    return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, length, 0))
  } catch {
    // What we may not read no interpreter may read for us either: as a script it would not run.
    return null
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Version managers whose shims choose a program by the working directory. */
const SHIM_DIRECTORIES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\/(\.asdf|asdf)\/shims\//, 'asdf'],
  [/\/mise\/shims\//, 'mise'],
  [/\/(\.rtx|rtx)\/shims\//, 'rtx'],
  [/\/\.?(pyenv|rbenv|nodenv|goenv|jenv|plenv|tfenv)\/shims\//, 'a version manager'],
  [/\/\.volta\/bin\//, 'volta'],
  [/\/\.proto\/shims\//, 'proto'],
  [/\/aquaproj-aqua\/bin\//, 'aqua'],
]
const SHIM_PROGRAMS = new Set(['mise', 'rtx', 'asdf', 'volta-shim', 'proto-shim', 'aqua-proxy'])

function shimOf(chain: readonly string[]): string | null {
  for (const path of chain) {
    const manager = SHIM_DIRECTORIES.find(([pattern]) => pattern.test(path))?.[1]
    if (manager !== undefined) return manager
  }
  // A link whose end is the manager itself (mise, volta) under another name.
  const end = basename(chain.at(-1) ?? '')
  return SHIM_PROGRAMS.has(end) && basename(chain[0] ?? '') !== end ? end : null
}
