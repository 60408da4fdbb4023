/**
 * How often a test throws the dice: `usual`, or a tenth of it where TEST_FEW_ROUNDS=1 (scripts/test-nodes.mjs): what
 * chance finds does not depend on the Node.
 */
export const rounds = (usual: number): number => (process.env.TEST_FEW_ROUNDS === "1" ? Math.ceil(usual / 10) : usual);
