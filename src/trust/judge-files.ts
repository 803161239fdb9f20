import {dirname, resolve, sep} from 'node:path'
import type {User} from '../kubeconfig/model.js'
import type {FileFact, FileSource} from './file-source.js'
import type {Finding} from './finding.js'
import {findingAt} from './finding.js'
import {quote} from '../printable.js'

/** Where kubelet mounts a pod's own token: known, whatever file names it. */
export const SERVICE_ACCOUNT_TOKEN = /^(\/var)?\/run\/secrets\/kubernetes\.io\/serviceaccount\/token$/

/** A token is a line. A larger file could not be copied, and what kubectl reads itself may have become another file. */
export const TOKEN_CAP = 64 * 1024

export interface UserFiles {
  /** The token file that kubectl would read, by its real path; null where there is none or it is refused. */
  token: FileFact | null
  clientCertificate: FileFact | null
  clientKey: FileFact | null
  findings: Finding[]
}

/**
 * Files that a kubeconfig makes kubectl read. A token file's content goes to
 * the server of the same file, so whoever wrote the kubeconfig can have any
 * one-line secret sent to himself: it must lie beside the kubeconfig, judged on
 * the real path behind symlinks. Certificates and keys are never sent; a place
 * elsewhere (minikube) is worth a word only.
 */
export function judgeUserFiles(user: User, files: FileSource, home: string | undefined): UserFiles {
  const findings: Finding[] = []
  const look = (path: string): FileFact | null => (path === '' ? null : files.look(resolve(user.origin.dir, path)))
  const token = look(user.tokenFile)
  const clientCertificate = look(user.clientCertificate)
  const clientKey = look(user.clientKey)
  const beside = (fact: FileFact): boolean => isBeside(fact, user.origin.dir, files, home)
  if (token !== null) findings.push(...judgeToken(user, token, beside, files))
  for (const [field, fact] of [['client-certificate', clientCertificate], ['client-key', clientKey]] as const)
    if (fact !== null && !beside(fact)) findings.push(elsewhere(user, field, fact))
  return {token, clientCertificate, clientKey, findings}
}

function judgeToken(user: User, fact: FileFact, beside: (fact: FileFact) => boolean, files: FileSource): Finding[] {
  if (isPodToken(fact)) return []
  if (fact.real === null || fact.kind !== 'file') {
    return [findingAt(user.origin, ['tokenFile'], {
      id: 'token-file-unreadable', severity: 'high', bearing: 'refuse',
      message: `The token file ${quote(fact.path)} is ${WORDS[fact.kind]}, so nobody can say what kubectl would send.`,
      remediation: 'Put the token file beside the kubeconfig and make it readable.',
    })]
  }
  if (beside(fact)) return files.read(fact.path, TOKEN_CAP) === null ? [findingAt(user.origin, ['tokenFile'], {
    id: 'token-file-unreadable', severity: 'high', bearing: 'refuse',
    message: `The token file ${quote(fact.path)} cannot be read or is larger than any token.`,
    remediation: 'Make it readable: a token is one line.',
  })] : []
  return [findingAt(user.origin, ['tokenFile'], {
    id: 'token-file-elsewhere', severity: 'high', bearing: 'refuse',
    message: `kubectl would read ${quote(fact.real)}, outside the kubeconfig's directory, and send its content to the server.`,
    remediation: 'If the file is yours and meant for this cluster, move it beside the kubeconfig.',
  })]
}

export function isPodToken({path}: FileFact): boolean {
  return SERVICE_ACCOUNT_TOKEN.test(path)
}

const WORDS: Record<FileFact['kind'], string> = {file: 'not there', other: 'no regular file', missing: 'not there', unreadable: 'not readable'}

function elsewhere(user: User, field: 'client-certificate' | 'client-key', fact: FileFact): Finding {
  return findingAt(user.origin, [field], {
    id: `${field}-elsewhere`, severity: 'medium', bearing: 'pass',
    message: `kubectl would use ${quote(fact.real ?? fact.path)}, outside the kubeconfig's directory.`,
    remediation: 'Normal for minikube and other local tools; otherwise ask where the file came from.',
  })
}

/**
 * Below the kubeconfig's own directory. A directory that holds the home
 * directory (or is it) is no such place: everything of the user lies below it,
 * so there only files in the very same directory that are not hidden count.
 */
export function isBeside(fact: FileFact, dir: string, files: FileSource, home: string | undefined): boolean {
  const place = fact.real ?? fact.path
  const base = files.realDirectory(dir)
  // Lying there together, files have nothing to do with each other.
  if (files.isShared(base)) return false
  const isWide = base === sep || (home !== undefined && within(files.realDirectory(home), base))
  if (isWide) return dirname(place) === base && !place.slice(base.length).replace(/^[\\/]/, '').startsWith('.')
  return within(place, base)
}

function within(path: string, base: string): boolean {
  return path === base || path.startsWith(base.endsWith(sep) ? base : base + sep)
}
