import type {KubeObject} from '../kube/json.js'
import type {ReadKey} from '../kube/resources.js'
import type {Fact} from './fact.js'
import type {Confidence, Details, FixableBy, ObjectRef, SourcePlace} from './finding.js'
import type {Outcome, ReadOutcome, SkipReason} from './outcome.js'
import type {Severity, Topic} from './severity.js'

export interface Reference {
  title: string
  url: string
}

/** Where other tools and benchmarks speak of the same danger. */
export interface CrossReference {
  /** `CIS 1.8 5.2.2`, `NSA`, `Trivy KSV-0012`, `Kubescape C-0057` */
  source: 'CIS' | 'NSA' | 'Trivy' | 'Kubescape'
  id: string
}

export interface Variant {
  severity: Severity
  title: string
  /** As `isPreview` of the check, for this variant alone: a kind of object whose behaviour rests on third parties' words. */
  isPreview?: boolean
}

export interface CheckMeta<R extends ReadKey = ReadKey> {
  /** Names the danger; never reused or renamed. */
  id: string
  title: string
  topic: Topic
  severity: Severity
  /** Each variant has one severity of its own: reports to GitHub rest on that. */
  variants?: Readonly<Record<string, Variant>>
  /** Without these the check cannot answer, and is skipped. */
  reads: readonly R[]
  /** Read where possible: without them the answer says what it does not know. */
  alsoReads?: readonly R[]
  /** Further rows that the facts in `needs` read; `defineCheck` fills it in, for whoever wants to know what is read. */
  factReads?: readonly ReadKey[]
  /** Server minors in which the danger exists; both inclusive. */
  since?: number
  until?: number
  why: string
  remediation: string
  references: readonly Reference[]
  crossReferences?: readonly CrossReference[]
  aliases?: readonly string[]
  /** Shown, not counted in the exit code, until a release has shown it quiet on good clusters. */
  isPreview?: boolean
  /** Not run unless somebody names it: what it tells is nothing to act on for most. */
  isOnRequest?: boolean
}

/** What a check says about one object; the engine makes a `Finding` of it. */
export interface Report {
  object: ObjectRef | KubeObject
  /** One of the check's variants; its severity holds. */
  variant?: string
  /** `spec.externalIPs[0]` */
  path?: string
  message: string
  /** What makes two findings about one object and variant different: a canonical address, a control, a direction. */
  key?: string
  /** Not dangerous yet: counted as latent, severity info. */
  isLatent?: boolean
  confidence?: Confidence
  owner?: ObjectRef | null
  count?: number
  /** From `context.place`, taken while the object was at hand; the engine asks itself where `object` is one. */
  source?: SourcePlace | null
  details?: Details
  /** The check's own remediation where absent. */
  fix?: {text: string; patch?: string; risk?: string}
  fixableBy?: FixableBy
}

export interface CheckContext {
  report(report: Report): void
  /** Only in `end()`. */
  fact<T>(fact: Fact<T>): T
  /** How a read of this check went; only in `end()`. */
  outcome(key: ReadKey): ReadOutcome
  /** Ends this check as skipped, whatever was read; only in `end()`. Findings made before stand. */
  skip(reason: SkipReason, detail: string, unblock?: string): void
  /** Ends it as skipped for the sake of one row, whose name the report shows; not at all where the row is whole, or an API that is not there. */
  skipUnread(key: ReadKey, outcome: {outcome: Outcome; detail: string}): void
  /** Ends this check as not applicable: the danger cannot exist here. */
  notApplicable(detail: string): void
  place(object: KubeObject, path: string): SourcePlace | null
  /** The server's minor; null where nothing tells it. Only in `end()`. */
  serverMinor(): number | null
}

/** One function per row named in `reads` or `alsoReads`, and what waits for the whole picture. */
export type Visitor<R extends ReadKey> = {[K in R]?: (object: KubeObject) => void} & {end?: () => void}

export interface Check {
  meta: CheckMeta
  needs: readonly Fact<unknown>[]
  create(context: CheckContext): Visitor<ReadKey>
}

export function defineCheck<R extends ReadKey>(check: {
  meta: CheckMeta<R>
  needs?: readonly Fact<unknown>[]
  create(context: CheckContext): Visitor<NoInfer<R>>
}): Check {
  const needs = check.needs ?? []
  const own: readonly ReadKey[] = [...check.meta.reads, ...(check.meta.alsoReads ?? [])]
  const factReads = [...new Set(needs.flatMap(rowsOf))].filter(key => !own.includes(key))
  return {meta: {...check.meta, factReads}, needs, create: context => check.create(context) as Visitor<ReadKey>}
}

function rowsOf(fact: Fact<unknown>): readonly ReadKey[] {
  return [...fact.reads, ...fact.needs.flatMap(rowsOf)]
}

/** Shown, not counted in the exit code. */
export function isPreview({isPreview, variants}: Pick<CheckMeta, 'isPreview' | 'variants'>, variant: string): boolean {
  return isPreview === true || variants?.[variant]?.isPreview === true
}
