import {REDACTED} from '../printable.js'

const texts = new WeakMap<Secret, string>()

/**
 * A token, password or key that came out of a kubeconfig. It cannot be printed,
 * serialised or compared by accident; `guard/snapshot.ts` is the one place that
 * may open it (scripts/check-imports.ts enforces that).
 */
export class Secret {
  constructor(text: string) {
    texts.set(this, text)
    Object.freeze(this)
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED
  }
}

/** The text behind a secret, for the snapshot that kubectl reads and for nothing else. */
export function openSecret(secret: Secret): string {
  return texts.get(secret) ?? ''
}
