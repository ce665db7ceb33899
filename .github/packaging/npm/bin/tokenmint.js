#!/usr/bin/env node
// Starts the program from the optional dependency for this platform.
"use strict";

const { spawn } = require("node:child_process");

const platform = `${process.platform}-${process.arch}`;
const name = process.platform === "win32" ? "tokenmint.exe" : "tokenmint";

let program;
try {
  program = require.resolve(`tokenmint-${platform}/${name}`);
} catch {
  const { optionalDependencies } = require("../package.json");
  console.error(
    `tokenmint-${platform}` in optionalDependencies
      ? `error: the package tokenmint-${platform} is not installed\nhint: reinstall without --omit=optional`
      : `error: no program for ${platform}\nhint: install from source: cargo install --locked tokenmint`,
  );
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// The terminal sends Ctrl-C to the program, too, which ends in its own time; other signals reach this process alone.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`error: cannot run ${program}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) {
    process.exit(code);
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
