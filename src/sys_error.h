/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_ERROR_H
#define SKT_SYS_ERROR_H

/* The seam: errors. Included by sys.h, whose rules hold. */

/* The calling thread's last native error number. */
int skt__sys_native_error(void);

/* The call that failed, because one number can have several meanings: from
 * connect, Winsock's WSAEWOULDBLOCK is "in progress". Bits, to be or'ed. */
enum {
  SKT__IN_START = 0x0001,
  SKT__IN_SOCKET = 0x0002,
  SKT__IN_BIND = 0x0004,
  SKT__IN_LISTEN = 0x0008,
  SKT__IN_ACCEPT = 0x0010,
  SKT__IN_CONNECT = 0x0020, /* and its SO_ERROR */
  SKT__IN_READ = 0x0040,
  SKT__IN_WRITE = 0x0080,
  SKT__IN_SHUTDOWN = 0x0100,
  SKT__IN_CLOSE = 0x0200,
  SKT__IN_WAIT = 0x0400,
  SKT__IN_LOCAL = 0x0800,
  SKT__IN_PEER = 0x1000,
  SKT__IN_OPTION = 0x2000,
  SKT__IN_WATCH = 0x4000, /* wakers and pollers, but waiting */
  SKT__IN_MODE = 0x8000   /* modes, limits, what a handle is */
};

/* The code of a recv or send that the program itself has made and that has just
 * failed: SKT__IN_READ or SKT__IN_WRITE. Never called on Windows, see
 * SKT_INLINE in skt.h. */
int skt__sys_failed(int call);

/* The code of each native number. The first row that matches counts, so rows
 * for certain calls stand before the row for all. The last row's code is 0.
 * tests/native_codes.h names the event of each row. */
typedef struct skt__code_row {
  uint16_t calls; /* 0: all */
  int16_t code, native;
} skt__code_row;
extern const skt__code_row skt__sys_codes[];

#endif
