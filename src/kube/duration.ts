const UNITS: Readonly<Record<string, number>> = {ns: 1e-6, us: 1e-3, 'µs': 1e-3, 'μs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/**
 * Milliseconds of a duration as kubectl's `--request-timeout` takes it: a whole
 * number means seconds, else Go's notation (`1m30s`, `1.5h`). Null for anything
 * else, negative ones too.
 */
export function durationOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) * 1000
  if (!/^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return null
  let total = 0
  for (const [, number = '', unit = ''] of text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) total += Number(number) * (UNITS[unit] ?? 0)
  return total
}
