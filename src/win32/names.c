/* SPDX-License-Identifier: MIT */
/* The system's resolver, and threads that wait for it. The twin is
 * posix/names.c. */
#include "../sys_names.h"

#include <stdlib.h>

/* Since Windows 8; MinGW's headers lack both. */
WINSOCK_API_LINKAGE INT WSAAPI GetAddrInfoExCancel(LPHANDLE handle);
WINSOCK_API_LINKAGE INT WSAAPI
GetAddrInfoExOverlappedResult(LPOVERLAPPED overlapped);

/* Let it end early once `given_up` is set. Then old providers run on, and the
 * cancel of Wine 8 always fails; without its completion nothing may be freed
 * (GetAddrInfoExCancel, remarks). */
static int finish_lookup(OVERLAPPED *overlapped, HANDLE name, HANDLE given_up) {
  HANDLE both[2] = {overlapped->hEvent, given_up};
  if (WaitForMultipleObjects(2, both, FALSE, INFINITE) != WAIT_OBJECT_0) {
    (void)GetAddrInfoExCancel(&name);
    WaitForSingleObject(overlapped->hEvent, INFINITE);
  }
  return GetAddrInfoExOverlappedResult(overlapped);
}

/* NS_ALL, because NS_DNS leaves out the hosts file. No timeout, because Wine
 * ignores it. A result but WSA_IO_PENDING is the outcome, and sets no
 * event (GetAddrInfoExW, return value).
 *   done, given_up  events; or NULL to ask in this thread */
static int ask_for_addresses(skt__lookup *l, HANDLE done, HANDLE given_up) {
  wchar_t name[SKT__NAME_ROOM];
  ADDRINFOEXW hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
  OVERLAPPED overlapped = {.hEvent = done};
  HANDLE handle = NULL;
  size_t n = 0;
  do { /* ASCII, so that Windows has nothing to convert by IDN */
    name[n] = (wchar_t)(unsigned char)l->name[n];
  } while (l->name[n++] != '\0');
  hints.ai_family = l->domain != 0 ? skt__native_family(l->domain) : AF_UNSPEC;
  int number = GetAddrInfoExW(name, NULL, NS_ALL, NULL, &hints, &list, NULL,
                              done != NULL ? &overlapped : NULL, NULL,
                              done != NULL ? &handle : NULL);
  if (number == WSA_IO_PENDING) {
    number = finish_lookup(&overlapped, handle, given_up);
  }
  l->list = l->rest = list;
  return number;
}

/* GetNameInfoW cannot be ended. A name that is not ASCII is none for skt. */
static int ask_for_name(skt__lookup *l) {
  wchar_t name[SKT__NAME_ROOM] = L"";
  int number = GetNameInfoW((const struct sockaddr *)l->about.words,
                            (socklen_t)l->about.length, name, SKT__NAME_ROOM,
                            NULL, 0, NI_NAMEREQD);
  size_t n = 0;
  do {
    l->name[n] = name[n] < 0x80 ? (char)name[n] : '?';
  } while (name[n++] != L'\0');
  return number;
}

static void find_out(skt__lookup *l, HANDLE done, HANDLE given_up) {
  int number = l->about.length > 0 ? ask_for_name(l)
                                   : ask_for_addresses(l, done, given_up);
  l->native = number;
  l->rc = number == 0 ? 0 : skt__name_code(number);
}

void skt__sys_lookup(skt__lookup *l) { find_out(l, NULL, NULL); }

int skt__sys_lookup_next(skt__lookup *l, skt_addr *out) {
  const ADDRINFOEXW *a = l->rest;
  if (a == NULL) {
    return 0;
  }
  l->rest = (void *)a->ai_next; /* MinGW misspells its type */
  (void)skt__addr_set(out, a->ai_addr, a->ai_addrlen);
  return 1;
}

void skt__sys_lookup_free(skt__lookup *l) {
  if (l->list != NULL) {
    FreeAddrInfoExW(l->list);
  }
  l->list = l->rest = NULL;
}

void skt__sys_keep_native(int native) {
  WSASetLastError(native);
  (void)skt__fail_in(0);
}

/* Events: the resolver's, the thread's, the caller's, and one of the waker, if
 * there is any. */
enum { COMPLETED, DONE, GIVEN_UP, WAKES, EVENT_COUNT };
typedef struct helper {
  skt__helper shared;
  HANDLE events[EVENT_COUNT];
} helper;

/* A thread has no impersonation token of its caller's: with one, overlapped
 * look-ups fail (curl 13612, dotnet/runtime 45816). */
static DWORD WINAPI work(void *block) {
  helper *h = block;
  find_out(&h->shared.lookup, h->events[COMPLETED], h->events[GIVEN_UP]);
  SetEvent(h->events[DONE]);
  skt__helper_leave(&h->shared);
  return 0;
}

/* A DLL may be unloaded while the thread is in its code, which from here on
 * stays. */
static void stay_loaded(void) {
  HMODULE own;
  GetModuleHandleExW(
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
      (const wchar_t *)(const void *)skt__sys_name_codes, &own);
}

static bool create_events(helper *h, int count) {
  int i = 0;
  while (i < count &&
         (h->events[i] = CreateEventW(NULL, TRUE, FALSE, NULL)) != NULL) {
    ++i;
  }
  return i == count;
}

static bool start_thread(helper *h) {
  stay_loaded();
  HANDLE thread = CreateThread(NULL, (SIZE_T)256 * 1024, work, h,
                               STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  return thread != NULL && CloseHandle(thread);
}

int skt__sys_helper_start(skt__helper **out, const skt__lookup *question,
                          bool wakeable) {
  helper *h = calloc(1, sizeof *h);
  if (h == NULL) {
    return SKT_ENOMEM;
  }
  h->shared.lookup = *question;
  h->shared.owners = SKT__CALLER | SKT__THREAD;
  *out = &h->shared;
  if (!create_events(h, wakeable ? EVENT_COUNT : WAKES) || !start_thread(h)) {
    skt__sys_keep_native((int)GetLastError());
    skt__sys_helper_free(&h->shared);
    return SKT_ENOMEM;
  }
  return 0;
}

/* A waker is a socket, whose readiness an event can show; one that is there
 * already sets it too (Winsock WSAEventSelect, remarks). */
static bool watch_waker(SOCKET waker, HANDLE event, long events) {
  return waker == INVALID_SOCKET || WSAEventSelect(waker, event, events) == 0;
}

int skt__sys_helper_wait(skt__helper *shared, SOCKET waker, int timeout_ms) {
  helper *h = (helper *)shared;
  HANDLE both[2] = {h->events[DONE], h->events[WAKES]};
  DWORD count = waker != INVALID_SOCKET ? 2 : 1;
  if (!watch_waker(waker, h->events[WAKES], FD_READ)) {
    return skt__fail_in(SKT__IN_WAIT);
  }
  DWORD which = WaitForMultipleObjects(count, both, FALSE, (DWORD)timeout_ms);
  (void)watch_waker(waker, NULL, 0);
  if (which == WAIT_OBJECT_0) {
    return SKT__DONE;
  }
  return which == WAIT_OBJECT_0 + 1 ? SKT_WOKEN : 0;
}

void skt__sys_helper_give_up(skt__helper *h) {
  SetEvent(((helper *)h)->events[GIVEN_UP]);
}

void skt__sys_helper_free(skt__helper *shared) {
  helper *h = (helper *)shared;
  for (int i = 0; i < EVENT_COUNT; ++i) {
    if (h->events[i] != NULL) {
      CloseHandle(h->events[i]);
    }
  }
  free(h);
}
