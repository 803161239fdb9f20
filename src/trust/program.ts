/**
 * What the file system says about a program, gathered by an adapter so that
 * judging stays pure. Nothing here was read by running anything.
 */
export interface PlaceFact {
  /** Absolute path of a file or directory on the way from `/` to the program (both before and behind symlinks). */
  path: string
  owner: 'user' | 'root' | 'other'
  /** Mode bits say that everybody may write and the sticky bit does not protect the entry. */
  worldWritable: boolean
  /** World-writable directory with the sticky bit (/tmp). */
  sticky: boolean
  /** `own`: the user's private group or an admin group; `other`: somebody else's group may write. */
  groupWritable: 'no' | 'own' | 'other'
}

export interface Shebang {
  /** As written on the first line, e.g. `/usr/bin/env`. */
  interpreter: string
  /** The one argument the kernel passes, or ''. */
  argument: string
}

export interface Program {
  /** As written in the kubeconfig. */
  command: string
  /** How client-go finds it: through PATH, or because it contains a separator. */
  road: 'bare' | 'absolute' | 'relative'
  /** What kubectl would start: rebased or the LookPath result, absolute, symlinks unresolved. `null`: not found. */
  path: string | null
  /** The end of the symlink chain; equals `path` without symlinks. `null`: not found. */
  real: string | null
  /** A regular file with an execute bit for us. */
  executable: boolean
  /** `network`: UNC or `//host`; not even stat'ed. `runtime`: /proc or /dev. */
  location: 'normal' | 'network' | 'runtime'
  /** First line of a script; absent for a binary. */
  shebang?: Shebang
  /** A version manager's shim (mise, asdf, pyenv, ...): the working directory chooses what it runs. */
  shim?: string
  places: readonly PlaceFact[]
  /** Bare names: a later PATH entry that holds the same name. */
  shadows?: string
}

/** The port through which the judge asks for programs: the file system in production, a table in tests. */
export interface ProgramSource {
  /** `dir` is the directory of the kubeconfig (client-go rebases commands that contain a separator). */
  look(command: string, dir: string): Program
}
