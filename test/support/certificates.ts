import {execFileSync} from 'node:child_process'
import {createHash, X509Certificate} from 'node:crypto'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export interface KeyPair {
  certificate: string
  key: string
}

export interface Authority extends KeyPair {
  /** In the form of trust.yaml: `sha256:` and the digest of the DER. */
  fingerprint: string
  /** For `certificate-authority-data`. */
  base64: string
  /** Leaf for 127.0.0.1, localhost and `api.cluster.test`. */
  server: KeyPair
  /** Leaf for client authentication, CN `visitor`. */
  client: KeyPair
}

const SERVER_NAMES = 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:api.cluster.test\nextendedKeyUsage=serverAuth\n'

/** A printed reason to skip, or null where certificates can be made. */
export function reasonWithoutOpenssl(): string | null {
  try {
    execFileSync('openssl', ['version'], {stdio: 'ignore'})
    return null
  } catch {
    return 'the openssl command is not installed: no test certificates'
  }
}

const made = new Map<string, Authority>()

/** A certificate authority made for this process; the same name gives the same one. */
export function authority(name: string): Authority {
  const known = made.get(name) ?? make(name)
  made.set(name, known)
  return known
}

function make(name: string): Authority {
  const dir = mkdtempSync(join(tmpdir(), 'k121-ca-'))
  try {
    const own = ['-keyout', join(dir, 'ca.key'), '-out', join(dir, 'ca.crt'), '-subj', `/CN=${name}`, '-days', '30']
    openssl(['req', '-x509', ...newKey, ...own, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'])
    const certificate = readFileSync(join(dir, 'ca.crt'), 'utf8')
    return {
      certificate,
      key: readFileSync(join(dir, 'ca.key'), 'utf8'),
      fingerprint: `sha256:${createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex')}`,
      base64: Buffer.from(certificate).toString('base64'),
      server: leaf(dir, `${name} server`, SERVER_NAMES),
      client: leaf(dir, 'visitor', 'extendedKeyUsage=clientAuth\n'),
    }
  } finally {
    rmSync(dir, {recursive: true, force: true})
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function leaf(dir: string, commonName: string, extensions: string): KeyPair {
  const [key, request, certificate, extfile] = ['leaf.key', 'leaf.csr', 'leaf.crt', 'leaf.ext'].map(file => join(dir, file)) as [string, string, string, string]
  writeFileSync(extfile, extensions)
  openssl(['req', '-new', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${commonName}`])
  const signer = ['-CA', join(dir, 'ca.crt'), '-CAkey', join(dir, 'ca.key'), '-CAcreateserial', '-days', '30']
  openssl(['x509', '-req', '-in', request, '-out', certificate, '-extfile', extfile, ...signer])
  return {certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8')}
}

function openssl(args: string[]): void {
  execFileSync('openssl', args, {stdio: ['ignore', 'ignore', 'pipe']})
}
