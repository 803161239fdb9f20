import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {EnvironmentError} from '../../errors.js'
import {compareReadings} from '../../kubeconfig/compare-readings.js'
import type {LoadedKubeconfig} from '../../kubeconfig/load.js'
import {writePrivate} from '../private-directory.js'
import {temporaryDirectory} from '../temporary.js'
import {locateKubectl} from './locate.js'

/**
 * Asks kubectl itself how it reads a file, and refuses the file where it reads
 * anything else than we do. `config view` starts no helper; the server flag
 * keeps even the Google Cloud SDK's dispatcher from using a credential, and
 * kubectl sees a private copy of the bytes, a private HOME and no kuberc.
 */
export async function crossCheck(loaded: LoadedKubeconfig, given: string | undefined): Promise<LoadedKubeconfig> {
  if (!loaded.ok) return loaded
  const kubectl = locateKubectl(given, process.env['PATH'] ?? '', process.cwd(), [])
  if (kubectl === null) throw new EnvironmentError('kubectl-missing', 'kubectl was not found, so its reading cannot be compared', 'install it, name it with --kubectl, or leave --cross-check out')
  const directory = temporaryDirectory()
  try {
    const copy = join(directory, 'config')
    // The bytes that were judged: the file may be another one by now, or a pipe that is empty.
    writePrivate(copy, loaded.bytes)
    const {execa} = await import('execa')
    const result = await execa(kubectl, ['config', 'view', '--raw', '-o', 'json', `--kubeconfig=${copy}`, '--server=http://127.0.0.1:1'], {
      env: {HOME: directory, PATH: '/usr/bin:/bin', KUBERC: 'off'}, extendEnv: false, reject: false, timeout: 30_000, stdin: 'ignore',
    })
    if (result.exitCode !== 0) return refused(loaded, 'kubectl refuses this file, and we read it')
    const difference = compareReadings(loaded.config.root, result.stdout)
    return difference === null ? loaded : refused(loaded, `kubectl reads another value at ${difference}`)
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

function refused(loaded: LoadedKubeconfig, message: string): LoadedKubeconfig {
  return {ok: false, file: loaded.file, sha256: loaded.sha256, reason: 'not-understood', failure: {message, hint: 'Do not use this file, and please report it to kubectl-k121.', line: 1, column: 1}}
}
