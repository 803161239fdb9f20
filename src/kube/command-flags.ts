import {textsAt} from './field.js'
import type {Json} from './json.js'

/** The flags that anything here asks for: of the words of a command line a snapshot keeps these and no others. */
const READ_FLAGS = ['enable-admission-plugins', 'disable-admission-plugins', 'admission-control', 'admission-control-config-file', 'feature-gates', 'authorization-mode', 'authorization-config', 'service-cluster-ip-range', 'cluster-cidr', 'configmap', 'annotations-prefix'] as const
export type ReadFlag = (typeof READ_FLAGS)[number]

/**
 * Values of a flag in a container's command and arguments, in both forms
 * (`--flag=value`, `--flag value`), as often as it is given. RKE2 keeps every
 * flag in `args`, and `sh -c "exec kube-apiserver --a=b"` in one word.
 * component-base reads `_` in names as `-`.
 */
export function flagValues(container: Json, flag: ReadFlag): string[] {
  const words = wordsOf([...textsAt(container, 'command'), ...textsAt(container, 'args')])
  const values: string[] = []
  for (const [index, word] of words.entries()) {
    if (flagIn(word) !== flag) continue
    const equals = word.indexOf('=')
    values.push(equals === -1 ? (words[index + 1] ?? '') : word.slice(equals + 1))
  }
  return values
}

/** `--a_b=c` is `a-b`; null for a word that is no flag. */
function flagIn(word: string): string | null {
  if (!word.startsWith('--')) return null
  const [name = ''] = word.slice(2).split('=', 1)
  return name.replaceAll('_', '-')
}

const PROGRAM = /(?:^|[\s/])(kube-apiserver|kube-controller-manager)(?:\s|$)/

/** The words of a container's command and arguments that `flagValues` and whoever looks for the program's name can tell apart, and no others. */
export function keptWords(words: readonly string[]): string[] {
  const split = wordsOf(words)
  const kept = split.flatMap((word, index) => {
    const program = PROGRAM.exec(word)?.[1]
    const before = split[index - 1] ?? ''
    if (program !== undefined) return [program]
    if (isRead(word)) return [word]
    // The value of `--flag value`; where another flag stands in its place, only what that one is called.
    return isRead(before) && !before.includes('=') ? [word.startsWith('--') ? `--${flagIn(word) ?? ''}` : word] : []
  })
  return kept.length === 0 && words.length > 0 ? ['...'] : kept
}

function isRead(word: string): boolean {
  return (READ_FLAGS as readonly (string | null)[]).includes(flagIn(word))
}

function wordsOf(words: readonly string[]): string[] {
  return words.flatMap(word => (/\s/.test(word) ? word.split(/\s+/) : [word])).map(word => word.replace(/["']/g, ''))
}
