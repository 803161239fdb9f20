import {AWS_HELPERS} from './cloud-aws.js'
import {GOOGLE_AZURE_HELPERS} from './cloud-google-azure.js'
import {OTHER_CLOUD_HELPERS} from './cloud-other.js'
import type {Helper} from './helper.js'
import {IDENTITY_HELPERS, PLATFORM_HELPERS} from './identity.js'

/** For people, on the page of helpers: raise it whenever an entry changes what is trusted. Cached verdicts go by the build. */
export const CATALOGUE_VERSION = '2026-11-25.1'

/** The credential helpers whose legitimate calls are known, from vendor sources and published kubeconfigs (2026-11). */
export const CATALOGUE: readonly Helper[] = [
  ...AWS_HELPERS,
  ...GOOGLE_AZURE_HELPERS,
  ...OTHER_CLOUD_HELPERS,
  ...IDENTITY_HELPERS,
  ...PLATFORM_HELPERS,
]

const byName = new Map<string, Helper[]>()
for (const helper of CATALOGUE) {
  for (const name of helper.names) byName.set(name, [...(byName.get(name) ?? []), helper])
}

/** More than one where unrelated programs share a file name (`kubelogin`). */
export function helpersNamed(name: string): readonly Helper[] {
  return byName.get(name) ?? []
}

export const LISTED_NAMES: readonly string[] = [...byName.keys()]
