import {textsAt} from './field.js'
import type {Json} from './json.js'

/**
 * Values of a flag in a container's command and arguments, in both forms
 * (`--flag=value`, `--flag value`), as often as it is given. RKE2 keeps every
 * flag in `args`, and `sh -c "exec kube-apiserver --a=b"` in one word.
 * component-base reads `_` in names as `-`.
 */
export function flagValues(container: Json, flag: string): string[] {
  const words = wordsOf([...textsAt(container, 'command'), ...textsAt(container, 'args')])
  const values: string[] = []
  for (const [index, word] of words.entries()) {
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    if (!name.startsWith('--') || name.slice(2).replaceAll('_', '-') !== flag) continue
    values.push(equals === -1 ? (words[index + 1] ?? '') : word.slice(equals + 1))
  }
  return values
}

function wordsOf(words: readonly string[]): string[] {
  return words.flatMap(word => (/\s/.test(word) ? word.split(/\s+/) : [word])).map(word => word.replace(/["']/g, ''))
}
