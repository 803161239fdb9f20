import type {Bearing, Severity} from './finding.js'

/**
 * What the ids of findings about files, servers and stored credentials stand
 * for; those about a plugin itself are in `reasons.ts`. A test holds the ids in
 * this table against the ids that the judge uses, in both directions.
 */
export interface ConnectionFinding {
  about: 'server' | 'credential' | 'file' | 'policy'
  title: string
  /** The usual one first; others occur where the text says so. */
  severities: readonly [Severity, ...Severity[]]
  bearings: readonly [Bearing, ...Bearing[]]
  meaning: string
  remedy: string
}

type Levels = [ConnectionFinding['severities'], ConnectionFinding['bearings']]

const REFUSED: Levels = [['high'], ['refuse']]
const ASKED: Levels = [['high'], ['ask']]
const NOTED: Levels = [['medium'], ['pass']]

const row = (about: ConnectionFinding['about'], [severities, bearings]: Levels, title: string, meaning: string, remedy: string): ConnectionFinding => ({
  about, title, severities, bearings, meaning, remedy,
})

const PLUGIN_INSTEAD = 'Use an exec credential plugin instead.'

export const CONNECTION_FINDINGS = {
  // The way to the server
  'server-url-ambiguous': row('server', REFUSED, 'Server URL that can be read in two ways', 'Two programs may find different hosts in it, so nobody can say where the credential goes.', 'Write `https://host[:port][/path]` in ASCII, without user info, query, fragment, backslash or percent sign.'),
  'plain-http-server': row('server', NOTED, 'Server without TLS', 'kubectl sends no credential over http and starts no plugin, but everything else travels in the clear.', 'Use the https address of the API server.'),
  'insecure-tls': row('server', [['high', 'medium'], ['refuse', 'pass']], 'Certificate of the server is not checked', 'Whatever is sent goes to whoever answers. Refused with a credential plugin; medium where the credential stands in the same file.', 'Remove `insecure-skip-tls-verify` and put the certificate authority of the server into the file.'),
  'proxy-url': row('server', NOTED, 'Traffic goes through a proxy of the file', "The file chose the proxy. For a plugin's token the authority must then stand in the trust file or a decision, or be one of the system's: the file's own proves nothing.", 'Check that the proxy is yours.'),
  'proxy-url-ambiguous': row('server', REFUSED, 'Proxy URL that is not plain', 'It is no plain http, https or socks5 URL, or it carries a user name.', 'Write `http://host:port` without user info.'),
  'tls-server-name': row('server', NOTED, 'Another name than the host is proved', "The server proves `tls-server-name`, not the host in its URL. For a plugin's token the authority must then stand in the trust file or a decision, or be one of the system's with a listed name.", 'Expected behind a tunnel; otherwise remove it.'),
  'server-not-listed': row('server', ASKED, 'Server that the token was never meant for', 'The plugin may be fine, but nothing says that its token may go to this server: a trusted helper with another server is credential theft. Also said where `tls-server-name` under the system\'s authorities is no name that is listed.', 'Decide on it once, or list the server for this plugin in the trust file.'),
  'ca-not-listed': row('server', ASKED, 'Listed server under another authority', 'The trust file names another certificate authority for this server.', 'Find out why it changed; write the new fingerprint into the trust file only if the change was yours.'),
  'ca-changed': row('server', ASKED, 'Certificate authority changed', 'It is not the one that was seen at the first use of this server.', 'Find out why it changed; decide on the new one only if the change was yours.'),
  'ca-unknown': row('server', ASKED, 'Authority that proves nothing', "It is the file's own word, and a proxy, another TLS name or another file stands between.", 'Decide on it once, or write its fingerprint into the trust file.'),
  'ca-unreadable': row('server', [['high'], ['refuse', 'ask']], 'Certificate authority cannot be read', 'Nobody can tell who answers.', 'Put the PEM certificate of the authority into `certificate-authority-data`.'),
  'ca-twice': row('server', REFUSED, 'Certificate authority given twice', 'kubectl refuses `certificate-authority` beside `certificate-authority-data`.', 'Keep one of the two.'),
  'ca-file-elsewhere': row('server', NOTED, 'Certificate authority outside the directory of the kubeconfig', 'Normal for minikube and other local tools.', 'Otherwise put it into `certificate-authority-data`.'),
  'mixed-provenance': row('server', [['high', 'medium'], ['ask', 'pass']], 'User and server come from different files', 'The author of one file decides where the credential of another goes. Medium where no secret is sent.', 'Put the user and its cluster into one file, or decide on this pair once.'),
  // Stored credentials and files
  'token-file-elsewhere': row('credential', REFUSED, 'Token file outside the directory of the kubeconfig', 'kubectl sends its content to the server of the same file: any one-line secret of yours could be named there. Judged on the real path behind symlinks.', 'If the file is yours and meant for this cluster, move it beside the kubeconfig.'),
  'token-file-unreadable': row('credential', REFUSED, 'Token file cannot be read', 'Nobody can say what kubectl would send.', 'Put the token file beside the kubeconfig and make it readable.'),
  'client-certificate-elsewhere': row('credential', NOTED, 'Client certificate outside the directory of the kubeconfig', 'Normal for minikube and other local tools; it is never sent as text.', 'Otherwise ask where the file came from.'),
  'client-key-elsewhere': row('credential', NOTED, 'Client key outside the directory of the kubeconfig', 'Normal for minikube and other local tools; a key is never sent.', 'Otherwise ask where the file came from.'),
  'password-prompt': row('credential', REFUSED, 'kubectl would ask for a password', 'The user has no credential, so kubectl would ask on the terminal and send the answer to the server of the file.', 'Give the context a user with a credential.'),
  'auth-provider-command': row('credential', REFUSED, 'auth-provider that runs a program', 'kubectl up to 1.25, and other clients still, run the program in `cmd-path`.', PLUGIN_INSTEAD),
  'auth-provider-writes-back': row('credential', REFUSED, 'auth-provider that rewrites the kubeconfig', 'Refreshed tokens would be lost: the guard runs kubectl on a private copy.', PLUGIN_INSTEAD),
  'auth-provider-legacy': row('credential', REFUSED, 'auth-provider of old clients', 'Gone from kubectl since 1.26; before that it sends stored tokens.', PLUGIN_INSTEAD),
  // The file itself
  'deceptive-text': row('file', REFUSED, 'Characters that a terminal obeys or nobody sees', 'kubectl prints names raw: control, bidirectional and invisible characters could drive your terminal or imitate another name.', 'Rename it; no tool writes such names.'),
  'ignored-field': row('file', NOTED, 'Misspelt field', 'It looks like a field of a kubeconfig, but kubectl ignores it.', 'Correct the spelling, or remove the key.'),
  'unknown-field': row('file', [['info'], ['pass']], 'Unknown field', 'kubectl ignores it.', 'Remove the key if nothing else reads it.'),
  'file-writable-by-all': row('file', NOTED, 'Everybody may change the file', 'Whoever changes it chooses what runs and where your credential goes.', '`chmod 600` it.'),
  'file-readable-by-others': row('file', [['low'], ['pass']], 'Others may read the file', 'It holds secrets.', '`chmod 600` it.'),
  'file-of-somebody-else': row('file', NOTED, 'File of another user', 'Its owner may change it at any time.', 'Copy it, and check the copy.'),
  // The trust file
  'policy-deny-all': row('policy', REFUSED, 'The trust file says DenyAll', 'No credential plugin may run.', 'Change `credentialPluginPolicy` if that is not what you want.'),
  'args-not-listed': row('policy', [['medium'], ['ask']], 'Arguments are not those of the trust file', 'The entry for this program lists exact arguments.', 'Add these arguments to the trust file, or decide on this plugin once.'),
  'digest-mismatch': row('policy', REFUSED, 'Not the program of the trust file', 'Its SHA-256 is not the one that the entry names.', 'Find out who changed the program; write the new digest only if the change was yours.'),
} as const satisfies Record<string, ConnectionFinding>
