import type {WorkloadFix} from '../../src/pod-security/fix/fix.js'
import {escapeUnit} from '../../src/printable.js'

/**
 * For `kubectl patch --type json`, as Go's encoder writes it: a test in it compares
 * strings byte for byte, and one with an angle bracket written otherwise would not
 * be found equal.
 */
export function jsonPatchText({patches}: WorkloadFix): string {
  return JSON.stringify(patches.json, null, 2).replace(/[<>&\u2028\u2029]/g, escapeUnit)
}
