/* SPDX-License-Identifier: MIT */
/* Requests to AFD, see afd.h. */
#include "afd.h"

#include <mswsock.h>
#include <winternl.h>

/* In ntstatus.h, which cannot be included beside windows.h. */
#define CANCELLED_REQUEST ((NTSTATUS)0xC0000120L)

enum {
  POLL_REQUEST = 0x12024,
  RECEIVE = 0x001,
  SEND = 0x004, /* also that a connect has succeeded */
  DISCONNECT = 0x008,
  ABORT = 0x010,
  LOCAL_CLOSE = 0x020,
  ACCEPT = 0x080,
  CONNECT_FAIL = 0x100,
  FOR_READING = RECEIVE | ACCEPT | DISCONNECT
};

_Static_assert(sizeof((skt__afd_request *)0)->poll ==
                   24 + sizeof(HANDLE) + (sizeof(HANDLE) & 4),
               "the driver's layout");

typedef NTSTATUS(NTAPI *create_file)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *,
                                     IO_STATUS_BLOCK *, LARGE_INTEGER *, ULONG,
                                     ULONG, ULONG, ULONG, void *, ULONG);
typedef ULONG(NTAPI *error_of_status)(NTSTATUS);

/* Looked up, so that programs need not link one more library. */
static void (*look_up(const char *name))(void) {
  return (void (*)(void))GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name);
}

/* CreateFileW does not accept the driver's name. */
static int open_driver(HANDLE *out) {
  static wchar_t path[] = L"\\Device\\Afd\\skt";
  UNICODE_STRING name = {sizeof path - sizeof path[0], sizeof path, path};
  OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                  .ObjectName = &name};
  IO_STATUS_BLOCK io;
  create_file create = (create_file)look_up("NtCreateFile");
  NTSTATUS status =
      create(out, SYNCHRONIZE, &attributes, &io, NULL, 0,
             FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, 0, NULL, 0);
  if (status >= 0) {
    return 0;
  }
  SetLastError(((error_of_status)look_up("RtlNtStatusToDosError"))(status));
  return skt__fail_in(SKT__IN_WATCH);
}

int skt__afd_open(HANDLE *out, HANDLE port) {
  HANDLE afd;
  int rc = open_driver(&afd);
  if (rc < 0) {
    return rc;
  }
  if (CreateIoCompletionPort(afd, port, 0, 0) == NULL ||
      !SetFileCompletionNotificationModes(afd, FILE_SKIP_SET_EVENT_ON_HANDLE)) {
    rc = skt__fail_in(SKT__IN_WATCH);
    CloseHandle(afd);
    return rc;
  }
  *out = afd;
  return 0;
}

/* Wine 8 returns a base for any handle, so that SO_TYPE comes first. A layered
 * provider may hide its socket, by any code (Winsock SIO_BASE_HANDLE). */
int skt__afd_base(SOCKET s, SOCKET *base) {
  DWORD n;
  int type, length = sizeof type;
  if (getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &length) != 0) {
    return skt__fail_in(SKT__IN_WATCH);
  }
  if (WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, base, sizeof *base, &n, NULL,
               NULL) != 0) {
    (void)skt__fail_in(SKT__IN_WATCH);
    return SKT_EOPNOTSUPP;
  }
  return 0;
}

/* Without urgent data, for which the driver has an event of its own. */
int skt__afd_submit(HANDLE afd, skt__afd_request *r, SOCKET base, int events) {
  DWORD n, size = sizeof r->poll;
  r->io = (OVERLAPPED){.hEvent = NULL};
  r->poll.until.QuadPart = INT64_MAX;
  r->poll.count = 1;
  r->poll.exclusive = 0;
  r->poll.socket = (HANDLE)base;
  r->poll.status = 0;
  r->poll.events = ABORT | CONNECT_FAIL | LOCAL_CLOSE;
  if ((events & SKT_READ) != 0) {
    r->poll.events |= FOR_READING;
  }
  if ((events & SKT_WRITE) != 0) {
    r->poll.events |= SEND;
  }
  /* Completed at once or pending, the kernel reports it on the port. */
  bool submitted = DeviceIoControl(afd, POLL_REQUEST, &r->poll, size, &r->poll,
                                   size, &n, &r->io) ||
                   GetLastError() == ERROR_IO_PENDING;
  return submitted ? 0 : skt__fail_in(SKT__IN_WATCH);
}

void skt__afd_withdraw(HANDLE afd, skt__afd_request *r) {
  CancelIoEx(afd, &r->io);
}

int skt__afd_reported(const skt__afd_request *r) {
  NTSTATUS status = (NTSTATUS)r->io.Internal;
  if (status < 0) {
    return status == CANCELLED_REQUEST ? 0 : SKT__FAILED;
  }
  ULONG events = r->poll.count == 0 ? 0 : r->poll.events;
  int reported = 0;
  if ((events & FOR_READING) != 0) {
    reported |= SKT_READ;
  }
  if ((events & SEND) != 0) {
    reported |= SKT_WRITE;
  }
  if ((events & (ABORT | CONNECT_FAIL)) != 0) {
    reported |= SKT__FAILED;
  }
  if ((events & LOCAL_CLOSE) != 0) {
    reported |= SKT__CLOSED;
  }
  return reported;
}

void skt__afd_restrict(skt__afd_request *r, int events) {
  if ((events & SKT_READ) == 0) {
    r->poll.events &= ~(ULONG)FOR_READING;
  }
  if ((events & SKT_WRITE) == 0) {
    r->poll.events &= ~(ULONG)SEND;
  }
}

int skt__afd_post(HANDLE port, OVERLAPPED *io) {
  return PostQueuedCompletionStatus(port, 0, 0, io)
             ? 0
             : skt__fail_in(SKT__IN_WATCH);
}
