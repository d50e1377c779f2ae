// Reads an AsyncAPI document with AsyncAPI's own parser, what it refers to included; any finding fails.
const { Parser, fromFile } = require("@asyncapi/parser");

fromFile(new Parser(), process.argv[2])
  .parse()
  .then(({ document, diagnostics }) => {
    for (const { code, path, message } of diagnostics) {
      console.error(`${code} /${path.join("/")}: ${message}`);
    }
    process.exitCode = document !== undefined && diagnostics.length === 0 ? 0 : 1;
  });
