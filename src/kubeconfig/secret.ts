/**
 * A token, password or key that came out of a kubeconfig. It cannot be printed,
 * serialised or compared by accident; `guard/snapshot.ts` is the one place that
 * may open it (scripts/check-imports.ts enforces that).
 */
const texts = new WeakMap<Secret, string>()

export class Secret {
  constructor(text: string) {
    texts.set(this, text)
    Object.freeze(this)
  }

  toString(): string {
    return '<redacted>'
  }

  toJSON(): string {
    return '<redacted>'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '<redacted>'
  }
}

/** The text behind a secret, for the snapshot that kubectl reads and for nothing else. */
export function openSecret(secret: Secret): string {
  return texts.get(secret) ?? ''
}
