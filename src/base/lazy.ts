import { createRequire } from 'node:module'

/**
 * Loads a package or a built-in of Node when it is first needed, synchronously.
 *
 * Templates render synchronously, and most runs need none of the heavy packages, so their
 * cost is paid only by the call that wants one. The bundler turns a call with a literal
 * name into a lazy `require` of the bundled package.
 */
export const requirePackage: (name: string) => unknown = /* @__PURE__ */ createRequire(
  import.meta.url,
)
