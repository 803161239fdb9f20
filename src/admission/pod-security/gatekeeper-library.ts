import type {Form} from './gatekeeper-forms.js'

/**
 * The templates of Gatekeeper's library by content: every state of its main
 * branch from 2019-08 to 2026-07 (open-policy-agent/gatekeeper-library 5c441fb6,
 * and open-policy-agent/gatekeeper, where it lived until 2020-09). The digests
 * are those of `templateCodeOf`. Each code was read: what its name promises and
 * what it refuses differ.
 */
export interface LibraryCode {
  engine: 'Rego' | 'CEL'
  /** Of the template, as it says itself; several share a code. */
  versions: string
  /** What it refuses, by its parameters. */
  form: Form
  /** A later ephemeral container is looked at; all are where the pod as a whole is. */
  seesEphemeral: boolean
  /** It judges updates: most stop at once, since 2023-09. */
  seesUpdates: boolean
  /** It knows `exemptImages`. */
  hasExemptions: boolean
}

type Row = readonly [engine: LibraryCode['engine'], versions: string, form: Form, flags: 'e' | 'u' | 'x' | 'eu' | 'ex' | 'ux' | 'eux', digest: string]

const ROWS: readonly Row[] = [
  // K8sPSPAllowPrivilegeEscalationContainer
  ['Rego', 'before 1.0.0', 'escalation', 'u', 'e176a65fa2bfd1280d8b337f08616d5c6b4732aa0a8c3b1eda891450cb7ebcf3'],
  ['Rego', 'before 1.0.0', 'escalation', 'ux', '295156e2e82eeee738b36084c04dfe1e683a02573e8cee6150e35b6fa5276a40'],
  ['Rego', '1.0.0', 'escalation', 'eux', 'c9866b528c1d3593ed956adcdfa92889f1ee39a225ad8aada004ae0c0dc7fd38'],
  ['Rego', '1.0.1 to 1.1.1', 'escalation', 'ex', '7cfd3815500893eed7588d673567ca9efca4abf20edfd975c7ec84449768442a'],
  ['CEL', '1.1.0 to 1.1.1', 'escalation', 'ex', 'aea3f1dda3b624e9f755307eeb7276a50d621310a367ed41b502f71389e1859c'],
  // K8sPSPAllowedUsers
  ['Rego', 'before 1.0.0', 'users', 'u', '9905440d4bc82c48446c2fe33ea737fef32a86e270131885475f93cb865255b6'],
  ['Rego', 'before 1.0.0', 'users', 'u', '06319c165c2d38d015ff8e92ee21e833599a998e56c762451b9c67dd2672b151'],
  ['Rego', 'before 1.0.0', 'users', 'u', '6676d3d866d388b01ad94e242630f62ae8543135a3c773c21816556de245c7c9'],
  ['Rego', 'before 1.0.0', 'users-clash', 'u', '912f896bfb958568957b56484f6893a085d6ea8d69362a8b258dee9eac4c6be2'],
  ['Rego', 'before 1.0.0', 'users', 'u', 'cbfd9cc56890d65d50ff9935dd8fd1e8b35b238d5ed8c5da03818e16041b2817'],
  ['Rego', 'before 1.0.0', 'users', 'ux', '529e523d8846601b6aadf1a10a2d0910057f71957626d65026196c3b7ff04a59'],
  ['Rego', '1.0.0', 'users', 'eux', '3030f570f525dcea9898f124d7d469ac802140a0309fbbc761d0baed2008aa3d'],
  ['Rego', '1.0.1', 'users', 'ex', '3a4dabe109639648a240301073dceaf001eda4572f974675dddcefc2d4f26a3e'],
  ['Rego', '1.0.2 to 1.0.3', 'users', 'ex', '6755ccf806d66bf95d2ba3c16b64bff6193edf0ea1c3aeeee185a014b10f09c5'],
  // K8sPSPAppArmor
  ['Rego', 'before 1.0.0', 'apparmor-any', 'u', 'c3596136d4f13f89a5c77d24931d7b62abde6f0962bbe06f5018e9edee3aa28b'],
  ['Rego', 'before 1.0.0', 'apparmor-annotations', 'u', '62c1309e04c6a45727c60759b8cb2439f11e915be563402effe2a64f68f348b6'],
  ['Rego', 'before 1.0.0', 'apparmor-annotations', 'u', 'd6b2c78353cd9be56c3cfa651ddeb2e43d7be2f7ce54b92dccc435e4d74d27d8'],
  ['Rego', 'before 1.0.0', 'apparmor-annotations', 'ux', '3c629ed37d74a67c7081990efdc71d77a4eb7ec083d39a7ce1790dd55c8b7d58'],
  ['Rego', '1.0.0', 'apparmor-annotations', 'eux', '3a6977db8b4c26217f1eb59129a9316d6bbb18a7055ee674f39ac6c916b5f5f4'],
  ['Rego', '1.1.0 to 1.1.1', 'apparmor', 'eux', '6317a18149373cadbfb5a088fc7ac10400f45473a63417eaa7635c753c1442ab'],
  ['CEL', '1.1.0 to 1.1.1', 'apparmor', 'eux', '9835c35b644e29dba476cf03f1344389c54d64095a92f9bf89085e704904812b'],
  // K8sPSPCapabilities
  ['Rego', 'before 1.0.0', 'capabilities-exact', 'u', '3edbdbda51b968751a300f2e5060d0de57c9e74dbd90217d7b21b9e91a2de009'],
  ['Rego', 'before 1.0.0', 'capabilities-folded', 'u', '2c6596ded32806339e7c1044c765145b2a82567b829c8ecdb91897a13f649c61'],
  ['Rego', 'before 1.0.0', 'capabilities-folded', 'ux', '05c7bc5377985366a4694e5b2b9b83ec1b983199277196360073491d1a505d7f'],
  ['Rego', '1.0.0', 'capabilities-folded', 'eux', 'db4a6d318a64053f461b14f2acb2a8483a15fe9c1675589150e56c7de0eb347b'],
  ['Rego', '1.0.1', 'capabilities-folded', 'ex', 'ce310666873d68f6af03d928a33cc9750f7d9cf4779c9dfba9a8fd7e65ce84d1'],
  ['Rego', '1.0.2 to 1.1.3', 'capabilities-folded', 'ex', 'cb6fcdd6638f85b60dc6fc28c8712704a0b1b25b85b1ee8cd16a1dd08183231a'],
  ['CEL', '1.1.0 to 1.1.1', 'capabilities-mixed', 'ex', '6b0a431e920cc05ef6d4f55ba95900498a3801534c2ff90ae93a404234f244b1'],
  ['CEL', '1.1.2 to 1.1.3', 'capabilities-mixed', 'ex', '7d87135fbcf0a99ba8dfe3ea7bfbe1b79ddec1447ebbb7ecf0c61efbc33f53fd'],
  // K8sPSPForbiddenSysctls
  ['Rego', 'before 1.0.0', 'sysctls-forbidden', 'eu', 'a3e12a628716bdd5ed92936a4d083928340c0e2680de65d7f99a94a2d1e9dae3'],
  ['Rego', 'before 1.0.0', 'sysctls-forbidden', 'eu', '8750f0008acefb07959899acb194a2200fd5737e18a87350aebefc4f70adbd27'],
  ['Rego', '1.0.0', 'sysctls-forbidden', 'eu', '0a0dd9e7345fe5da4f8f122d321c672dc0de54eda5580e26208a1b905c1f887c'],
  ['Rego', '1.1.0', 'sysctls', 'eu', 'b0d4c01bf95906ff482fb968f64eca657c3f234379a8f313da14b21ae036538d'],
  ['Rego', '1.1.1', 'sysctls', 'eu', '0928c61881d19407b84cccdb0f66832222bf9a1a9c8d557c9774810af8eb40e4'],
  ['Rego', '1.1.2', 'sysctls', 'e', '8aa7fe7d79dba03c4f7493445a195721e72d5ea0f2766c5ac3a17db01b93239f'],
  ['Rego', '1.1.3', 'sysctls', 'e', 'f2783ecacf20dab9e9315d617b01788a2dbc3cd79521dbdf3b68651fd7a64c78'],
  ['Rego', '1.2.0 to 1.2.1', 'sysctls', 'e', 'df95d1c006ff53a18b99e8afb9276b6a053c4ef198dd9c88e186324364b18004'],
  ['CEL', '1.2.0 to 1.2.1', 'sysctls', 'e', '630bbf36b1649ac26f2dc041665b7a125101c18275f18066caaba24a8b0c3aa9'],
  // K8sPSPHostFilesystem
  ['Rego', 'before 1.0.0', 'host-filesystem-open', 'eu', 'd39c1aa8f1ae4ab40a98f1393c704d39f73db9df18bcd457c97cad1b4421c11f'],
  ['Rego', 'before 1.0.0', 'host-filesystem', 'eu', 'ec05b1496d14f09ee488d2969024186cae6e09a9d5bb38eda7a038ae30a33074'],
  ['Rego', 'before 1.0.0', 'host-filesystem', 'eu', '177d41809025517dc6fad3e2e2fc8417d6b34db9393803f1dea72f8cd2fa6846'],
  ['Rego', '1.0.0', 'host-filesystem', 'eu', '024a63e3f8234590e779d1e6cb3371dd5d654e7854a878d83856d034951531a1'],
  ['Rego', '1.0.1', 'host-filesystem', 'e', '450334d1e5a3093fb39db21fea1bf25f2ac5cfa0c2723899f0721334411281a7'],
  ['Rego', '1.0.2 to 1.1.2', 'host-filesystem', 'e', 'f6bb8340b82bf31e89a2bff172736768c99191951d9d100c4627782045b35ed8'],
  ['CEL', '1.1.0', 'host-filesystem', 'e', '814e16fcd439abb037d2e5c3c14db3be7d0bbab4d1edefdf043f1580eaa39c9b'],
  ['CEL', '1.1.1 to 1.1.2', 'host-filesystem', 'e', 'f23c76f1d0aeeb0fdad5041dcbf85ed010e0172ddd7759f6f7ca69feb8391878'],
  // K8sPSPHostNamespace
  ['Rego', '1.0.0', 'host-namespaces', 'eu', '1d32b9a504ec720160a54041f3af67aec1b64f028643ebd745c352cd54c1e84d'],
  ['Rego', '1.0.1 to 1.1.1', 'host-namespaces', 'e', 'd162add7e8b5f68545ffc30bf6641d92a0f40cfc8410497b52baa9d39d1552e1'],
  ['CEL', '1.1.0 to 1.1.1', 'host-namespaces', 'e', '21db45e442511b85cb9928c2ffb3b0fc4e7bb7ce112e916108e2e2005a014565'],
  // K8sPSPHostNetworkingPorts
  ['Rego', 'before 1.0.0', 'host-ports', 'u', '4214843ce6d2a753503bf677a13d1d38c286bffd4ecce7509a6e1dbf71fac6f1'],
  ['Rego', 'before 1.0.0', 'host-ports', 'ux', '08f4b1c2e686a4da462e13c9dd529703f8401dbbde4ddf1f531a590f116af0cf'],
  ['Rego', '1.0.0', 'host-ports', 'eux', '59e6208e441b49b380d9eac63bbe1757249bc16fb6f125e28b53eb9d2d379a54'],
  ['Rego', '1.0.1', 'host-ports', 'ex', 'f90f0a15f500cdaff50f394d0774e8b474c4f31e5a7f1ba8d758487417cd1c61'],
  ['Rego', '1.0.2 to 1.1.5', 'host-ports', 'ex', 'f526b79aa7b135d5c34ffe6687b935e8e46608d0f29f86df70f5e7b3a3109f53'],
  ['CEL', '1.1.0', 'host-ports-all', 'ex', '3c69ddce9a61a5ecc64d0bc051ccf0d9a4e4fc7dcbb00e53449486e4089e5fd5'],
  ['CEL', '1.1.1', 'host-ports-all', 'ex', '6c4d8332b816444dda3d64e0a5659bdb5601fb4422d43fd9d8a8c839d3923971'],
  ['CEL', '1.1.2', 'host-ports-all', 'ex', '7434f897ac9b6b6730cac3ebfe6a60559caa6bd15b6ef6457756882abdfa69e8'],
  ['CEL', '1.1.3', 'host-ports-all', 'ex', '05446662abd7f8c439ad6d2fdcec2c4a604b792c7a4fbd9194a816914f725732'],
  ['CEL', '1.1.4 to 1.1.5', 'host-ports-all', 'ex', '8eb5c1fca9b7de99c83870107468a834a53e783133d7b2773d4697fe7359e763'],
  // K8sPSPHostProbesLifecycle
  ['Rego', '1.0.0 to 1.0.1', 'probes', 'ex', 'c3c950beffcc10bd124447e3bf5702b4b859ebe894a4a8a1dc3d093b3aa97ae9'],
  ['CEL', '1.0.0 to 1.0.1', 'probes', 'ex', 'e56eabd79e728ea313758e9919cee562d6ca15fcd359add04e33640cb8a3a0db'],
  // K8sPSPHostProcess
  ['Rego', '1.0.0 to 1.0.1', 'host-process', 'ex', '3a1bffab98bec90dba504f1e43552ffe52aead65656e9a9ad1fa37f0d550369d'],
  ['CEL', '1.0.0 to 1.0.1', 'host-process', 'ex', 'baaae618f5b226c983165dedea2a6e9cf041e3c0a5be0c7a293626e9ce30a3cf'],
  // K8sPSPPrivilegedContainer
  ['Rego', 'before 1.0.0', 'privileged', 'u', '700629beb6d4b0873d4932d60171e6c3e37d35ee3dfaca9d458b67911881d5e2'],
  ['Rego', 'before 1.0.0', 'privileged', 'ux', '4819136ad1f7e2c6c4e96f1a9210fcb93b9695d0cc87a27f77a5256960fe90be'],
  ['Rego', '1.0.0', 'privileged', 'eux', '2f75c2e4b9c9d60c83fd29f79e4aa1c97e880e77f5989de82c407db2960d12a6'],
  ['Rego', '1.0.1 to 1.1.3', 'privileged', 'ex', '30974c73b1c91594e3e816435328bc23da502141220752b09bff93ffd62d9aa6'],
  ['CEL', '1.1.0', 'privileged', 'ex', 'ca7d8ab253dc3a8906c6a92e0b7b7c65f2f7ee39b48de2da3323eba8ce893dd1'],
  ['CEL', '1.1.1', 'privileged', 'ex', '2f70c67a55a13aee69ad21ffc21ffa70bf984ae4593044e579e5ce7a3dbab266'],
  ['CEL', '1.1.2 to 1.1.3', 'privileged', 'ex', '917995e180e01028ae1d5aaf0c284d03c353e9beed3e10440ef76869c8eb7ef3'],
  // K8sPSPProcMount
  ['Rego', 'before 1.0.0', 'proc-mount-exact', 'u', '68e347332b564c0ea47a8065eabe62e3777d50be89a269b8425c96222db36290'],
  ['Rego', 'before 1.0.0', 'proc-mount', 'u', 'ebc071673c3f419586f6a189b88a982ce60767c934a5a5ea92bbf5b9302b1d37'],
  ['Rego', 'before 1.0.0', 'proc-mount', 'ux', '5c3118c773e7c8ac140dd019ae11e093262c837e6d5e6ffa5a5df6e570716f8e'],
  ['Rego', '1.0.0', 'proc-mount', 'eux', 'dfc302042430ae442d078f8bd6626f5a9478d613e70c100c5a060b9ece00a721'],
  ['Rego', '1.0.1', 'proc-mount', 'eux', '86bff48fc66b7b4a4f574e3be2dacf443883470afe5c40c017130b677f04d624'],
  ['Rego', '1.0.2', 'proc-mount', 'ex', '6e94ed956fb72a5356118441b026832a7cc11cf822a1c5fc1f97b9bbe5722513'],
  ['Rego', '1.0.3 to 1.1.1', 'proc-mount', 'ex', 'ebe66f1c942ce87eef520013f0a89a7001d5e4b0eb85de8eff2b4ad508257b87'],
  ['CEL', '1.1.0', 'proc-mount', 'ex', '423dd0228ceb56b3161a68cda1d93f1750efa0ac0d310c281f6f4a6d4a960122'],
  ['CEL', '1.1.1', 'proc-mount', 'ex', '39e6bf6170870493d30e5c18901b6c1fc9df41660e73d4ecfc90d30f957bde11'],
  ['Rego', '1.1.2 to 1.1.3', 'proc-mount', 'ex', '7dbb557b92f1bacb7f8ff2de7a24a050df178d22323e30f8ed1f5ea3321efcb5'],
  ['CEL', '1.1.2 to 1.1.3', 'proc-mount', 'ex', '6f319148cf38331f261759c1c459757db8b204a65c3f0bc307f1b641839d32fb'],
  // K8sPSPSELinux
  ['Rego', 'before 1.0.0', 'selinux-one-field', 'u', 'a5c7b771155057b04aaad6cbe260593b1ff0524c2a16d9c9e715444b40eddb16'],
  // K8sPSPSELinuxV2
  ['Rego', 'before 1.0.0', 'selinux', 'u', '0443f66edf2d8d481b1a765645b82931287a373d856a0733a22aa8b71cf8496b'],
  ['Rego', 'before 1.0.0', 'selinux', 'ux', 'c579249d080ea8245604f4b86963401bbcab518773b834c62b73603593beb899'],
  ['Rego', '1.0.0', 'selinux', 'eux', 'b677059ea145ea9957a0d6cad743dd50d8325c2ec83d558908b7e6f8276380b0'],
  ['Rego', '1.0.1', 'selinux', 'ex', 'bb8a02a59633efb14e37a1ca0b67f96dab52cca53e9b7d86dd0246b20b7c82c9'],
  ['Rego', '1.0.2', 'selinux', 'ex', 'd2427025d8c22ca440de6fb930e70d3c459386e755e4434ae98818fa9c0bca5f'],
  ['Rego', '1.0.3 to 1.0.4', 'selinux', 'ex', '6303ce2243a48e68cb70e619143c7135e640200514b18ed0cd0cffa863d0574c'],
  // K8sPSPSeccomp
  ['Rego', 'before 1.0.0', 'seccomp-annotations', 'u', '4342567984a2c3e48c6025e1d736bd7a2dd2f2f13e23eb3076c366563ac728d0'],
  ['Rego', 'before 1.0.0', 'seccomp-annotations', 'u', 'a375b889532c04ccf5585b0a91642feae6d010f061f12cf9ba4614ac7c34eff0'],
  ['Rego', 'before 1.0.0', 'seccomp-annotations', 'ux', '0b9e7bc1c641fb0ef1beedbd4cbf84efcf387008e2ce8ae350dd793440a1e8c8'],
  ['Rego', 'before 1.0.0', 'seccomp', 'ux', '7468326c3c811dffa90d1bd3a33f6e897fb95298d7834a20cadefdd7e1fdc689'],
  ['Rego', '1.0.0', 'seccomp', 'eux', 'a2409b2f16d2d252519077530a1c296dc1d16ce5b8fd4eac7da16a1397812e64'],
  ['Rego', '1.0.1', 'seccomp', 'eux', '1f90359ea7187b75de13607b84e753279df16f695291423c69cf3248ed7f9bf9'],
  ['Rego', '1.1.0', 'seccomp', 'eux', 'a7272c54b0a9d855d32d133496fb0c28be8eeed030ac77dd78da985400f5f71a'],
  ['CEL', '1.1.0', 'seccomp', 'eux', '6700e3af275f82da45830e15d4cdd8269b95571a62ce10818e050d37d11e3aac'],
  // K8sPSPSeccompV2
  ['Rego', '1.0.0 to 1.0.1', 'seccomp-fields', 'eux', '51c9c2b6c9aa135fe080fa731bce8b8c91a33e32c7e9d6f886e987fb062b8bbf'],
  ['CEL', '1.0.0 to 1.0.1', 'seccomp-fields', 'eux', '462f45473fbb1f272ca7179deeafc5577c39160ba1ab53d2c97633eaf33c9c45'],
  // K8sPSPVolumeTypes
  ['Rego', 'before 1.0.0', 'volumes', 'eu', '88c4f7783fe2e564a3767d1f68d1ac01ca32fcfc9d703ba2183608d13eba8022'],
  ['Rego', '1.0.0', 'volumes', 'eu', '98b194549272154fde4093abefa5d58f2a3ea8bdd695dc1f8c85242bc4712e86'],
  ['Rego', '1.0.1', 'volumes', 'e', 'c90452c89ca169b1062ebfe7a6f653a27683177ecf53ba7a512e4e369f06840d'],
  ['Rego', '1.0.2 to 1.0.3', 'volumes', 'e', '68be9a2f56e8814025ce7c1f6ce7a12cd74d903ae49371f5b48fcd98793fed02'],
]

export const LIBRARY: ReadonlyMap<string, LibraryCode> = new Map(ROWS.map(([engine, versions, form, flags, digest]) =>
  [digest, {engine, versions, form, seesEphemeral: flags.includes('e'), seesUpdates: flags.includes('u'), hasExemptions: flags.includes('x')}]))

/** Of the library too, and about nothing that the Pod Security Standards ask. */
export const OTHER_LIBRARY: ReadonlySet<string> = new Set([
  // K8sAllowedRepos
  'ca7744ffd8ae67e4d1408c7579adaa2115f01b5a197013a70eabe43e14af2c44',
  '37560ab76a534fe502574b1c43d528595cdd0c80297a68486ba043ce9032f45a',
  '8bac1df33d11a849dbbb49bfe137256d9a9b4ac8b198d98910b0d93f5cbcbb9b',
  'f5ae401cf015c9b03e18439ee46a6aae2b1a1d2cb02458d43ef4061a7370a6fd',
  // K8sAllowedReposv2
  '325d2431f61dbfe820ded7726a0bc8daba4c50eef5c5cf62e53ea1a93bb37c97',
  // K8sBlockEndpointEditDefaultRole
  '4cc77179cc78445a04f3a90fcda514d2503b69d4b3383016e325fb3d11580b40',
  // K8sBlockLoadBalancer
  '8058178d58a9662de248f0ac30390aa92f1cab5e0e78bbf0e6248fcdea65bb90',
  // K8sBlockNodePort
  '520bd3282506008dacb02bcdba39a5efd602912d1de093f9e210b19330b43b60',
  // K8sBlockWildcardIngress
  '89932ebf9921f26993230005b34a9a0aaa5ea7e86904a8bb6c70976028f8230b',
  // K8sContainerEphemeralStorageLimit
  'f49f15d0f04b04381c99d89c2f06f4c820cbdab60469573c6468f655e43f17b8',
  '362f527bfe7f90538c8e9be4b63497b003ca4d5849a377bee114187ffe8d88cf',
  '1e8e9dd0de60facc1b79d15c38c15c9540cc05c7e9e30584d2a03ccee8feafe7',
  // K8sContainerLimits
  'eed8988284af93bf370570311dc35a5a8c29d707d6f701b767640f4620615a5e',
  '48ad8f468049a8eb89fc489afab8bb9439bf165346879be1fa86b6bcfec8e4f1',
  '373dadb0915b7412e52ed2e8868d86271c1e3b5bce0e3c073243ce84b255a717',
  '97556c9c67b30b2f44467160b52ba68f4e307c69cda507c5cd01428951953d9b',
  'e5b1febfa9d3b74e511ed7f7eee0a9f724cfb2697a72430cfaeb127e17d3cec1',
  'e61a0d4476a1305a6febe13bf18ca0f38cb43e20c9f10149ddb10e147c8a1fae',
  'bec88ddb32b1dcf64232fef3522160e4492ce36983b8b275a167c8daca53c388',
  // K8sContainerRatios
  'f7f7c39f2d2a62bc0b0262777c61b22e5142a09d70330a698f8fed05aaab241d',
  'a2ace5f896cddf40041f07249490a43ceb7e87612d43ef56ade960fce3c703c1',
  'a5fe59cfb4d0c58c4fbb2de255990e14695d6ecea421c9c5ac2c3f99edf49c14',
  '1d44f4b0504f20553b07042119e405c59883e0f1e79a05431862130bc387d5b1',
  '67a427898ee16b3d31d1fbbb14d50886d31d51ab7548615637d91ed9a229add3',
  // K8sContainerRequests
  '1931defb42dd48dac04ffaab0877527b4821f1bd4e6d0990dec97abec05bb20f',
  '33ee4692434764a7e4eb9b441da7a03c390f26e9b3ac2888d850fab94d1027fc',
  // K8sDisallowAnonymous
  '1e4e1b473db14a59c967a2ee6305a5f2d192fab64083d8ac841b0d5dbb4035a9',
  '4a32cae5eefd490a38ff55752b577428e28f25191fa8d3af93478e2887b74b25',
  'dbb63eec405886a441c9ce01aa7e4b9b7b277fba890832b2b7cdff363e546d4a',
  // K8sDisallowInteractiveTTY
  '4a9ec4089307f509a44f0690633d1653a0b2081c3e7d5b7a10cabf9259a6f673',
  // K8sDisallowedRepos
  '58d8b11ec039bbb8a6fa770c4fee8cfe09087cbb61cf0d0f6700a5e6a5803294',
  // K8sDisallowedTags
  '3c3837244de3326d6a6241dd01b1579fb9348fe4fe625152f5e22e7341038c9c',
  '71b824a77c1692c03e46dcacd282437c457e01f19f08fba72d4ddd71d1eb5a1a',
  'a6bd7a8f1f42637f81af5ec4d7d2547e26cd251c9321f86164fa6ecb4c2191fb',
  'bf79ebafba7bae54453b4720913d01b6187bfac69d006d867457d071bd4d1000',
  'a7f1c567efebdd6f86813eb9a42302793bee5da5d7c3f2d49a8c15a5b6948441',
  // K8sExternalIPs
  'b5634186c27c0703330ca3da49bc5d2451e8fd5a9a58cc0bcdca956e7f5b056f',
  // K8sHorizontalPodAutoscaler
  'd1f5607c4b8d08bdb492039d90f3af1367e5c09bd75eebc8bf19e4ee94bb0894',
  // K8sHttpsOnly
  'a8e4d589b5156868b9e70f91ffca6209aac78c0d713d81022e1b8927f2c71237',
  '274fd85ced68c077a6165a7b6aafa13d7a8efec65147925be42bd14dfaf66a13',
  '8cc50c1c58b0138166893341739daaf8ca8b6094362b83da0a482abb4471d12d',
  '3634fa891eb106508300de52cca6f48f7d245e3c56f2b1a0972d68dca3beee62',
  // K8sImageDigests
  'a38d7feca84fe298c762931a23d0d2c3982f8052c64a4f01c12473a27db0ac7e',
  '7f772920318d945f6459ace7bdad3d032dc62222a97a828ce42ab2bf5e47fd0f',
  '36100ec302afbe4ab5bcf9abdae76cd74838a915c219caaf64cd7078e64e0b78',
  '8ebe5c9b87df4f017390c8361276f8ead20fd9481c0027187a145aac43902928',
  // K8sPSPAutomountServiceAccountTokenPod
  '61777aa20991c398edc429c4a612b4fa4aee613e1592f429e7786f17707cf6bd',
  '6115434929c5428dbb6a66b6ab8f3dbb0d8363e21bccc95cf8c650489d34186e',
  // K8sPSPFSGroup
  'd522f6930a0a2e5a71ff59a123cf01c2a2c269b3cc32eb7ebecf1cda3a4d6492',
  '0366fd899710627e10d6b55e45aff78464f1ab136d40b057c73ebe7e0aafe97f',
  'e300d6844413a229a4056a92c9c4198d89a9e87aba5ca39dfcecd83d7fac2a9f',
  '2b185cad30b77d5bfa219b00df0145294512bd67fa0ed2499e2b759666136607',
  'e0eca0b15280d6d1341fdd54002b4ffa2fce6aef70800b37f9711af25b44bcfd',
  // K8sPSPFlexVolumes
  '6d53997035b3e2fdf1c825439cb84c45015fb0f200fc4295cd9778618d5f4ce6',
  'a5aea806e18a136c76a1a885a4822792d15b1b96de7daf2c9ec0cd4eab98b628',
  '14d94aca377ac6c76c6e003a094397ec8c88277f687aaea43d21e353f14acf24',
  // K8sPSPReadOnlyRootFilesystem
  '61303e13be6e20f2911a82d398126d06d02ba4bad8705b1c36b2bbbafa9608f2',
  '4e44e9393f821f44754d528b5ded3ee582b8a9b397230821377999de3245fb64',
  '8cdd8e69821af91f83d5abd6207fb7c98c79668153b116c359afd39bf3359cf4',
  'fb58edf646c8996e54e27663db79ea9e574e019819692bbbc84cd82fb18df926',
  '68ad98d0de62c566fbadab24dbfdaf458ac4d822c5ebeba22a42e3e00c40b7d5',
  '3a96b65b5b6deea47298ed62760d3eec51c143509c745345b095a11d9f41020d',
  // K8sPodDisruptionBudget
  'decce834465d114c1e37e42c4f1100ddb94e35e98cb681d5defa59e0e1d3644f',
  'a8adc65d1eeeaa11df779c73ec11bb30cd2508f174c7db901a9ed2216a86cbc8',
  'a72f45dba03ce093571f1640ce263f30e2a546cdeab3004a0a41b82363a178f2',
  // K8sReplicaLimits
  'e07778a8e6e0ddc63f3bfb337cffe38b082fa43f7ac6bceab7cad9e7666d8b21',
  'b84b20a76a876a0cf024fd0852d8b9997b9ff4f29ac68cf97e5ba4ca3ecb95f4',
  '94ed31bc188d37e3d06e585d72eb411d01e45586d573d9ccd8a688f8cd93bd6e',
  // K8sRequiredAnnotations
  '2054e922944210ad924714d5ebd3afd1ae1a021e7f2ef5dab76e7e69457090bd',
  '47ba573056e71ab83a631a743a4a8aad712c7faaab5e5128d2d9b34dd0ff689b',
  // K8sRequiredLabels
  'fef434076f16b7dfd208cbe27a9e8f8aaaea8ee0aec1b76dd7ca846995ab3936',
  '78ee086fb21e197d57fcc4015de8ae381e0cf4ae1e466e2d964d23d9e63582f2',
  '8862b8772e3b638bf604ccc1d23df986bd2ffc55f823b6e513696de6431cb5f0',
  'f2e0fda705d0543de4de19b9dc395acff7a2e7b6d34a44543b9a337f9fd914f8',
  '83d1d9e3ce89e8669c90013af3ccf6aa7a45c1d643135b90e5049bb42b01aba5',
  // K8sRequiredProbes
  '8a0d3bfea1a5ecbc0be27064431bfb0ff6a315347420863921053fe2186918b9',
  '15aff2b9e0e34d323b4362cde042e438b21af20ec7143c476c5d49f2d46d2cfb',
  // K8sRequiredResources
  'f26522f84090ca3ddb388f4cd0eed0f5c299f3f254ae33d2457ae6b58eda3baa',
  // K8sStorageClass
  '48882f5d0a29bd6f0e5ff7d0dfefb489f39e6cfa1959efbaa9f001a6a9fd6b6e',
  '0057f1e8747ffa1e89da241886d26c53bc382cb8a53de472124192b196c283e7',
  'cfa91e78172d2010e646b6caedfdd0e358c7e5d84fa835182c0df5498035f0ec',
  // K8sUniqueIngressHost
  '493f0e34c62b934ab479e9350626c031a856159bfc82e436a982c00a7d8ff339',
  '949d1dd5ae176e86ac329a389aa9bd5800f50dbabef8463a24e79573744ec151',
  '48f9daa9470de3f3cedaad104b7e1644cf49a1c56ff94c4b64fc833ea7477c44',
  '573791ec6b3c1181d43cfd3ab9fe6f7720e6b54fdb87a6a3238471d87e7f47f5',
  'ccabc0ff74bbd73efd75ba81d4b917e01499869f995a0783fb4270f464473cb1',
  // K8sUniqueServiceSelector
  'bca316f01e3a3ba629076f135733a8e140102495fa435d5881e8a25ca2b2ab17',
  '93b301130ddfde14e2bbfa6be074c23d5a67e3e2fd36d73a53e9db85afa1cbbc',
  // NoUpdateServiceAccount
  '425f8273ee1bc1bd03719d7c3154446b48c1c1103cb6fdcb62c14110f4ff59be',
  '55efd5cb847ffaf21d0af54b34d8b4434f11e454d57061298db4412c78c34858',
  // VerifyDeprecatedAPI
  '02212dc311aa49f768db4d62a7d2d589c67ccdd7d589e85c853099a07376a780',
])
