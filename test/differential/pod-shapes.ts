/**
 * Which texts of the reference a run has reached, by their form: lists of one
 * or more names, which half of a sentence. Names and values are dropped.
 */
export interface Shapes {
  count(id: string, detail: string): void
  table(): [shape: string, times: number][]
}

export function countShapes(): Shapes {
  const seen = new Map<string, number>()
  return {
    count(id, detail) {
      const shape = `${id}: ${shapeOf(id, detail)}`
      seen.set(shape, (seen.get(shape) ?? 0) + 1)
    },
    table: () => [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  }
}

const LIST = String.raw`"[\w ./:-]*"(?:, "[\w ./:-]*")*`
const ANNOTATION = String.raw`[\w./-]+/[\w./-]*="[\w ./-]*"`

function shapeOf(id: string, detail: string): string {
  // Bare names, joined: nothing tells their borders from their text.
  if (id === 'sysctls') return detail.includes(', ') ? 'NAME, …' : detail === '' ? '' : 'NAME'
  const shape = detail
    .replaceAll('drop=["ALL"]', 'drop')
    .replaceAll(new RegExp(`"?${ANNOTATION}"?(, "?${ANNOTATION}"?)*`, 'g'), match => (match.split('=').length > 2 ? 'K=V, …' : 'K=V'))
    .replaceAll(new RegExp(LIST, 'g'), match => (match.includes('", "') ? 'Q, …' : 'Q'))
    .replaceAll(/-?\d+(, -?\d+)*$/g, match => (match.includes(',') ? 'N, …' : 'N'))
  return /["\\]|[^ -~…]|[QV][^ ,;]/.test(shape) ? '(odd text)' : shape
}
