// Numbers of the kernel's user interface that older build headers lack (include/uapi, since the
// version named).
#pragma once
#include <asm/ioctls.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#ifndef SO_INCOMING_CPU  // 3.19
#define SO_INCOMING_CPU 49
#endif
#ifndef SO_MEMINFO  // 4.12
#define SO_MEMINFO 55
#endif
#ifndef SO_INCOMING_NAPI_ID  // 4.12
#define SO_INCOMING_NAPI_ID 56
#endif
#ifndef SO_COOKIE  // 4.12
#define SO_COOKIE 57
#endif
#ifndef SIOCOUTQNSD  // 3.0
#define SIOCOUTQNSD 0x894B
#endif
