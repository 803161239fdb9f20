import {isAbsolute, join} from 'node:path'

/** Where trust lives on this machine. null: no home directory to put it in. */
export interface TrustLocations {
  /** What people write. */
  policy: string | null
  /** What this machine approved, and below it everything else that we keep. */
  state: string | null
}

/**
 * `$XDG_CONFIG_HOME/k121/trust.yaml` and `$XDG_STATE_HOME/k121`, with the
 * platform's own place where the variables are not set. Relative values are
 * ignored, as the XDG specification asks: the working directory may be
 * somebody else's.
 */
export function trustLocations(environment: Record<string, string | undefined>, platform: string): TrustLocations {
  const home = environment['HOME'] ?? environment['USERPROFILE']
  const below = (...parts: string[]): string | null => (home !== undefined && isAbsolute(home) ? join(home, ...parts) : null)
  const variable = (name: string): string | null => {
    const value = environment[name]
    return value !== undefined && isAbsolute(value) ? value : null
  }
  const config = variable('XDG_CONFIG_HOME') ?? (platform === 'darwin' ? below('Library', 'Application Support') : platform === 'win32' ? variable('APPDATA') : below('.config'))
  const state = variable('XDG_STATE_HOME') ?? (platform === 'darwin' ? below('Library', 'Application Support') : platform === 'win32' ? variable('LOCALAPPDATA') : below('.local', 'state'))
  return {policy: config === null ? null : join(config, 'k121', 'trust.yaml'), state: state === null ? null : join(state, 'k121')}
}

export const DECISIONS_FILE = 'decisions.json'
