import {ROWS} from '../import-rows.js'
import {code, table} from './markdown.js'

export function importRowsTable(): string {
  return table(['row', 'places in src/', 'what they must not do'], ROWS.map(({row, places, mustNot}) => [String(row), places.map(code).join(' '), mustNot]))
}
