/* SPDX-License-Identifier: MIT */
/* Files that are sent, on Windows. The twin is posix/file.c.
 *
 * By ReadFile and send, not by TransmitFile: that waits on a socket that does
 * not block, has no limit, is ended neither by skt_cancel nor, on Wine 8, by a
 * peer that closes; reports no count of bytes if it fails; and on Windows for
 * clients the whole machine does two at a time (Winsock TransmitFile; Wine
 * measured; golang issue 73758). */
#include "../sys.h"

#include <io.h>
#include <stdio.h>

/* Numbers of ReadFile. A folder is "invalid function", a handle without the
 * right to read "access denied". */
static int fail_of_file(void) {
  DWORD native = GetLastError();
  (void)skt__fail_in(0); /* keeps the number */
  switch (native) {
  case ERROR_HANDLE_EOF:
  case ERROR_BROKEN_PIPE: /* all its writers are gone */
    return 0;
  case ERROR_INVALID_HANDLE:
  case ERROR_INVALID_FUNCTION:
  case ERROR_INVALID_PARAMETER:
  case ERROR_ACCESS_DENIED:
    return SKT_EINVAL;
  case ERROR_NO_DATA: /* a pipe in the mode PIPE_NOWAIT */
    return SKT_EAGAIN;
  case ERROR_LOCK_VIOLATION: /* another program has locked these bytes */
    return SKT_EACCES;
  case ERROR_NOT_ENOUGH_MEMORY:
    return SKT_ENOMEM;
  case ERROR_NO_SYSTEM_RESOURCES:
  case ERROR_NOT_ENOUGH_QUOTA:
    return SKT_ENOBUFS;
  default:
    return SKT_EIO;
  }
}

/* Nothing says whether a handle is overlapped, whose reads need an event of
 * their own beside those of other threads (Windows GetOverlappedResult). */
int skt__sys_file_begin(skt__file *f, intptr_t native) {
  LARGE_INTEGER none = {.QuadPart = 0}, at = {.QuadPart = -1};
  HANDLE file = (HANDLE)native;
  SetLastError(NO_ERROR);
  DWORD type = GetFileType(file);
  if (type == FILE_TYPE_UNKNOWN && GetLastError() != NO_ERROR) {
    int rc = fail_of_file();
    return rc < 0 ? rc : SKT_EINVAL;
  }
  if (type == FILE_TYPE_DISK &&
      !SetFilePointerEx(file, none, &at, FILE_CURRENT)) {
    at.QuadPart = 0;
  }
  *f = (skt__file){native, at.QuadPart, CreateEventW(NULL, TRUE, FALSE, NULL)};
  return f->event == NULL ? SKT_ENOMEM : 0;
}

/* A read at an offset moves the position of a handle that is not overlapped
 * (Windows ReadFile). */
void skt__sys_file_end(skt__file *f) {
  LARGE_INTEGER at = {.QuadPart = f->position};
  if (f->position >= 0) {
    SetFilePointerEx((HANDLE)f->native, at, NULL, FILE_BEGIN);
  }
  CloseHandle(f->event);
}

/* The lowest bit of the event keeps the read out of a completion port to which
 * the handle may be tied (Windows GetQueuedCompletionStatus). */
static ptrdiff_t read_file(skt__file *f, void *buffer, size_t n,
                           uint64_t offset) {
  HANDLE file = (HANDLE)f->native;
  DWORD got = 0;
  OVERLAPPED o = {.Offset = (DWORD)offset,
                  .OffsetHigh = (DWORD)(offset >> 32),
                  .hEvent = (HANDLE)((uintptr_t)f->event | 1)};
  BOOL read = ReadFile(file, buffer, (DWORD)n, &got, &o);
  if (!read && GetLastError() == ERROR_IO_PENDING) {
    read = GetOverlappedResult(file, &o, &got, TRUE);
  }
  return read ? (ptrdiff_t)got : fail_of_file();
}

ptrdiff_t skt__sys_file_read_at(skt__file *f, void *buffer, size_t n,
                                int64_t offset) {
  return f->position < 0 ? SKT__NO_OFFSET
                         : read_file(f, buffer, n, (uint64_t)offset);
}

ptrdiff_t skt__sys_file_read(skt__file *f, void *buffer, size_t n) {
  return read_file(f, buffer, n, 0);
}

ptrdiff_t skt__sys_send_file(SOCKET s, skt__file *f, int64_t offset, size_t n) {
  (void)s, (void)f, (void)offset, (void)n;
  return SKT__REFUSED;
}

int skt__sys_hold_signal(void) { return 0; }

void skt__sys_release_signal(int held, bool raised) {
  (void)held, (void)raised;
}

/* The C library calls its handler of invalid parameters for a number that is
 * none (Microsoft _get_osfhandle); -2 is a standard stream without a file. */
intptr_t skt__sys_file_of(void *stream) {
  int number = _fileno(stream);
  return number < 0 ? -1 : (intptr_t)_get_osfhandle(number);
}
