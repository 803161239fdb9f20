import type {Fact} from '../audit/fact.js'
import type {ServerVersion} from '../audit/server-version.js'
import {fixedServerVersion, serverVersion} from '../audit/server-version.js'
import {UsageError} from '../errors.js'
import {quote} from '../printable.js'

/** What answers for the server's version: `--server-version`, else the cluster or the files themselves. */
export function versionFrom(flag: string | undefined): Fact<ServerVersion> {
  const version = flag === undefined ? serverVersion : fixedServerVersion(flag)
  if (version === null) throw new UsageError('bad-argument', `--server-version ${quote(flag ?? '')} is no version of Kubernetes`, 'such as 1.29 or v1.29.6')
  return version
}
