import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {FileList, KubeconfigPath} from '../kubeconfig/file-list.js'
import type {ReadOutcome} from './files.js'
import {readCapped, readTrustFile, readWithPlace} from './files.js'

export interface LoadedFile extends KubeconfigPath {
  /** null: not there, which kubectl skips. */
  bytes: Buffer | null
  /** Where it lay, behind every symlink of its directory. */
  realDir: string | null
}

/** The bytes that one command is judged on. Each file is opened once. */
export interface GuardInputs {
  files: readonly LoadedFile[]
  /** Absent files are `missing`. */
  policy: ReadOutcome
  decisions: ReadOutcome
  kuberc: ReadOutcome
}

export type InputsResult = {ok: true; inputs: GuardInputs} | {ok: false; file: string; detail: string}

export interface InputPaths {
  list: FileList
  policy: string | null
  /** `--trust-file`: the file has to exist. */
  isPolicyNamed: boolean
  decisions: string | null
  kuberc: string | null
}

const MISSING: ReadOutcome = {ok: false, reason: 'missing', detail: 'does not exist'}

export function readGuardInputs({list, policy, isPolicyNamed, decisions, kuberc}: InputPaths): InputsResult {
  const files: LoadedFile[] = []
  for (const path of list.paths) {
    const {outcome, directory: realDir} = readWithPlace(path.file)
    if (outcome.ok) files.push({...path, bytes: outcome.bytes, realDir})
    else if (outcome.reason === 'missing' && !list.isExplicit && !hasLegacyFile(path.file)) files.push({...path, bytes: null, realDir})
    else return {ok: false, file: path.file, detail: outcome.reason === 'missing' && !list.isExplicit ? LEGACY : outcome.detail}
  }
  const read = (path: string | null): ReadOutcome => (path === null ? MISSING : readCapped(path))
  return {ok: true, inputs: {files, policy: policy === null ? MISSING : readTrustFile(policy, isPolicyNamed), decisions: read(decisions), kuberc: read(kuberc)}}
}

const LEGACY = 'does not exist, and kubectl would make it from .kube/.kubeconfig: rename that file yourself'

/** client-go migrates `~/.kube/.kubeconfig` before every load; a file that appears that way was not judged. */
function hasLegacyFile(file: string): boolean {
  return file.endsWith('/.kube/config') && existsSync(join(dirname(file), '.kubeconfig'))
}
