import {displayWidth, renderTable} from './table.js'
import {wrap} from './wrap.js'

/**
 * A table with a note for each row, wrapped below it: names of a row are never
 * cut, so that they can be copied. Without a width the note is a last column.
 */
export function renderNoted(header: readonly string[], rows: readonly {cells: readonly string[]; note: string}[], width: number | null): string {
  if (width === null) return renderTable(header, rows.map(({cells, note}) => [...cells, note]), null)
  const [head = '', ...lines] = renderTable(header.slice(0, -1), rows.map(({cells}) => cells), null).split('\n')
  const indent = 3 + Math.max(...[header, ...rows.map(({cells}) => cells)].map(([first = '']) => displayWidth(first)))
  const below = (note: string): string => (note === '' ? '' : wrap(note, width - indent).map(line => `${' '.repeat(indent)}${line}\n`).join(''))
  return `${head}\n${rows.map(({note}, index) => `${lines[index] ?? ''}\n${below(note)}`).join('')}`
}
