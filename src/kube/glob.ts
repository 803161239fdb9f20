/** Patterns with `*` and `?`, of people and of policies, for names of namespaces and kinds; nothing else is special. It steps back no further than the last star. */
export function isGlobMatch(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0]
  while (t < text.length) {
    if (pattern[p] === '*') [star, mark, p] = [p, t, p + 1]
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) [p, t] = [p + 1, t + 1]
    else if (star === -1) return false
    // Back to the last star, which takes one character more.
    else [p, mark, t] = [star + 1, mark + 1, mark + 1]
  }
  return /^\**$/.test(pattern.slice(p))
}
