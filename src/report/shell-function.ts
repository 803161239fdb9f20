import {HELD_BACK} from '../guard/environment.js'
import {shellQuoted} from './shell-quote.js'

/**
 * For `eval` in bash and zsh. Node and the guard stand in it by absolute path:
 * neither PATH nor the working directory chooses what judges the kubeconfig.
 * `command kubectl` goes around it.
 */
export function shellFunction(node: string, script: string): string {
  const held = Object.entries(HELD_BACK).map(([name, other]) => `${other}="\${${name}-}" ${name}= `).join('')
  // An alias of the same name would be expanded in the definition itself.
  return `unalias kubectl 2>/dev/null || true\nfunction kubectl { ${held}${shellQuoted(node)} ${shellQuoted(script)} guard -- "$@"; }\n`
}
