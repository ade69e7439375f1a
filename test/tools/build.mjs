// npm run tools: builds the programs that check what add-ons render, once.
import { prometheusPrograms } from './prometheus/programs.mjs'

for (const [name, path] of Object.entries(prometheusPrograms.ensure()))
  console.log(`${name}  ${path}`)
