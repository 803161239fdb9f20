import type {FileMode, LoadedKubeconfig} from '../kubeconfig/load.js'
import type {Kubeconfig, Origin, User} from '../kubeconfig/model.js'
import {hasUnprintable, quote} from '../printable.js'
import type {Finding, FindingText} from './finding.js'
import {findingAt} from './finding.js'

/** What a file says about itself: who may read and change it, fields that kubectl ignores, names that deceive. */
export function fileFindings(loaded: LoadedKubeconfig): Finding[] {
  if (!loaded.ok) return []
  const {config, mode} = loaded
  const whole: Origin = {file: config.file, dir: config.dir, root: config.root, path: []}
  return [
    ...(mode === null ? [] : modeFindings(mode, hasSecrets(config)).map(text => findingAt(whole, [], text))),
    ...config.remarks.map(({id, path, message}) => findingAt(whole, path, {
      id, severity: id === 'ignored-field' ? 'medium' : 'info', bearing: 'pass', message,
      remediation: 'Correct the spelling, or remove the key.',
    })),
    ...nameFindings(config),
  ]
}

function modeFindings({owner, mode}: FileMode, isSecret: boolean): FindingText[] {
  const texts: FindingText[] = []
  if ((mode & 0o002) !== 0) {
    texts.push({
      id: 'file-writable-by-all', severity: 'medium', bearing: 'pass',
      message: 'Everybody on this machine may change this file.', remediation: 'chmod 600 it.',
    })
  } else if (isSecret && (mode & 0o044) !== 0) {
    texts.push({
      id: 'file-readable-by-others', severity: 'low', bearing: 'pass',
      message: 'Others on this machine may read this file, and it holds secrets.', remediation: 'chmod 600 it.',
    })
  }
  if (owner === 'other') {
    texts.push({
      id: 'file-of-somebody-else', severity: 'medium', bearing: 'pass',
      message: 'This file belongs to another user, who may change it at any time.', remediation: 'Copy it, and check the copy.',
    })
  }
  return texts
}

function hasSecrets(config: Kubeconfig): boolean {
  return [...config.users.values()].some((user: User) => user.token !== null || user.password !== null || user.clientKeyData !== null)
}

function nameFindings(config: Kubeconfig): Finding[] {
  return [...config.contexts.values(), ...config.clusters.values(), ...config.users.values()]
    .filter(entry => hasUnprintable(entry.name))
    .map(entry => findingAt({...entry.origin, path: entry.origin.path.slice(0, 2)}, ['name'], {
      id: 'deceptive-text', severity: 'high', bearing: 'refuse',
      message: `This name holds characters that a terminal obeys or nobody sees: ${quote(entry.name)}.`,
      remediation: 'Rename it; no tool writes such names.',
    }))
}
