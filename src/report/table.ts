/**
 * kubectl's tables: upper-case headers, three spaces between columns, no
 * borders. Cells hold printable text only; the caller sees to that.
 *
 * @param width columns to fit into by cutting the widest cells; null never cuts
 */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[], width: number | null): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map(row => displayWidth(row[column] ?? ''))))
  if (width !== null) shrink(widths, width - 3 * (header.length - 1))
  return all.map(row => row.map((cell, column) => pad(cut(cell, widths[column] ?? 0), widths[column] ?? 0)).join('   ').trimEnd()).join('\n') + '\n'
}

/** Parts of a heading with three spaces between, on as few lines as hold them: one is cut only where it alone is too long. */
export function headingLines(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const part of parts.map(text => cut(text, width))) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(last) + 3 + displayWidth(part) <= width) lines[lines.length - 1] = `${last}   ${part}`
    else lines.push(part)
  }
  return lines
}

/** A longer cell stands out of its column: padding every other row up to one of a megabyte would make gigabytes. */
const WIDEST = 120

/**
 * The same for rows that are too many to hold: they are asked for twice, once
 * for the widths. Nothing is cut; the last column may be of any length.
 */
export function* streamTable(header: readonly string[], rows: () => Iterable<readonly string[]>): Generator<string> {
  const widths = header.map(displayWidth)
  for (const row of rows()) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, Math.min(displayWidth(cell), WIDEST))
  const line = (row: readonly string[]): string => `${row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('   ').trimEnd()}\n`
  yield line(header)
  for (const row of rows()) yield line(row)
}

/** Takes from the widest column until the line fits; no column goes below 8. */
function shrink(widths: number[], room: number): void {
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= 8) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

/** At most so many columns, with an ellipsis where something is missing. */
export function cut(cell: string, width: number): string {
  if (displayWidth(cell) <= width) return cell
  let kept = ''
  for (const character of cell) {
    if (displayWidth(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** The same for names, which differ at their ends: what is missing was in the middle. */
export function cutMiddle(name: string, width: number): string {
  if (displayWidth(name) <= width) return name
  const half = Math.floor(width / 2)
  const end = [...name].reverse()
  let tail = ''
  for (const character of end) {
    if (displayWidth(character + tail) > half) break
    tail = character + tail
  }
  return cut(name, width - displayWidth(tail)) + tail
}

export function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)))
}

/** East Asian wide characters and emoji take two columns. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(character) ? 2 : 1
  return width
}
