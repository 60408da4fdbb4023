// Where the soak's server listens; the agent's endpoint beside it.
export const ports = { web: 3000, tight: 3001, bulk: 3002, datagrams: 3003, leaky: 3004, endpoint: 9100 } as const;
