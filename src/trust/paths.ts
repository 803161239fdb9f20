import type {ValueWorld} from './value-rules.js'

/** Node's name of the platform as the judge's: what is neither Windows nor macOS is judged as Linux is. */
export function platformOf(name: string): ValueWorld['platform'] {
  return name === 'darwin' || name === 'win32' ? name : 'linux'
}

/** The last part of a command, lower case on Windows, without the endings that only say "program". */
export function programName(command: string, platform: ValueWorld['platform']): string {
  const last = command.split(platform === 'win32' ? /[\\/]/ : '/').at(-1) ?? ''
  const name = last.replace(/\.(?:exe|cmd|bat|com)$/i, '')
  return platform === 'win32' ? name.toLowerCase() : name
}

/** Absolute in the platform's own sense; UNC paths count as absolute too. */
export function isAbsolute(path: string, platform: ValueWorld['platform']): boolean {
  return platform === 'win32' ? /^(?:[A-Za-z]:[\\/]|[\\/]{2})/.test(path) : path.startsWith('/')
}
