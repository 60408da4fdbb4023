// Sizes of socket buffers on the kernel that was measured (6.18, x86_64): they depend on its configuration.

/** truesize of a sending skb without payload: sk_buff 256, head 256 (MAX_TCP_HEADER), skb_shared_info 320. */
export const skbOverhead = 832;
/** MAX_SKB_FRAGS. */
export const mostFrags = 17;
