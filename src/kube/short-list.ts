/** The first few, and how many more: for messages. `total`: how many there are, where not all are at hand. */
export function shortList(items: readonly string[], most = 4, total = items.length): string {
  const shown = items.slice(0, most)
  return total > shown.length ? `${shown.join(', ')} and ${total - shown.length} more` : shown.join(', ')
}
