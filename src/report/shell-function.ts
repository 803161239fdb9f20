import {HELD_BACK} from '../guard/environment.js'

/**
 * For `eval` in bash and zsh. Node and the guard stand in it by absolute path:
 * neither PATH nor the working directory chooses what judges the kubeconfig.
 * `command kubectl` goes around it.
 */
export function shellFunction(node: string, script: string): string {
  const held = Object.entries(HELD_BACK).map(([name, other]) => `${other}="\${${name}-}" ${name}= `).join('')
  // An alias of the same name would be expanded in the definition itself.
  return `unalias kubectl 2>/dev/null || true\nfunction kubectl { ${held}${quoted(node)} ${quoted(script)} guard -- "$@"; }\n`
}

/** In single quotes nothing is special but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
