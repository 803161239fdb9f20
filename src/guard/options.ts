/** `kubectl-k121 guard [--kubectl PATH] [--trust-file FILE] [--allow-plugin-flags] -- ARGS`. */
export interface GuardOptions {
  kubectl?: string
  trustFile?: string
  allowPluginFlags: boolean
  /** kubectl's own arguments, untouched. */
  args: readonly string[]
}

export type OptionsResult = {ok: true; options: GuardOptions} | {ok: false; message: string}

/** Strict: the first `--` ends our options, and nothing of kubectl's may stand before it. */
export function readGuardOptions(argv: readonly string[]): OptionsResult {
  const options: GuardOptions = {allowPluginFlags: false, args: []}
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--') return {ok: true, options: {...options, args: argv.slice(index + 1)}}
    const [flag, inline] = split(word)
    if (flag === '--allow-plugin-flags' && inline === undefined) {
      options.allowPluginFlags = true
      continue
    }
    if (flag !== '--kubectl' && flag !== '--trust-file') return {ok: false, message: "expected '--' and then kubectl's arguments"}
    const value = inline ?? argv[++index]
    if (value === undefined || value === '' || value === '--') return {ok: false, message: `${flag} needs a path`}
    if (flag === '--kubectl') options.kubectl = value
    else options.trustFile = value
  }
  return {ok: false, message: "expected '--' and then kubectl's arguments"}
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf('=')
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
