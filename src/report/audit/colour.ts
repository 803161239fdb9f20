import type {Verdict} from '../../audit/audit-report.js'

/** Select Graphic Rendition codes. Colour only repeats what the word says. */
const CODES: Record<string, string> = {
  CRITICAL: '1;31', HIGH: '31', MEDIUM: '33', LOW: '36', INFO: '2', LATENT: '35', INCOMPLETE: '1;33',
  open: '31', partly: '33', latent: '35', unknown: '33', closed: '32',
} satisfies Record<Verdict, string> & Record<string, string>

export function coloured(word: string, isColoured: boolean, shown = word): string {
  const code = CODES[word.trim()]
  return isColoured && code !== undefined ? `\u001b[${code}m${shown}\u001b[0m` : shown
}
