/** `spec.externalIPs[0]`, `metadata.labels["a.b/c"]` → its steps; the other way round is `pathOf`. */
export function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = []
  const pattern = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[\]]+)/gy
  for (let match = pattern.exec(path); match !== null; match = pattern.exec(path)) {
    const [, index, quoted, key] = match
    steps.push(index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(quoted) as string : key!)
  }
  return steps
}
