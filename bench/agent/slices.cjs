// Slices of time on the machine's monotonic clock, so that processes and threads agree on them without a word: off, on, on,
// off, … (ABBA). Work that belongs to the on-slices has a clock of its own, which runs only in them.

const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

const isOn = (index) => (index & 3) === 1 || (index & 3) === 2;

/** Nothing of the on-slices' work begins close to an end of a slice: what it does is to fall into it. */
const leadShare = 0.1;
const tailShare = 0.25;

/** `at`: when the first slice begins; `ms`: how long each is. */
const createSlices = ({ at: begin, ms }) => ({
  begin,
  ms,
  indexAt: (at) => Math.floor((at - begin) / ms),
  startOf: (index) => begin + index * ms,
});

/**
 * A clock that runs in the middle of on-slices alone, and there so fast that it gains `perSlice` ms in each. Before the first
 * slice it is the machine's.
 */
const createSlicedClock = ({ begin, ms }, perSlice) => {
  const from = leadShare * ms;
  const length = (1 - leadShare - tailShare) * ms;
  /** On-slices before this one. */
  const onBefore = (index) => 2 * (index >> 2) + [0, 0, 1, 2][index & 3];
  return {
    /** What it shows at this moment of the machine's clock. */
    read(at) {
      if (at < begin) return at;
      const index = Math.floor((at - begin) / ms);
      const into = at - begin - index * ms - from;
      const part = isOn(index) ? Math.min(1, Math.max(0, into / length)) : 0;
      return begin + perSlice * (onBefore(index) + part);
    },
    /** When it will show `time`. */
    when(time) {
      if (time <= begin) return time;
      const on = Math.ceil((time - begin) / perSlice) - 1;
      const index = 4 * (on >> 1) + 1 + (on & 1);
      return begin + index * ms + from + length * ((time - begin) / perSlice - on);
    },
  };
};

module.exports = { clockMs, isOn, createSlices, createSlicedClock };
