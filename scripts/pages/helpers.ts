import {CATALOGUE, CATALOGUE_VERSION} from '../../src/trust/catalogue/catalogue.js'
import type {Helper} from '../../src/trust/catalogue/helper.js'
import {GENERATED, code, table} from './markdown.js'

/** An empty call: the bare program prints the credential. */
function callsOf({names, calls}: Helper): string {
  return calls.map(call => code(`${names[0] ?? ''} ${call}`.trim())).join('<br>')
}

function rowOf(helper: Helper): string[] {
  const [, ...others] = helper.names
  return [helper.id, helper.vendor, callsOf(helper), others.map(code).join(' ') || 'none', serversOf(helper)]
}

/** A launcher's token is that of the helper behind it. */
function serversOf({launcher, servers}: Helper): string {
  if (launcher === true) return 'those of the helper behind it'
  return servers?.map(code).join('<br>') ?? 'asked once'
}

export function helpersPage(): string {
  return `${GENERATED}
# Helpers of the catalogue

Catalogue ${CATALOGUE_VERSION}, ${CATALOGUE.length} helpers. A helper is trusted only when it is called in one of these ways, with flags and variables that its entry knows, from a place that is known: found by its bare name through absolute entries of PATH, owned by root, or in the vendor's own directory below the home directory.

The last column says where its token may go without a question. There the certificate authority is remembered at first use. *Asked once* means that the vendor owns no host names that would prove anything, so a person decides for each server.

${table(['helper', 'vendor', 'calls', 'also called', 'servers'], CATALOGUE.map(rowOf))}`
}
