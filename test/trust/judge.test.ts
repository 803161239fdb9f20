import {expect} from 'chai'
import fc from 'fast-check'
import type {EnvVar} from '../../src/kubeconfig/model.js'
import {CATALOGUE, LISTED_NAMES} from '../../src/trust/catalogue/catalogue.js'
import {flagTable, words} from '../../src/trust/arguments.js'
import {dangerOf} from '../../src/trust/danger.js'
import type {JudgeOptions} from '../../src/trust/judge.js'
import {judgePlugin} from '../../src/trust/judge.js'
import type {ReasonKind} from '../../src/trust/reasons.js'
import {REASONS} from '../../src/trust/reasons.js'
import {declaredWorld, place, pluginOf} from './declared-world.js'

const HOME = place({path: '/home/user', owner: 'user', groupWritable: 'own'})
const world = declaredWorld([
  {path: '/home/user/yandex-cloud/bin/yc', places: [HOME]},
  {path: '/home/user/.krew/bin/kubectl-oidc_login', places: [HOME]},
  {path: '/usr/bin/aws', shebang: {interpreter: '/usr/bin/python3', argument: ''}},
  {path: '/usr/local/bin/kubectl-oidc_login-get', real: '/usr/local/bin/kubectl-oidc_login-get'},
  {path: '/usr/local/bin/aws-link', real: '/usr/bin/bash'},
])

function judge(line: string, env: EnvVar[] = [], options: JudgeOptions = {}, where = world) {
  const [command = '', ...args] = line.split(' ')
  return judgePlugin(pluginOf({command, args, env}), where, options)
}

const serious = (judged: ReturnType<typeof judge>): string[] => judged.reasons.filter(({grade}) => grade !== 'info').map(({id}) => id)
const AWS = 'aws eks get-token --cluster-name x'

describe('judgePlugin', () => {
  const trusted = [
    [AWS, 'aws-cli'],
    ['aws --region eu-west-1 eks get-token --cluster-name x --output json --role arn:aws:iam::1:role/a', 'aws-cli'],
    ['aws eks --region eu-west-1 get-token --cluster-na=x', 'aws-cli'],
    ['/usr/bin/aws eks get-token --cluster-name x', 'aws-cli'],
    ['heptio-authenticator-aws token -i x -r arn', 'aws-iam-authenticator'],
    ['kubectl oidc-login get-token --oidc-issuer-url=https://i.example.com --oidc-extra-scope=a --oidc-extra-scope=b', 'kubelogin-oidc'],
    ['kubectl oidc-login --listen-address=127.0.0.1:8000 get-token --token-cache-dir=~/.kube/x -v1', 'kubelogin-oidc'],
    ['kubelogin get-token --oidc-issuer-url=https://i.example.com --browser-command=w3m', 'kubelogin-oidc'],
    ['kubelogin get-token --login msi --server-id a --authority-host https://login.microsoftonline.com/', 'kubelogin-azure'],
    ['kubelogin get-token -l azurecli --token-cache-dir /home/user/.kube/cache', 'kubelogin-azure'],
    ['gke-gcloud-auth-plugin', 'gke-gcloud-auth-plugin'],
    ['/home/user/yandex-cloud/bin/yc k8s create-token --profile=p', 'yc'],
    ['/home/user/.krew/bin/kubectl-oidc_login get-token', 'kubelogin-oidc'],
    ['doctl kubernetes cluster kubeconfig exec-credential --version=v1beta1 --context=default 1-2', 'doctl'],
    ['exo compute sks kubeconfig c u --exec-credential --zone ch-gva-2', 'exo'],
    ['scw --profile p k8s exec-credential 1', 'scw'],
    ['aws-vault exec dev -- aws eks get-token --cluster-name x', 'aws-vault'],
    ['tsh --add-keys-to-agent no kube credentials --kube-cluster=x --proxy=t.example.com:443', 'tsh'],
    ['pinniped login static --token-env T --credential-cache=', 'pinniped'],
    ['kubectl-pass auth pem personal/k8s', 'kubectl-pass'],
    ['cci-iam-authenticator token --iam-endpoint=https://iam.myhuaweicloud.com --insecure-skip-tls-verify=false', 'cci-iam-authenticator'],
  ] as const
  for (const [line, helper] of trusted) {
    it(`trusts: ${line}`, () => {
      const judged = judge(line)
      expect(serious(judged)).to.deep.equal([])
      expect([judged.verdict, judged.helper]).to.deep.equal(['trusted', helper])
    })
  }

  it('trusts nothing without the catalogue', () => {
    expect(serious(judge(AWS, [], {catalogue: false}))).to.deep.equal(['catalogue-off'])
  })

  it('is not sure of a program that is not there', () => {
    const judged = judge(AWS, [], {}, declaredWorld([], ['aws']))
    expect([judged.verdict, judged.run, ...serious(judged)]).to.deep.equal(['unknown', null, 'program-not-found'])
  })

  it('says what would run behind kubectl: the longest plugin name, and what follows its words', () => {
    expect(judge('kubectl oidc-login get-token --oidc-client-id=x', [], {}, declaredWorld()).run).to.deep.equal({
      path: '/usr/local/bin/kubectl-oidc_login',
      args: ['get-token', '--oidc-client-id=x'],
    })
    const longer = judge('kubectl oidc-login get token -v1')
    expect(longer.run).to.deep.equal({path: '/usr/local/bin/kubectl-oidc_login-get', args: ['token', '-v1']})
    expect(longer.verdict).to.equal('unknown')
    expect(longer.programs.map(program => program.command)).to.deep.equal(['kubectl', 'kubectl-oidc_login-get'])
  })

  it('looks behind a link to a shell, and at a shim', () => {
    expect(serious(judge('aws-link'))).to.include('disguised-link')
    expect(serious(judge(AWS, [], {}, declaredWorld([{path: '/usr/local/bin/aws', shim: 'mise'}])))).to.deep.equal(['version-manager-shim'])
    expect(serious(judge(AWS, [], {}, declaredWorld([{path: '/usr/local/bin/aws', real: '/usr/bin/dash'}])))).to.deep.equal(['disguised-link'])
  })

  it('lets a concierge have the token only where it is the cluster\'s server', () => {
    const line = 'pinniped login oidc --issuer=https://i.example.com --enable-concierge --concierge-endpoint=https://api.example.com'
    expect(serious(judge(line, [], {server: 'https://api.example.com:443'}))).to.deep.equal([])
    expect(serious(judge(line, [], {server: 'https://api.example.com:6443'}))).to.deep.equal(['flag-moves-token'])
    expect(serious(judge(line))).to.deep.equal(['flag-moves-token'])
    expect(judge(line).hosts).to.deep.equal(['i.example.com', 'api.example.com'])
  })

  it('offers servers only where the vendor owns the names', () => {
    expect(judge(AWS).servers).to.include('https://*.eks.amazonaws.com')
    expect(judge('aws-vault exec dev -- aws eks get-token --cluster-name x').servers).to.include('https://*.eks.amazonaws.com')
    expect(judge('gke-gcloud-auth-plugin').servers).to.deep.equal([])
  })

  it('reads Windows paths as Windows does', () => {
    const USER = place({path: 'C:\\Users\\user', owner: 'user'})
    const windows = {platform: 'win32' as const, home: 'C:\\Users\\user', source: {look: (command: string) => ({
      command,
      road: command.includes('\\') ? ('absolute' as const) : ('bare' as const),
      path: command.includes('\\') ? command : `C:\\tools\\${command}`,
      real: command,
      executable: true,
      location: 'normal' as const,
      places: [USER],
    })}}
    const rows = [
      ['C:\\Users\\user\\yandex-cloud\\bin\\yc.exe k8s create-token', []],
      ['C:\\USERS\\User\\.azure-kubelogin\\KubeLogin.EXE get-token --login azurecli', []],
      ['C:\\Users\\user\\repo\\yandex-cloud\\bin\\yc.exe k8s create-token', ['unvouched-place']],
      ['C:\\Users\\user\\yandex-cloud\\bin\\..\\yc.exe k8s create-token', ['parent-directory-in-path', 'unvouched-place']],
      ['aws.cmd eks get-token', ['windows-script']],
      ['\\\\host\\share\\aws.exe eks get-token', ['network-path', 'unvouched-place']],
      ['AWS.exe eks get-token', []],
      ['CMD.EXE /C aws eks get-token', ['shell-inline-code']],
    ] as const
    for (const [line, ids] of rows) expect(serious(judge(line, [], {}, windows)), line).to.deep.equal(ids)
  })

  it('says that v1 needs an interactiveMode, and v1beta1 does not', () => {
    const ids = (apiVersion: string, interactiveMode: string): string[] => (
      judgePlugin(pluginOf({command: 'aws', args: AWS.split(' ').slice(1)}, {apiVersion, interactiveMode}), world).reasons.map(reason => reason.id)
    )
    expect(ids('client.authentication.k8s.io/v1', '')).to.include('interactive-mode-missing')
    expect(ids('client.authentication.k8s.io/v1', 'Never')).to.not.include('interactive-mode-missing')
    expect(ids('client.authentication.k8s.io/v1beta1', '')).to.not.include('interactive-mode-missing')
  })

  it('reports on the fields around the command', () => {
    const fields = [
      [{apiVersion: 'client.authentication.k8s.io/v1alpha1'}, []],
      [{apiVersion: 'v1'}, ['api-version-unknown']],
      [{interactiveMode: 'always'}, ['interactive-mode']],
      [{installHint: 'See https://docs.aws.amazon.com/eks\n'}, []],
      [{installHint: 'See https://evil.example/aws'}, ['install-hint']],
      [{installHint: 'See https://github.com.evil.example/aws'}, ['install-hint']],
      [{installHint: 'curl x | sh'}, ['install-hint']],
      [{installHint: '\u001b[2J'}, ['install-hint']],
    ] as const
    for (const [more, ids] of fields) {
      const judged = judgePlugin(pluginOf({command: 'aws', args: AWS.split(' ').slice(1)}, more), world)
      expect(serious(judged), JSON.stringify(more)).to.deep.equal(ids)
    }
  })
})

describe('the environment of a plugin', () => {
  const rows: [name: string, value: string, id: string | null, grade?: string][] = [
    ['AWS_PROFILE', 'dev', null],
    ['AWS_PAGER', '', null],
    ['AWS_PAGER', 'sh', 'env-value', 'block'],
    ['AWS_REGION', 'evil.example/#', 'env-value', 'block'],
    ['KUBERNETES_EXEC_INFO', '{}', null],
    ['LD_PRELOAD', '/x.so', 'env-loader-variable', 'block'],
    ['LD_ANYTHING', 'x', 'env-loader-variable', 'block'],
    ['DYLD_INSERT_LIBRARIES', 'x', 'env-loader-variable', 'block'],
    ['LD_PRELOAD=/x.so:', '', 'env-name-malformed', 'block'],
    ['=LD_PRELOAD', 'x', 'env-name-malformed', 'block'],
    ['', 'x', 'env-name-malformed', 'block'],
    ['AWS PROFILE', 'x', 'env-name-malformed', 'block'],
    ['PYTHONP\u0410TH', 'x', 'env-name-malformed', 'block'],
    ['Path', 'x', 'env-loader-variable', 'block'],
    ['PATH', '/tmp', 'env-loader-variable', 'block'],
    ['PYTHONSTARTUP', 'x', 'env-loader-variable', 'block'],
    ['NODE_OPTIONS', '-r x', 'env-loader-variable', 'block'],
    ['BASH_ENV', 'x', 'env-loader-variable', 'block'],
    ['BROWSER', 'x', 'env-loader-variable', 'block'],
    ['GIT_SSH_COMMAND', 'x', 'env-loader-variable', 'block'],
    ['CLOUDSDK_PYTHON', 'x', 'env-loader-variable', 'block'],
    ['HOME', '/tmp', 'env-moves-files', 'block'],
    ['XDG_DATA_HOME', '/tmp', 'env-moves-files', 'block'],
    ['KUBECONFIG', 'x', 'env-moves-files', 'block'],
    ['AWS_CONFIG_FILE', 'x', 'env-moves-files', 'block'],
    ['AWS_ENDPOINT_URL_STS', 'https://evil.example', 'env-moves-token', 'block'],
    ['aws_endpoint_url', 'https://evil.example', 'env-moves-token', 'block'],
    ['https_proxy', 'http://evil.example', 'env-weakens-tls', 'warn'],
    ['GODEBUG', 'execerrdot=0', 'env-weakens-tls', 'warn'],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', '/etc/passwd', 'env-picks-identity', 'warn'],
    ['TELEPORT_HOME', '/x', 'env-unlisted', 'warn'],
    ['FOO', 'bar', 'env-unlisted', 'warn'],
    ['AWS_PROFILE', 'a\u001b[2J', 'control-character', 'block'],
    ['AWS_PROFILE', 'a\u200b', 'control-character', 'block'],
    ['AWS_PROFILE', 'a\nb', 'line-break-in-text', 'warn'],
  ]
  for (const [name, value, id, grade] of rows) {
    it(`${JSON.stringify(name)}=${JSON.stringify(value)}: ${id ?? 'fine'}`, () => {
      const found = judge(AWS, [{name, value}]).reasons.filter(reason => reason.grade !== 'info')
      if (id === null) expect(found).to.deep.equal([])
      else expect(found.map(reason => `${reason.id} ${reason.grade}`)).to.include(`${id} ${grade}`)
    })
  }

  const helpers: [line: string, name: string, value: string, ids: string[]][] = [
    ['kubelogin get-token --login msi', 'AZURE_AUTHORITY_HOST', 'https://login.microsoftonline.com/', []],
    ['kubelogin get-token --login msi', 'AZURE_AUTHORITY_HOST', 'https://evil.example/', ['env-value']],
    ['kubelogin get-token --login msi', 'AZURE_ENVIRONMENT_FILEPATH', '/x', ['env-moves-files']],
    ['kubelogin get-token --login msi', 'AZURE_CONFIG_DIR', '/x', ['env-picks-identity']],
    ['tsh kube credentials --kube-cluster=x', 'TELEPORT_HOME', '/home/user/.tsh', []],
    ['tsh kube credentials --kube-cluster=x', 'TELEPORT_HOME', '/tmp/x', ['env-value']],
    ['tsh kube credentials --kube-cluster=x', 'TELEPORT_HOME', '/home/../tmp/x', ['env-value']],
    ['tsh kube credentials --kube-cluster=x', 'TELEPORT_TOOLS_VERSION', '1', ['env-loader-variable']],
    ['up org token', 'UP_DOMAIN', 'https://evil.example', ['env-flagged']],
    ['k8s-spiffe-workload-jwt-exec-auth', 'SPIFFE_ENDPOINT_SOCKET', 'unix:///run/spire/agent.sock', []],
    ['k8s-spiffe-workload-jwt-exec-auth', 'SPIFFE_ENDPOINT_SOCKET', 'tcp://1.2.3.4:1', ['env-value']],
    ['kubectl-auth_vault get', 'VAULT_ADDR', 'http://v.example.com', ['url-plain-http']],
    ['aws-vault exec dev -- aws eks get-token', 'AWS_VAULT_PASS_CMD', 'sh', ['env-loader-variable']],
    ['gke-gcloud-auth-plugin', 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE', '/x', ['env-moves-token']],
    ['gke-auth-plugin', 'GOOGLE_APPLICATION_CREDENTIALS', '/x', ['env-picks-identity']],
  ]
  for (const [line, name, value, ids] of helpers) {
    it(`${line} with ${name}=${value}`, () => expect(serious(judge(line, [{name, value}]))).to.deep.equal(ids))
  }

  it('sees a variable set twice, whatever the case on Windows', () => {
    const twice = [{name: 'AWS_PROFILE', value: 'a'}, {name: 'AWS_PROFILE', value: 'b'}]
    expect(serious(judge(AWS, twice))).to.deep.equal(['env-duplicate'])
    expect(serious(judge(AWS, [{name: 'AWS_PROFILE', value: 'a'}, {name: 'aws_profile', value: 'b'}], {}, declaredWorld([], [], 'win32')))).to.include('env-duplicate')
  })
})

describe('arguments for display', () => {
  const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln'
  const rows: [line: string, shown: string][] = [
    ['kubelogin get-token --oidc-client-secret=s3cret --oidc-client-id=x', 'kubelogin get-token --oidc-client-secret=<redacted> --oidc-client-id=x'],
    ['kubelogin get-token --oidc-client-secret s3cret -v1', 'kubelogin get-token --oidc-client-secret <redacted> -v1'],
    ['kubelogin get-token --oidc-use-access-token --token-cache-dir /x', 'kubelogin get-token --oidc-use-access-token --token-cache-dir /x'],
    ['doctl x -t s3cret', 'doctl x -t <redacted>'],
    ['doctl x -ts3cret', 'doctl x -t<redacted>'],
    ['cci-iam-authenticator token --sk=s --ak s', 'cci-iam-authenticator token --sk=<redacted> --ak <redacted>'],
    [`my-helper ${JWT}`, 'my-helper <redacted>'],
    ['my-helper --api-key=s --password -s3cret', 'my-helper --api-key=<redacted> --password <redacted>'],
    ['my-helper PASSWORD=s https://u:pw@h/', 'my-helper PASSWORD=<redacted> https://u:<redacted>@h/'],
    ['kubectl oidc-login get-token --password=s', 'kubectl oidc-login get-token --password=<redacted>'],
    ['aws-vault exec p --mfa-token 123456 -- aws eks get-token', 'aws-vault exec p --mfa-token <redacted> -- aws eks get-token'],
  ]
  for (const [line, shown] of rows) {
    it(shown, () => {
      const judged = judge(line)
      expect(judged.redactedArgs.join(' ')).to.equal(shown.split(' ').slice(1).join(' '))
      expect(JSON.stringify(judged.reasons)).to.not.match(/s3cret|123456|c2ln/)
    })
  }
})

describe('the catalogue', () => {
  it('has the 48 helpers, each with a way to be called', () => {
    expect(CATALOGUE.length).to.equal(48)
    for (const helper of CATALOGUE) expect(helper.calls.length, helper.id).to.be.greaterThan(0)
  })

  it('lists no program that is dangerous by family', () => {
    for (const name of LISTED_NAMES) expect(dangerOf(name, [], '/'), name).to.equal(null)
  })

  it('knows the flags that its host and secret lists name', () => {
    for (const helper of CATALOGUE) {
      const table = flagTable(helper)
      for (const flag of [...words(helper.hosts), ...words(helper.secrets)]) expect(table.has(flag), `${helper.id} ${flag}`).to.equal(true)
    }
  })

  it('lists no flag twice', () => {
    for (const helper of CATALOGUE) {
      const plain = [helper.values, helper.lists, helper.switches, helper.joined].flatMap(words).flatMap(names => names.split('|'))
      const all = [...plain, ...(helper.watch ?? []).flatMap(watch => watch.flags)]
      expect(all.length, helper.id).to.equal(new Set(all).size)
    }
  })

  it('accepts no variable that it also flags', () => {
    for (const helper of CATALOGUE) {
      for (const name of Object.keys(helper.envFlagged ?? {})) expect(helper.env ?? [], helper.id).to.not.include(name)
    }
  })
})

describe('the table of reasons', () => {
  it('has whole sentences and something to do', () => {
    for (const [id, row] of Object.entries<ReasonKind>(REASONS)) {
      expect(id).to.match(/^[a-z]+(-[a-z0-9]+)*$/)
      expect(row.meaning, id).to.match(/\.$/)
      expect(row.remedy, id).to.match(/\.$/)
    }
  })

  it('tells what is about the call from what is about its environment', () => {
    const {reasons} = judge(`${AWS} --debug`, [{name: 'LD_PRELOAD', value: 'x'}])
    expect(reasons.filter(({family}) => family !== 'grammar').map(({id}) => id)).to.deep.equal(['env-loader-variable'])
  })
})

describe('the judge against arbitrary text', () => {
  const word = fc.oneof(
    fc.string({unit: 'binary', maxLength: 30}),
    fc.constantFrom('kubectl', 'aws', 'eks', 'get-token', 'aws-vault', 'exec', '--', 'env', 'op', 'run', 'sh', '-c', '--region', '--region=', 'kubelogin', 'oidc-login', '{{ x }}', '--{{ x }}'),
  )

  it('never throws, never prints raw text, and trusts listed helpers only', () => {
    fc.assert(
      fc.property(word, fc.array(word, {maxLength: 8}), fc.array(fc.record({name: word, value: word}), {maxLength: 2}), (command, args, env) => {
        const judged = judgePlugin(pluginOf({command, args, env}), world)
        for (const {message} of judged.reasons) expect(message).to.match(/^[\x20-\x7e]*$/)
        expect(judged.redactedArgs.length).to.equal(args.length)
        if (judged.helper === null || judged.run === null) expect(judged.verdict).to.not.equal('trusted')
      }),
      {numRuns: 2000},
    )
  })

  const costly: [string, string, string[]][] = [
    ['nested launchers', 'env', Array.from({length: 20_000}, () => 'env')],
    ['nested aws-vault', 'aws-vault', Array.from({length: 5000}, () => ['exec', 'p', '--', 'aws-vault']).flat()],
    ['plugin words', 'kubectl', Array.from({length: 50_000}, () => 'x')],
    ['half tokens', 'aws', ['eyJ-'.repeat(300_000)]],
    ['placeholders', 'aws', ['{{<%s$x${'.repeat(100_000)]],
    ['URLs', 'aws', ['a://b:'.repeat(200_000)]],
    ['blobs', 'aws', Array.from({length: 2000}, () => 'A'.repeat(1000))],
    ['a long name', 'rn'.repeat(500_000), []],
  ]
  for (const [name, command, args] of costly) {
    it(`takes no time over ${name}`, () => {
      const start = performance.now()
      expect(judgePlugin(pluginOf({command, args}), world).verdict).to.not.equal('trusted')
      expect(performance.now() - start).to.be.lessThan(1500)
    })
  }
})
