import {UsageError} from '../errors.js'

const UNITS: Record<string, number> = {m: 60_000, h: 3_600_000, d: 86_400_000}

/** `30m`, `8h`, `7d` from `now` (ISO 8601) → ISO 8601; undefined stays undefined. */
export function expiryOf(text: string | undefined, now: string): string | undefined {
  if (text === undefined) return undefined
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(text)
  const unit = UNITS[match?.[2] ?? '']
  if (match === null || unit === undefined) throw new UsageError('bad-argument', '--expires is not a time', 'write 30m, 8h or 7d')
  return new Date(Date.parse(now) + Number(match[1]) * unit).toISOString()
}
