/* SPDX-License-Identifier: MIT */
/* Winsock must be started before its first call (Winsock WSAStartup); POSIX
 * needs nothing. It is started by the first call that needs it, holds its one
 * count for as long as the process lives, and is never stopped: the last
 * WSACleanup would cut other people's sockets (Winsock WSACleanup). */
#include "../sys.h"

DWORD skt__native_slot = TLS_OUT_OF_INDEXES;

/* Not DllMain or a constructor: there the loader's lock would be held. */
static BOOL CALLBACK start(PINIT_ONCE once, PVOID out_code, PVOID *context) {
  WSADATA data;
  (void)once;
  (void)context;
  if (skt__native_slot == TLS_OUT_OF_INDEXES) {
    skt__native_slot = TlsAlloc();
  }
  /* The error is the value; WSAGetLastError has none before the start. */
  int native = WSAStartup(MAKEWORD(2, 2), &data);
  if (native == 0) {
    return TRUE;
  }
  WSASetLastError(native);
  *(int *)out_code = skt__fail_in(SKT__IN_START);
  return FALSE;
}

int skt__sys_start(void) {
  static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
  int code = SKT_ENETDOWN;
  return InitOnceExecuteOnce(&once, start, &code, NULL) ? 0 : code;
}
