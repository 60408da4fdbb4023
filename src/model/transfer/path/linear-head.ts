// A packet copied into one linear buffer (drivers/net/tun.c: tun_alloc_skb; net/core/skbuff.c: kmalloc_reserve), as TUN and
// a network card without header split hand it over. Sizes of the kernel that was measured.

/** TCP with timestamps over IPv4. */
export const headerBytes = 52;
/** NET_SKB_PAD, in front of the headers. */
const headroom = 64;
const sharedInfo = 320;
const skBuff = 256;
/** The small heads' own cache; beyond it kmalloc's powers of two. */
const smallHead = 576;
const cacheLine = 64;

export interface LinearHead {
  readonly truesize: number;
  /** Room behind the payload (skb_tailroom). */
  readonly tailroom: number;
}

/** What `bytes` of payload take: 2304 for a full segment of 1448. */
export function linearHead(bytes: number): LinearHead {
  const used = headroom + headerBytes + bytes;
  const needed = Math.ceil(used / cacheLine) * cacheLine + sharedInfo;
  let buffer = smallHead;
  if (needed > buffer) for (buffer = 1024; buffer < needed; ) buffer *= 2;
  return { truesize: buffer + skBuff, tailroom: buffer - sharedInfo - used };
}
