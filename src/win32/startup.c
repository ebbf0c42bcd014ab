/* SPDX-License-Identifier: MIT */
/* Winsock must be started before its first call (Winsock WSAStartup); POSIX
 * needs nothing. The first call that needs Winsock starts it. skt keeps its one
 * count until the process ends, because the last WSACleanup would cut the
 * sockets of other libraries (Winsock WSACleanup). */
#include "../sys.h"

DWORD skt__native_slot = TLS_OUT_OF_INDEXES;
bool skt__on_wine;

/* Not in DllMain or a constructor, where the thread holds the loader's lock. */
static BOOL CALLBACK start(PINIT_ONCE once, PVOID out_code, PVOID *context) {
  WSADATA data;
  (void)once;
  (void)context;
  if (skt__native_slot == TLS_OUT_OF_INDEXES) {
    skt__native_slot = TlsAlloc();
  }
  skt__on_wine = GetProcAddress(GetModuleHandleW(L"ntdll.dll"),
                                "wine_get_version") != NULL;
  /* WSAStartup returns the error; before it WSAGetLastError has none. */
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
