// node prices.js FILE: what an independent list says that models cost. FILE is an array of {provider, model, at}; the answer has
// null for each model that the list does not know.
import { readFileSync } from "node:fs";
import { calcPrice } from "@pydantic/genai-prices";

const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(asked.map(({ provider, model, at }) =>
  calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { providerId: provider, timestamp: new Date(at) })?.model_price ?? null)));
