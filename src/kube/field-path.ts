/** `spec.externalIPs[0]`, `metadata.labels["a.b/c"]` → its steps; the other way round is `pathOf`. */
export function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = []
  const pattern = /\[(\d+)\]|\[(?=")|\.?([^.[\]]+)/gy
  for (let match = pattern.exec(path); match !== null; match = pattern.exec(path)) {
    const [, index, key] = match
    if (index !== undefined) steps.push(Number(index))
    else if (key !== undefined) steps.push(key)
    else {
      const end = quotationEnd(path, pattern.lastIndex)
      if (path[end] !== ']') return steps
      steps.push(JSON.parse(path.slice(pattern.lastIndex, end)) as string)
      pattern.lastIndex = end + 1
    }
  }
  return steps
}

/** Behind the quotation that begins here. By hand: a pattern needs a call's room for each character of a key, and keys are of any length. */
function quotationEnd(path: string, start: number): number {
  let here = start + 1
  while (here < path.length && path[here] !== '"') here += path[here] === '\\' ? 2 : 1
  return here + 1
}
