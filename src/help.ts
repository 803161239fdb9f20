import {Help} from '@oclif/core'

/** Help that reads the way people type it: `kubectl k121 …`. */
export default class K121Help extends Help {
  protected override log(...lines: string[]): void {
    super.log(...lines.map(asTyped))
  }
}

/** The guard is called by its file name: through kubectl's plugin lookup it would start kubectl twice. */
function asTyped(text: string): string {
  return text.replaceAll(/kubectl-k121(?! guard|\/)/g, 'kubectl k121')
}
