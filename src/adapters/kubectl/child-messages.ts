import {hideSecrets, printable} from '../../printable.js'
import {oneLine} from '../api-road.js'

/** What a kubectl of ours says on stderr. */
export interface ChildMessages {
  push(chunk: Buffer): void
  /** The end of it, for a message of ours. */
  tail(): string
}

/** kubectl's own log and errors, which we report in our own words. */
const OWN = /^(?:[IWEF]\d{4} |\d{4}\/\d\d\/\d\d |Starting to serve |Error from server|error: |The connection to the server |Unable to connect to the server|Warning: )/

/**
 * A credential helper may speak to the person (open this page, type this code):
 * its lines are passed on at once, unfinished ones too. What kubectl says itself
 * is only kept.
 */
export function childMessages(say: (text: string) => void): ChildMessages {
  let tail = ''
  return {
    push(chunk) {
      const text = chunk.toString('utf8')
      tail = (tail + text).slice(-4096)
      const helpers = text.split(/(?<=\n)/).filter(line => line.trim() !== '' && !OWN.test(line))
      for (const line of helpers) say(printable(hideSecrets(line.replace(/\r?\n$/, ''))) + (line.endsWith('\n') ? '\n' : ''))
    },
    tail: () => printable(oneLine(hideSecrets(tail.replace(/^[IWEF]\d{4} [^\]]*\] /gm, '')).slice(-240))),
  }
}
