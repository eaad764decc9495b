// Judges an AsyncAPI document by AsyncAPI's own parser: `node judge.mjs FILE`, exit 1 and a line for each fault.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Parser } from "@asyncapi/parser";

const WARNING = 1; // 0 is an error; 2 says that a newer version of AsyncAPI exists, which is no fault

/** What is wrong with a document, as lines `where: what`; none for a valid one. */
export async function faults(text) {
  const { document, diagnostics } = await new Parser().parse(text);
  const found = diagnostics
    .filter((diagnostic) => diagnostic.severity <= WARNING)
    .map((diagnostic) => `${diagnostic.path.join(".") || "the document"}: ${diagnostic.message}`);
  return [...found, ...(document ? undeclared(document.json()) : [])];
}

/** Parameters of addresses that nobody declares: the parser looks only where a channel declares any. */
function* undeclared({ channels }) {
  for (const [name, { address, parameters = {} }] of Object.entries(channels)) {
    for (const [, parameter] of address.matchAll(/\{(\w+)\}/g)) {
      if (!(parameter in parameters)) yield `channels.${name}: nobody declares {${parameter}} of its address`;
    }
  }
}

async function main(path) {
  const found = await faults(readFileSync(path, "utf8"));
  for (const line of found) console.error(line);
  console.log(found.length === 0 ? `${path}: a valid AsyncAPI document` : `${path}: refused, ${found.length} faults`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.length === 3) await main(process.argv[2]);
  else {
    console.error("usage: node judge.mjs FILE");
    process.exitCode = 2;
  }
}
