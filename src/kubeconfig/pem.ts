/**
 * CA bundles, reduced to the certificates that both Go's and our reading agree
 * on. What is judged is handed to kubectl in this form, so a bundle that two
 * parsers read differently cannot smuggle a second CA past the pin.
 */
export interface CaBundle {
  /** DER of each certificate, in order. */
  certificates: Uint8Array[]
  /** The bytes hold nothing but well-formed blocks and white space: they can be handed over unchanged. */
  plain: boolean
}

const BLOCK = /-----BEGIN CERTIFICATE-----[ \t]*\r?\n([A-Za-z0-9+/=\r\n \t]+?)-----END CERTIFICATE-----/g

export function parseCaBundle(bytes: Uint8Array): CaBundle {
  const text = Buffer.from(bytes).toString('latin1')
  const certificates: Uint8Array[] = []
  const rest = text.replace(BLOCK, (_block, body: string) => {
    certificates.push(Buffer.from(body.replace(/\s/g, ''), 'base64'))
    return ''
  })
  return {certificates, plain: certificates.length > 0 && rest.trim() === ''}
}

/** The bundle as PEM with 64-column lines. */
export function renderCaBundle(bundle: CaBundle): string {
  return bundle.certificates
    .map(der => Buffer.from(der).toString('base64').replace(/.{1,64}/g, '$&\n'))
    .map(body => `-----BEGIN CERTIFICATE-----\n${body}-----END CERTIFICATE-----\n`)
    .join('')
}
