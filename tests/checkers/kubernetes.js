// node kubernetes.js FILE: each document against its kind's schema. What the schema does not know is a fault, too: a misspelt
// field would be dropped in silence.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);
const faults = [];

/** The same object, noting which of its properties are looked at. The schemas' validators look at all that they know. */
function watched(value, seen) {
  if (typeof value !== "object" || value === null) {
    return value;
  }

  const inner = new Map();
  const proxy = new Proxy(value, {
    get(target, key) {
      if (typeof key === "string" && Object.hasOwn(target, key) && !inner.has(key)) {
        inner.set(key, watched(target[key], seen));
      }

      return inner.has(key) ? inner.get(key) : target[key];
    },
  });
  seen.set(value, inner);
  return proxy;
}

function unknown(value, seen, path) {
  if (typeof value !== "object" || value === null) {
    return [];
  }

  return Object.keys(value).flatMap(key => Array.isArray(value) || seen.get(value)?.has(key) ? unknown(value[key], seen, `${path}/${key}`) : [`${path}/${key} is not known`]);
}

const documents = parseAllDocuments(readFileSync(process.argv[2], "utf8")).map(document => document.toJS()).filter(document => document !== null);
for (const document of documents) {
  const name = `${document.kind} ${document.metadata?.name}`;
  const model = require(`kubernetes-models/${document.apiVersion}/${document.kind}`)[document.kind];
  const seen = new Map();
  try {
    model.prototype.validate.call(watched(document, seen));
  } catch (fault) {
    faults.push(`${name}: ${fault.message}`);
    continue;
  }

  faults.push(...unknown(document, seen, "").map(fault => `${name}: ${fault}`));
}

console.log(documents.map(document => document.kind).sort().join(" "));
faults.forEach(fault => console.error(fault));
process.exit(faults.length > 0 ? 1 : 0);
