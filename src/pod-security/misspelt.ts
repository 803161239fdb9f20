/** A label (or annotation) that somebody meant for Pod Security admission, and that it never reads. */
export interface LabelMistake {
  kind: 'misspelt'
  /** As it stands on the namespace. */
  label: string
  value: string
  where: 'labels' | 'annotations'
  mode: 'enforce' | 'audit' | 'warn' | null
  /** The label that does what was wanted; null where that cannot be guessed. */
  meant: string | null
}

const PREFIX = 'pod-security.kubernetes.io/'
const NAMES = ['enforce', 'enforce-version', 'audit', 'audit-version', 'warn', 'warn-version'] as const
/** Prefixes that people write for it, folded: letters only, lower case. */
const MEANT_PREFIXES = ['podsecuritykubernetesio', 'podsecurityk8sio', 'podsecurityadmissionkubernetesio', 'podsecuritystandardskubernetesio', 'kubernetesiopodsecurity', 'podsecurity']

/**
 * The API server accepts any label with the prefix and reads six of them, so a
 * slip is silent. A label with another prefix counts only where its own name
 * is one of the six too: `podsecurity.example.com/owner` is somebody else's.
 */
export function misspeltLabels(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>): LabelMistake[] {
  const mistakes: LabelMistake[] = []
  for (const [label, value] of Object.entries(labels)) {
    const meant = meantBy(label)
    if (meant !== undefined) mistakes.push({kind: 'misspelt', label, value, where: 'labels', ...meant})
  }
  for (const [label, value] of Object.entries(annotations)) {
    const name = label.startsWith(PREFIX) ? NAMES.find(one => one === label.slice(PREFIX.length)) : undefined
    // Next to the label itself an annotation of the same name is only noise.
    if (name !== undefined && labels[label] === undefined) mistakes.push({kind: 'misspelt', label, value, where: 'annotations', mode: modeOf(name), meant: label})
  }
  return mistakes
}

/** Undefined: the label is right, or none of ours. */
function meantBy(label: string): Pick<LabelMistake, 'mode' | 'meant'> | undefined {
  const slash = label.indexOf('/')
  const prefix = label.slice(0, slash + 1)
  const name = label.slice(slash + 1)
  const near = nearestName(name)
  if (prefix === PREFIX) {
    if (NAMES.some(one => one === name)) return undefined
    return near === null ? {mode: null, meant: null} : {mode: modeOf(near), meant: PREFIX + near}
  }
  if (slash === -1 || near === null || !isMeantPrefix(prefix)) return undefined
  return {mode: modeOf(near), meant: PREFIX + near}
}

function modeOf(name: string): LabelMistake['mode'] {
  return name.startsWith('enforce') ? 'enforce' : name.startsWith('audit') ? 'audit' : 'warn'
}

function isMeantPrefix(prefix: string): boolean {
  const folded = fold(prefix)
  return MEANT_PREFIXES.some(one => folded === one || (one.length > 12 && distance(folded, one) <= 2))
}

/** `enforced`, `Enforce`, `enforce-level`, `enforce_version`, `enfroce`, `warning`. */
function nearestName(name: string): (typeof NAMES)[number] | null {
  const folded = fold(name)
  const asked = folded.replace(/(?:level|mode|policy|standard|profile)$/, '')
  const exact = NAMES.find(one => fold(one) === asked)
  if (exact !== undefined) return exact
  const isVersion = asked.includes('version')
  const stem = asked.replace(/version.*$/, '')
  const mode = (['enforce', 'audit', 'warn'] as const).find(one => distance(stem, one) <= (one === 'warn' ? 1 : 2) || stem.replace(/(?:d|s|ing|ment|ed)$/, '') === one)
  return mode === undefined ? null : isVersion ? `${mode}-version` : mode
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Edits from one word to the other (insert, drop, change, swap two neighbours); labels are at most 317 characters, and longer ones are no slip. */
function distance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 2) return 3
  let before: number[] = []
  let row = Array.from({length: right.length + 1}, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const isSame = left[i - 1] === right[j - 1]
      const cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1))
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      next[j] = isSwap ? Math.min(cost, (before[j - 2] ?? 0) + 1) : cost
    }
    before = row
    row = next
  }
  return row[right.length] ?? 3
}
