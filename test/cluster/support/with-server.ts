import type {ApiServerOptions, RealApiServer} from './api-server.js'
import {startApiServer} from './api-server.js'
import {missing} from './binaries.js'

/** A server that is there for one `describe`; its tests are skipped, with the reason, where it cannot be had. */
export function withServer(options: ApiServerOptions): () => RealApiServer {
  let server: RealApiServer | undefined
  before(async function () {
    const lacking = await missing(options.minor)
    if (lacking !== null) {
      console.log(`    skipped: ${lacking}`)
      this.skip()
    }
    server = await startApiServer(options)
  })
  after(() => server?.stop())
  return () => server!
}
