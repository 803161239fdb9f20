/** The field that somebody meant by another word: `runtimeClassNames`, `Enforce`, `enforceVersion`, `namespace`; null: no guess. */
export function meantField(given: string, fields: readonly string[]): string | null {
  const plain = fold(given)
  if (plain === '') return null
  return fields.find(field => fold(field) === plain)
    ?? fields.find(field => singular(fold(field)) === singular(plain.replace(/names?$/, '')) || singular(fold(field)) === singular(plain))
    ?? fields.find(field => plain.length > 3 && (fold(field).startsWith(plain) || fold(field).endsWith(singular(plain))))
    ?? null
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '')
}

function singular(text: string): string {
  return text.replace(/(?<=ss)es$|(?<!s)s$/, '')
}

/** Index of the first name that stands there before; -1: none does. */
export function duplicateOf(names: readonly string[]): number {
  const seen = new Set<string>()
  return names.findIndex(name => seen.size === seen.add(name).size)
}
