/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_OPTION_H
#define SKT_SYS_OPTION_H

/* The seam: options. Included by sys.h, whose rules hold. */

/* Options whose name or unit differs between systems; the last row's option is
 * 0. option.c has the others, in such rows too. */
typedef struct skt__option_row {
  int option; /* SKT_OPT_... */
  int domain; /* the only one that this row is for, or 0 */
  int level, name;
  int form; /* how the system represents the value */
} skt__option_row;
enum {
  SKT__AS_IS,
  SKT__BUFFER,        /* Linux returns twice what was set */
  SKT__SECONDS,       /* milliseconds in skt */
  SKT__NETWORK_ORDER, /* set in network byte order, returned in any */
  SKT__SWITCH,        /* a number in skt, on or off in the system */
  SKT__BYTE,          /* of one byte, which every system takes */
  SKT__MREQN,         /* an index in a structure, which none returns */
  SKT__DISCOVERY,     /* on or off in skt, IP_PMTUDISC_... in Linux */
  SKT__LARGEST        /* on or off in skt, a length in the system */
};
extern const skt__option_row skt__sys_options[];

/* Get or set the option of a row; the value is in the system's form. Returns
 * SKT_ENOPROTOOPT or SKT_EOPNOTSUPP if the system lacks the option. May return
 * SKT_ENOTCONN, SKT_ECONNRESET or SKT_EINVAL if the connection is gone. */
int skt__sys_get_option(skt__os_handle s, const skt__option_row *row,
                        int *value);
int skt__sys_set_option(skt__os_handle s, const skt__option_row *row,
                        int value);

/* The same for an option whose value is a text of n bytes, without and with a
 * zero behind. Setting returns SKT_ENOENT if the system knows no such value. */
int skt__sys_get_option_text(skt__os_handle s, const skt__option_row *row,
                             char *text, size_t capacity);
int skt__sys_set_option_text(skt__os_handle s, const skt__option_row *row,
                             const char *text, size_t n);

#endif
