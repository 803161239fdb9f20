/**
 * A way to the API server for plain GETs. What a server answers is a value, bad
 * status codes included; `RoadError` is for requests without a whole answer.
 */
export interface ApiRoad {
  get(request: RoadRequest): Promise<RoadReply>
  /** An `Accept` header reaches the server: metadata-only lists and `/flagz` can be asked for. */
  hasAccept: boolean
  close(): Promise<void>
}

export interface RoadRequest {
  /** With query. */
  path: string
  accept: string
  /** No answer larger than this is taken into memory. */
  cap: number
  signal?: AbortSignal
  /** In place of the road's own; somebody may have to log in first. */
  timeoutMs?: number
  /** Where given, a body of status 200 goes here line by line and is not kept. */
  onLine?: (line: string) => void
}

export interface RoadReply {
  status: number
  /** Decoded; empty where it went to `onLine`. */
  body: Buffer
  /** Seconds of `Retry-After`. */
  retryAfter: number | null
}

export class RoadError extends Error {
  override readonly name = 'RoadError'
  constructor(
    /** `gone`: there is no road any more. `broken`: this answer did not come whole. */
    readonly reason: 'gone' | 'broken' | 'timeout' | 'too-large' | 'aborted',
    message: string,
  ) {
    super(message)
  }
}

/** Splits what arrives into lines; `end` gives the last one. A line longer than `limit` is cut. */
export function lineSplitter(onLine: (line: string) => void, limit = 64 * 1024): {push(text: string): void; end(): void} {
  let rest = ''
  return {
    push(text) {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(0, limit)
      for (const line of lines) onLine(line)
    },
    end() {
      if (rest !== '') onLine(rest)
    },
  }
}

/** A server's text for one line of ours. */
export function oneLine(text: string, limit = 240): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}
