// Where the tanks and pipes stand: lying for a wide page, standing for a narrow one. The same path, turned. No DOM.
import type { TankId } from "../tanks/tank.js";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type PipeId =
  | "nic-napi"
  | "napi-syn"
  | "napi-receive"
  | "syn-accept"
  | "accept-loop"
  | "receive-loop"
  | "loop-send"
  | "send-nic";

export interface PipePlace {
  readonly d: string;
  readonly label?: { readonly x: number; readonly y: number; readonly text: string } | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<TankId, Box>>;
  readonly pipes: Readonly<Record<PipeId, PipePlace>>;
}

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
const pipe = (d: string, x?: number, y?: number, text?: string): PipePlace =>
  x === undefined || y === undefined || text === undefined ? { d } : { d, label: { x, y, text } };

export const lying: Layout = {
  width: 1040,
  height: 322,
  boxes: {
    nic: box(4, 10, 122, 304),
    napi: box(178, 10, 128, 200),
    syn: box(364, 10, 150, 96),
    accept: box(578, 10, 186, 96),
    receive: box(578, 114, 186, 96),
    send: box(578, 218, 186, 96),
    loop: box(876, 10, 160, 304),
  },
  pipes: {
    "nic-napi": pipe("M126 110H174", 150, 100, "poll"),
    "napi-syn": pipe("M306 58H360", 333, 48, "SYN"),
    "napi-receive": pipe("M306 162H574", 440, 152, "data"),
    "syn-accept": pipe("M514 58H574", 544, 48, "ACK"),
    "accept-loop": pipe("M764 58H872", 818, 48, "accept"),
    "receive-loop": pipe("M764 162H872", 818, 152, "read"),
    "loop-send": pipe("M876 266H768", 822, 256, "write"),
    "send-nic": pipe("M578 266H130", 354, 256, "segments, through the qdisc"),
  },
};

export const standing: Layout = {
  width: 340,
  height: 626,
  boxes: {
    nic: box(4, 4, 332, 84),
    napi: box(4, 122, 218, 98),
    syn: box(4, 254, 104, 84),
    accept: box(4, 372, 104, 118),
    receive: box(118, 254, 104, 236),
    send: box(232, 254, 104, 236),
    loop: box(4, 524, 332, 98),
  },
  pipes: {
    "nic-napi": pipe("M113 88V118", 130, 107, "poll"),
    "napi-syn": pipe("M56 220V250", 74, 239, "SYN"),
    "napi-receive": pipe("M170 220V250", 190, 239, "data"),
    "syn-accept": pipe("M56 338V368", 75, 357, "ACK"),
    "accept-loop": pipe("M56 490V520", 82, 509, "accept"),
    "receive-loop": pipe("M170 490V520", 190, 509, "read"),
    "loop-send": pipe("M284 524V494", 306, 513, "write"),
    "send-nic": pipe("M284 254V92", 308, 176, "qdisc"),
  },
};

/** The lying one's type is too small to read below this width. */
const lyingFromPx = 700;

export const layoutFor = (widthPx: number): Layout => (widthPx >= lyingFromPx ? lying : standing);
