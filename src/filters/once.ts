/** Made when it is first asked for, and kept. */
export function once<T>(make: () => T): () => T {
  let made: {value: T} | null = null
  return () => (made ??= {value: make()}).value
}

/** The same for each of many, as long as the key is there. */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, {value: V}>()
  return key => {
    const before = known.get(key)
    if (before !== undefined) return before.value
    const value = make(key)
    known.set(key, {value})
    return value
  }
}
