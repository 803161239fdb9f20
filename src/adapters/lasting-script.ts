import {realpathSync} from 'node:fs'
import {join} from 'node:path'

/**
 * The file that a shell which is open for weeks can name. krew keeps us in
 * `ROOT/store/k121/VERSION` and removes that at an upgrade; its link
 * `ROOT/bin/kubectl-k121` stays, and Node can be given it (the file behind it
 * is for sh and Node alike). Only a link that leads to us here and now counts:
 * neither PATH nor a variable names it.
 *
 * @param root the package's own directory, links resolved
 */
export function lastingScript(root: string): string {
  const launcher = join(root, 'bin/kubectl-k121')
  const link = join(root, '../../../bin/kubectl-k121')
  return leadsTo(link, launcher) ? link : join(root, 'bin/run.js')
}

function leadsTo(link: string, file: string): boolean {
  try {
    return realpathSync(link) === realpathSync(file)
  } catch {
    return false
  }
}
