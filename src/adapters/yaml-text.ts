/** Quoted, because YAML's versions disagree about words like `on` and 0o17. */
export const PLAIN_YAML = {lineWidth: 0, blockQuote: false, defaultKeyType: 'PLAIN', defaultStringType: 'QUOTE_DOUBLE'} as const

/**
 * YAML that every reader takes for the same values, whatever version it speaks:
 * all strings in double quotes, everything outside ASCII as an escape, so that
 * nothing in it is obeyed by a terminal.
 */
export async function renderYaml(value: object): Promise<string> {
  // The package is CommonJS to Node: a bundle sees the default export only.
  const {default: yaml} = await import('yaml')
  const text = yaml.stringify(value, {...PLAIN_YAML, aliasDuplicateObjects: false})
  return text.replace(/[\u007f-\u{10ffff}]/gu, escape)
}

/** JSON's surrogate pairs are no YAML: characters beyond the BMP have eight digits. */
function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
