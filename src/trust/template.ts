/**
 * Placeholders of template engines, each one opaque word. The patterns are
 * narrow on purpose: inside them no shell syntax may stand, or a placeholder
 * would be a place to hide it.
 */
const PLACEHOLDERS = [
  /\{\{[\w .$"\-[\]]*\}\}/g,
  /\$\{(?!IFS)[\w.\-[\]"]*\}/g,
  /<{1,2}[A-Za-z][\w .:/-]*>{1,2}/g,
  /%[sdvq](?![A-Za-z_]*%)/g,
  /\$(?!IFS)[A-Za-z_]\w*/g,
]

/** The text with each placeholder replaced by one plain letter. */
export function withoutPlaceholders(text: string): string {
  let plain = text
  for (const pattern of PLACEHOLDERS) plain = plain.replace(pattern, 'x')
  return plain
}

/** Nothing but one placeholder stands there: there is no value to judge yet. */
export function isPlaceholder(text: string): boolean {
  return text !== 'x' && withoutPlaceholders(text) === 'x'
}
