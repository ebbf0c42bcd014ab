/* SPDX-License-Identifier: MIT */
/* Files that unix sockets leave behind, on Windows. The twin is posix/stale.c.
 */
#include "../sys.h"

enum { PATH_MAX_WIDE = 128 }; /* characters, with ".lock" and the zero */

static bool widen(const char *path, wchar_t *wide) {
  return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide,
                             PATH_MAX_WIDE - 5) > 0;
}

static int fail_of_path(void) {
  DWORD native = GetLastError();
  (void)skt__fail_in(0); /* keeps the number */
  switch (native) {
  case ERROR_FILE_NOT_FOUND:
  case ERROR_PATH_NOT_FOUND:
  case ERROR_INVALID_NAME:
  case ERROR_NO_UNICODE_TRANSLATION:
    return SKT_ENOENT;
  case ERROR_ACCESS_DENIED:
    return SKT_EACCES;
  case ERROR_SHARING_VIOLATION:
    return SKT_EADDRINUSE;
  case ERROR_TOO_MANY_OPEN_FILES:
    return SKT_EMFILE;
  case ERROR_NOT_ENOUGH_MEMORY:
    return SKT_ENOMEM;
  default:
    return SKT_EIO;
  }
}

/* Opened for this handle alone. */
int skt__sys_stale_lock(const char *path, intptr_t *lock) {
  wchar_t name[PATH_MAX_WIDE];
  if (!widen(path, name)) {
    return fail_of_path();
  }
  memcpy(name + wcslen(name), L".lock", sizeof L".lock");
  HANDLE file = CreateFileW(name, GENERIC_WRITE, 0, NULL, OPEN_ALWAYS,
                            FILE_FLAG_OPEN_REPARSE_POINT, NULL);
  *lock = (intptr_t)file;
  return file == INVALID_HANDLE_VALUE ? fail_of_path() : 0;
}

void skt__sys_stale_unlock(intptr_t lock) { CloseHandle((HANDLE)lock); }

/* The file is a reparse point with a tag of its own, which the functions of the
 * C library do not show (Windows FindFirstFileW, dwReserved0; [MS-FSCC]
 * 2.1.2.1, IO_REPARSE_TAG_AF_UNIX). */
int skt__sys_stale_look(const char *path) {
  const DWORD of_a_socket = 0x80000023;
  wchar_t name[PATH_MAX_WIDE];
  WIN32_FIND_DATAW found;
  if (!widen(path, name)) {
    return fail_of_path();
  }
  HANDLE search = FindFirstFileW(name, &found);
  if (search == INVALID_HANDLE_VALUE) {
    return fail_of_path();
  }
  FindClose(search);
  return (found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
         found.dwReserved0 == of_a_socket;
}

int skt__sys_stale_remove(const char *path) {
  wchar_t name[PATH_MAX_WIDE];
  return widen(path, name) && DeleteFileW(name) ? 0 : fail_of_path();
}
