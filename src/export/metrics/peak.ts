// The highest of the last 60 seconds, remembered second by second.

export interface Peak {
  /** `at`: monotonic ms. */
  add(at: number, value: number): void;
  read(at: number): number;
}

const keptSeconds = 60;

export const createPeak = (): Peak => {
  // Falling: what a later and higher value came after can never be the peak again.
  let steps: { readonly second: number; readonly value: number }[] = [];
  return {
    add(at, value) {
      const second = Math.floor(at / 1000);
      if (steps.at(-1)?.second === second && steps.at(-1)!.value >= value) return;
      while (steps.length > 0 && steps.at(-1)!.value <= value) steps.pop();
      steps.push({ second, value });
    },
    read(at) {
      const oldest = Math.floor(at / 1000) - keptSeconds;
      steps = steps.filter(({ second }) => second > oldest);
      return steps[0]?.value ?? 0;
    },
  };
};
