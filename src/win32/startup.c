/* SPDX-License-Identifier: MIT */
/* Winsock must be started before its first call (Winsock WSAStartup); POSIX
 * needs nothing. The first call that needs Winsock starts it. skt keeps its one
 * count until the process ends, because the last WSACleanup would cut the
 * sockets of other libraries (Winsock WSACleanup). */
#include "../sys.h"

#include <stdlib.h>

DWORD skt__native_slot = TLS_OUT_OF_INDEXES;
bool skt__on_wine;

static void free_slot(void) { TlsFree(skt__native_slot); }

/* In a DLL, which is skt.dll or has the static library in it. Its unloading
 * must leave nothing, although the process goes on:
 * - A slot outlives the DLL that allocated it, and a process has about a
 *   thousand (Windows TlsAlloc). atexit calls when the DLL is unloaded
 *   (Microsoft atexit). A program keeps its slot, which its threads may still
 *   use at its end.
 * - ws2_32 leaves with the last DLL that needs it, and takes the count of
 *   WSAStartup along, and in Wine 8 its sockets: a second load then meets
 *   WSAENOTSOCK. So it stays. */
static void prepare_to_be_unloaded(void) {
  HMODULE own = NULL, winsock;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                         GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                     (const wchar_t *)(const void *)&skt__native_slot, &own);
  if (own != GetModuleHandleW(NULL)) {
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN, L"ws2_32.dll", &winsock);
    atexit(free_slot);
  }
}

/* Not in DllMain or a constructor, where the thread holds the loader's lock. */
static BOOL CALLBACK start(PINIT_ONCE once, PVOID out_code, PVOID *context) {
  WSADATA data;
  (void)once;
  (void)context;
  if (skt__native_slot == TLS_OUT_OF_INDEXES) {
    skt__native_slot = TlsAlloc();
    prepare_to_be_unloaded();
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
