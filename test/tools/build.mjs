// npm run tools: builds the programs that check what add-ons render, once.
import { ensureTools } from './families.mjs'

for (const [name, path] of Object.entries(ensureTools())) console.log(`${name}  ${path}`)
