import {realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {digestOf} from '../adapters/digest.js'
import * as inputs from '../adapters/guard-inputs.js'
import * as locate from '../adapters/kubectl/locate.js'
import {lookPath} from '../adapters/look-path.js'
import {openPrivateDirectory, readPrivate} from '../adapters/private-directory.js'
import * as cache from '../adapters/verdict-cache.js'
import type {GuardPorts} from '../flows/guard.js'

/** What differs between the guard's own door and commands that start a kubectl behind it. */
export interface GuardRole extends Pick<GuardPorts, 'cold' | 'handoff' | 'say'> {
  /** Our own program, as it was started. */
  script: string
}

/** This machine, as the guard needs it. */
export function guardPorts({script, ...role}: GuardRole): GuardPorts {
  const {env: environment, platform} = process
  const uid = process.geteuid?.() ?? 0
  return {
    environment, platform, uid, cwd: process.cwd(),
    now: Date.now,
    ourselves: {node: process.execPath, script, realScript: realpathSync(script)},
    openDirectory: stateDir => openPrivateDirectory({runtimeDir: environment['XDG_RUNTIME_DIR'], stateDir, tempDir: tmpdir(), uid}),
    lookPath: (name, path) => lookPath(name, path)[0],
    readPrivate,
    removeDirectory: path => rmSync(path, {recursive: true, force: true}),
    inputs, locate, cache, digestOf,
    ...role,
  }
}
