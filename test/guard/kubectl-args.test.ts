import {expect} from 'chai'

import {connectionFlagIn, readKubectlArgs, rewriteKubectlArgs, type Reading} from '../../src/guard/kubectl-args.js'

/** Rows are written as one line; '' inside a row stands for an empty word. */
const split = (line: string): string[] => (line === '' ? [] : line.split(' ').map(word => (word === "''" ? '' : word)))

function read(line: string): Reading {
  const result = readKubectlArgs(split(line))
  if (!result.ok) throw new Error(`${line}: ${result.message}`)
  return result.reading
}

const connection = (line: string): Record<string, unknown> => {
  const {asOther, ...given} = read(line).connection
  return asOther ? {...given, asOther} : given
}

describe('readKubectlArgs', () => {
  const selections: [line: string, expected: Record<string, unknown>][] = [
    ['get pods', {}],
    ['get pods --context=b', {context: 'b'}],
    ['get pods --context b', {context: 'b'}],
    ['--context b get pods', {context: 'b'}],
    ['get --context b pods', {context: 'b'}],
    ['get pods --context a --context b', {context: 'b'}],
    ['get pods --user u --user=', {user: ''}],
    ["get pods --user ''", {user: ''}],
    ['get pods --kubeconfig=', {kubeconfig: ''}],
    // The next word is the value, whatever it looks like.
    ['get pods --context --user', {context: '--user'}],
    ['get pods -l --kubeconfig=x', {}],
    ['get pods -o --kubeconfig x', {}],
    ['get pods -n --kubeconfig=x', {namespace: '--kubeconfig=x'}],
    ['get pods -A --kubeconfig=x', {kubeconfig: 'x'}],
    ['get pods --selector -- --context b', {context: 'b'}],
    // Switches take their value only behind an equals sign.
    ['get pods --insecure-skip-tls-verify false --context b', {insecureSkipTlsVerify: 'true', context: 'b'}],
    ['get pods --insecure-skip-tls-verify=false', {insecureSkipTlsVerify: 'false'}],
    ['create configmap x --dry-run --context b', {context: 'b'}],
    ['delete pod x --cascade --context b', {context: 'b'}],
    ['get pods --watch --context b', {context: 'b'}],
    // Names: underscores are dashes, case counts, nothing is abbreviated.
    ['get pods --client_key k --as_group=g', {clientKey: 'k', asOther: true}],
    ['get pods --Context=b', {}],
    ['get pods --kubeconf=x', {}],
    ['get pods -kubeconfig=x', {}],
    // Shorthands.
    ['get pods -n x', {namespace: 'x'}],
    ['get pods -n=x', {namespace: 'x'}],
    ['get pods -nx', {namespace: 'x'}],
    ['get pods -n=', {namespace: '='}],
    ['get pods -An x', {namespace: 'x'}],
    ['get pods -Anx', {namespace: 'x'}],
    ['get pods -shttp://a', {server: 'http://a'}],
    ['get pods -s http://a', {server: 'http://a'}],
    ['get pods -As http://a', {server: 'http://a'}],
    ['get pods -oshttp://a', {}],
    ['logs x -fs http://a', {server: 'http://a'}],
    ['apply -fs http://a', {}],
    ['proxy -ws --context b', {context: 'b'}],
    ['get -ws http://a', {server: 'http://a'}],
    // Two dashes end the flags.
    ['get pods -- --context b', {}],
    ['exec p -- cmd --kubeconfig=x', {}],
    ['exec p cmd --kubeconfig=x', {kubeconfig: 'x'}],
    ['run x --image i --command -- y --user z', {}],
    // Every connection flag.
    ['get x --cluster c --server s --token t --username n --password p', {cluster: 'c', server: 's', token: 't', username: 'n', password: 'p'}],
    ['get x --client-certificate c --client-key k --certificate-authority a', {clientCertificate: 'c', clientKey: 'k', certificateAuthority: 'a'}],
    ['get x --tls-server-name n --as a --as-uid 1 --cache-dir d --request-timeout 1s', {tlsServerName: 'n', as: 'a', asOther: true, cacheDir: 'd', requestTimeout: '1s'}],
    ['get x --as-user-extra k=v', {asOther: true}],
    // Local flags of the same name do not select.
    ['create clusterrolebinding x --user=alice --clusterrole=y', {}],
    ['create rolebinding x --user alice --context b', {context: 'b'}],
    ['--user alice create rolebinding x', {}],
    ['set subject rolebinding x --user=alice', {}],
    ['config set-credentials x --token=t --username=n --password=p --client-key=k --client-certificate=c', {}],
    ['config set-cluster x --server=s --certificate-authority=a --tls-server-name=n --insecure-skip-tls-verify', {}],
    ['config set-context x --cluster=c --user=u --namespace=n --kubeconfig=k', {kubeconfig: 'k'}],
    ['config set-context x -n n --context c', {context: 'c'}],
    ['config view --kubeconfig k --raw --context b', {kubeconfig: 'k', context: 'b'}],
    ['create role x --user u', {user: 'u'}],
    ['get --raw /x --context b', {context: 'b'}],
    // An unknown flag that changes nothing either way.
    ['get pods --context b --brand-new', {context: 'b'}],
    ['get pods --brand-new x --context b', {context: 'b'}],
    ['get pods --brand-new=1 --context b', {context: 'b'}],
    // kubectl errors: what stood before is kept.
    ['get --context b --user', {context: 'b'}],
    ['get --context b --=x --user u', {context: 'b'}],
    ['get --context b ---x --user u', {context: 'b'}],
  ]
  for (const [line, expected] of selections) it(`selects from: ${line}`, () => expect(connection(line)).to.deep.equal(expected))

  const commands: [line: string, expected: Partial<Reading>][] = [
    ['', {command: [], plugin: []}],
    ['get pods', {command: ['get'], words: ['get', 'pods']}],
    ['config use x', {command: ['config', 'use-context'], words: ['config', 'use', 'x']}],
    ['create cm x', {command: ['create', 'configmap']}],
    ['create svc np x', {command: ['create', 'service']}],
    ['create secret tls x', {command: ['create', 'secret', 'tls']}],
    ['-n kube-system get', {command: ['get'], connection: {asOther: false, namespace: 'kube-system'}}],
    ['--user alice create rolebinding x', {command: ['create', 'rolebinding']}],
    ['create --save-config configmap x', {command: ['create', 'configmap']}],
    ['create -f configmap x', {command: ['create']}],
    ['config --kubeconfig view use-context x', {command: ['config', 'use-context']}],
    // What belongs to a sub-command is unknown to cobra's search, which skips the next word.
    ['-A get pods', {command: [], plugin: []}],
    ['-A x get pods', {command: ['get'], words: ['x', 'get', 'pods']}],
    ['-Anx get pods', {command: ['get'], connection: {asOther: false, namespace: 'x'}}],
    ['-- get pods', {command: [], plugin: []}],
    ["'' get pods", {command: ['get']}],
    ['--context=x foo', {command: [], plugin: [], offline: false}],
    ['GET pods', {command: [], plugin: ['GET', 'pods']}],
    ['foo', {command: [], plugin: ['foo']}],
    ['foo bar-baz --context x y', {plugin: ['foo', 'bar-baz'], connection: {asOther: false}}],
    ['foo -- get', {plugin: ['foo']}],
    ['k121 guard', {plugin: ['k121', 'guard']}],
    ['create foo -n x', {command: ['create'], plugin: ['create', 'foo'], connection: {asOther: false}}],
    ['create -n x foo', {command: ['create'], plugin: []}],
    // Completion reads the line without its last word.
    ["__complete get pods --context b ''", {complete: true, command: ['get'], connection: {asOther: false, context: 'b'}}],
    ['__completeNoDesc get --context b', {complete: true, command: ['get'], connection: {asOther: false}}],
    ['__complete get --context=b', {complete: true, connection: {asOther: false}}],
    ["--context=b __complete get ''", {complete: true, connection: {asOther: false, context: 'b'}}],
    ["__complete foo --context b ''", {complete: true, plugin: ['foo'], connection: {asOther: false}}],
    ['__complete', {complete: true, command: []}],
  ]
  for (const [line, expected] of commands) it(`finds the command of: ${line}`, () => expect(read(line)).to.deep.include(expected))

  const offline = ['', 'help', 'help get', '-h', '--help', 'get -h', 'get pods -Ah', '--context x', 'options', 'completion bash', 'version --client', 'version --client=true', 'plugin list', 'kustomize .']
  for (const line of offline) it(`needs no cluster: ${line}`, () => expect(read(line).offline).to.equal(true))

  const online = ['get', 'version', 'version --client=false', 'version --client --client=0', 'get -l --help', 'get -- -h', 'get --help=false', 'foo -h', '-A get pods', 'config view', 'exec p -- -h', 'get --brand-new --help', "__complete ''", 'kuberc view']
  for (const line of online) it(`may need one: ${line}`, () => expect(read(line).offline).to.equal(false))

  const refused: [line: string, part: string][] = [
    ['get pods --brand-new --context b', '"--brand-new"'],
    ['get pods -Zn b', '"-Z"'],
    ['--brand-new get pods', '"--brand-new"'],
    ['create --validate --user u', '"--validate"'],
    ['create --validate configmap x', '"--validate"'],
    ['apply -f x --validate --context b', '"--validate"'],
    ['get --kuberc x', 'kuberc'],
    ['get --kuberc=x', 'kuberc'],
    ['get -l x--kuberc=/path', 'kuberc'],
    ['get -l --kuberc', 'kuberc'],
    ['foo --kuberc=x', 'kuberc'],
    ['kuberc view --kuberc=x', 'kuberc'],
    ['get -l -- --kuberc x', 'kuberc'],
    ['create foo --context b', '"create foo"'],
    ['create foo -l --kubeconfig=x', '"create foo"'],
    ['--kubeconfig x foo', 'without --kubeconfig'],
    ['--kubeconfig=x create foo', 'without --kubeconfig'],
    ['--kubeconfig x help', 'without --kubeconfig'],
    ["--kubeconfig x __complete get ''", 'without --kubeconfig'],
    ['-A --kubeconfig=x get pods', 'without --kubeconfig'],
    ['--user create --user=x create rolebinding y --as rolebinding rolebinding --context --user', 'differently'],
    ['__complete get -shttp://xL x', 'differently'],
    ['get a\0b', 'NUL'],
    [`get ${[1, 2, 3, 4, 5, 6, 7].map(n => `--new-${n}`).join(' ')}`, '"--new-'],
  ]
  for (const [line, part] of refused) {
    it(`refuses: ${JSON.stringify(line)}`, () => {
      const result = readKubectlArgs(split(line))
      expect(result).to.have.property('ok', false)
      if (!result.ok) expect(result.message).to.contain(part)
    })
  }

  it('allows the text of --kuberc behind two dashes', () => expect(read('exec p -- x --kuberc=y').connection).to.deep.equal({asOther: false}))

  it('says nothing of what stands beside a flag', () => {
    for (const line of ['get --token=hush--kuberc=x', 'create foo --token=hush', 'create foo -shush'])
      expect(JSON.stringify(readKubectlArgs(split(line)))).to.include('"ok":false').and.not.include('hush')
  })

  it('refuses what is no UTF-8', () => expect(readKubectlArgs(['get', 'exec', '--', 'a\ufffd'])).to.have.property('ok', false))

  it('quotes what the line holds', () => {
    const result = readKubectlArgs(['get', '--\u001b[31m\u202e\n"', '--context', 'x'])
    expect(result).to.have.property('message', String.raw`cannot tell whether "--\u001b[31m\u202e\n\"" takes the word after it`)
  })
})

describe('rewriteKubectlArgs', () => {
  const rows: [line: string, expected: string][] = [
    ['get pods', 'get pods'],
    ['get pods --kubeconfig x -n y', 'get pods -n y'],
    ['get pods --kubeconfig=x', 'get pods'],
    ['--kubeconfig x get pods', 'get pods'],
    ['get --kubeconfig x pods --kubeconfig=y --kubeconfig=', 'get pods'],
    ['get -l --kubeconfig=x', 'get -l --kubeconfig=x'],
    ['get -n --kubeconfig x', 'get -n --kubeconfig x'],
    ['exec p -- x --kubeconfig y', 'exec p -- x --kubeconfig y'],
    ['foo --kubeconfig x', 'foo --kubeconfig x'],
    ['config view --kubeconfig x', 'config view'],
    ['--kubeconfig=x help get', 'help get'],
    ["--kubeconfig=x __complete get ''", "__complete get ''"],
    ["__complete get --kubeconfig x ''", "__complete get ''"],
    ['__complete get --kubeconfig x', '__complete get --kubeconfig x'],
    ['get -f a -f b -- c -- d', 'get -f a -f b -- c -- d'],
  ]
  for (const [line, expected] of rows) it(`makes of: ${line}`, () => expect(rewriteKubectlArgs(split(line))).to.deep.equal(split(expected)))

  it('does not touch a refused line', () => expect(() => rewriteKubectlArgs(['get', '--kuberc=x'])).to.throw('refused'))
})

describe('connectionFlagIn', () => {
  const rows: [line: string, expected: string | undefined][] = [
    ['foo bar', undefined],
    ['foo --kubeconfig x', '--kubeconfig'],
    ['foo --kubeconfig=x', '--kubeconfig'],
    ['foo --token=hush', '--token'],
    ['foo --client_key x', '--client_key'],
    ['foo -kubeconfig x', '-kubeconfig'],
    ['foo -s x', '-s'],
    ['foo -shttp://x', '-s'],
    ['foo -As x', '-s'],
    ['foo -ojson', undefined],
    ['foo -n ns -l app=s', undefined],
    ['foo --kubeconfigs x', undefined],
    ['foo --as x', undefined],
    ['foo -- --context x', undefined],
    ['foo --user= x', '--user'],
  ]
  for (const [line, expected] of rows) it(`finds in: ${line}`, () => expect(connectionFlagIn(split(line))).to.equal(expected))
})
