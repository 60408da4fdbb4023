// Sizes of socket buffers on the kernel that was measured (6.18, x86_64): they depend on its configuration.

/** truesize of a sending skb without payload: sk_buff 256, head 256 (MAX_TCP_HEADER), skb_shared_info 320. */
export const skbOverhead = 832;
/** MAX_SKB_FRAGS. */
export const mostFrags = 17;

/** sizeof(struct sk_buff), aligned, and of the shared info at the head's end. */
const skbStructBytes = 256;
const sharedInfoBytes = 320;
const smallHeadBytes = 576;

/** What alloc_skb takes for a head with so many bytes: the small head's cache, or a power of two. */
export function headTruesize(bytes: number): number {
  const needed = Math.ceil(bytes / 64) * 64 + sharedInfoBytes;
  let size = 1024;
  while (size < needed) size *= 2;
  return skbStructBytes + (needed <= smallHeadBytes ? smallHeadBytes : size);
}
