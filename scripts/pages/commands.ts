import type {Manifest, ManifestCommand} from '../manifest.js'
import {code, table} from './markdown.js'

/** The command list of the README: how it is called, what it does, its flags. */
export function commandTable({commands}: Manifest): string {
  const sorted = Object.values(commands).toSorted((a, b) => a.id.localeCompare(b.id))
  return table(['command', 'what it does', 'flags'], sorted.map(command => [code(callOf(command)), command.summary ?? '', flagsOf(command)]))
}

function callOf({id, args}: ManifestCommand): string {
  const words = id.replaceAll(':', ' ')
  // Through kubectl's plugin lookup the guard would start kubectl twice, so it is called by its file name.
  const program = words.startsWith('guard') ? 'kubectl-k121' : 'kubectl k121'
  const operands = Object.values(args).map(({name, required, options}) => {
    const word = options?.join('|') ?? name.toUpperCase()
    return required === true ? ` ${word}` : ` [${word}]`
  })
  return `${program} ${words}${words === 'guard' ? ' -- KUBECTL-ARGUMENTS' : operands.join('')}`
}

function flagsOf({flags}: ManifestCommand): string {
  const names = Object.values(flags).map(({name, char}) => code(char === undefined ? `--${name}` : `-${char}, --${name}`))
  return names.length === 0 ? 'none' : names.join(' ')
}
