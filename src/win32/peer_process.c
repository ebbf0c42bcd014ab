/* SPDX-License-Identifier: MIT */
/* The process behind a unix socket, on Windows. The twin is
 * posix/peer_process.c. */
#include "../sys.h"

#include <mstcpip.h>

/* In afunix.h, which older headers lack; users and groups are not reported. */
#ifndef SIO_AF_UNIX_GETPEERPID
#define SIO_AF_UNIX_GETPEERPID _WSAIOR(IOC_VENDOR, 256)
#endif

int skt__sys_peer_process(SOCKET s, skt_process *who) {
  ULONG pid = 0;
  DWORD n = 0;
  if (WSAIoctl(s, SIO_AF_UNIX_GETPEERPID, NULL, 0, &pid, sizeof pid, &n, NULL,
               NULL) != 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  if (n == sizeof pid && pid != 0) {
    who->known = SKT_PROCESS_PID;
    who->pid = pid;
  }
  return 0;
}
