import type {KubeObject} from '../kube/json.js'
import type {ReadKey} from '../kube/resources.js'
import type {SourcePlace} from './finding.js'
import type {ReadOutcome} from './outcome.js'

export interface ReadRequest {
  key: ReadKey
  /** For rows that follow others: the objects to get by name. */
  refs?: readonly {namespace: string; name: string}[]
}

/** Objects of one row, a page at a time; the return value says how it went. Nothing is thrown for what a server answers. */
export type Pages = AsyncGenerator<readonly KubeObject[], ReadOutcome, void>

/** Every page on its way through `change`; how the reading went stays as it was. */
export async function* mapPages(pages: Pages, change: (page: readonly KubeObject[]) => readonly KubeObject[] | Promise<readonly KubeObject[]>): Pages {
  for (;;) {
    const page = await pages.next()
    if (page.done === true) return page.value
    yield await change(page.value)
  }
}

/** The port through which objects arrive: a server, files, or a snapshot. */
export interface ClusterSource {
  kind: 'live' | 'files' | 'snapshot'
  read(request: ReadRequest): Pages
  /** Where an object, or a field in it (`spec.externalIPs[0]`), stands in a file; null for live objects. Asked only while its page is at hand. */
  placeOf(object: KubeObject, path: string): SourcePlace | null
  close(): Promise<void>
}
