// Where the harness finds what is not compiled (its python files) and what the tests run (dist and build-test).
import { join } from "node:path";
import { packageRoot as root } from "../package-root.js";

/** A source file of the lab that is run as it stands. */
export const script = (name: string): string => join(root, "test/lab", name);

/** A compiled file of the lab. */
export const compiled = (name: string): string => join(root, "build-test/test/lab", name);

/** What `node --import sockscope/register` loads, as built for the tests. */
export const register: string = join(root, "build-test/src/register.js");
