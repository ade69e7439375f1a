import { afterAll, afterEach, expect } from 'vitest'
import { removeTemporaryFolders } from './temporary-folder.ts'

const objectKeys = Object.getOwnPropertyNames(Object.prototype).sort().join()
process.env['TZ'] = 'UTC'

// Untrusted keys such as __proto__ pass through every parser; none may reach the prototype.
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).toBe(objectKeys)
})

afterAll(removeTemporaryFolders)
