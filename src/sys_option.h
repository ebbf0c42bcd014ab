/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_OPTION_H
#define SKT_SYS_OPTION_H

/* The seam: options. Included by sys.h, whose rules hold. */

/* Options that not all systems know by one name and in one unit; ends with a
 * row whose option is 0. Those they do stand in option.c, in such rows too. */
typedef struct skt__option_row {
  int option; /* SKT_OPT_... */
  int domain; /* the only one that this row is for, or 0 */
  int level, name;
  int form; /* how the system's number stands for skt's */
} skt__option_row;
enum {
  SKT__AS_IS,
  SKT__BUFFER,       /* what is read is twice what was set, on Linux */
  SKT__SECONDS,      /* milliseconds in skt */
  SKT__NETWORK_ORDER /* set in network byte order, read in any */
};
extern const skt__option_row skt__sys_options[];

/* Read or set the option of a row; the value is in the system's form. One that
 * the system lacks is SKT_ENOPROTOOPT or SKT_EOPNOTSUPP. A connection that is
 * gone may answer SKT_ENOTCONN, SKT_ECONNRESET or SKT_EINVAL. */
int skt__sys_get_option(skt__os_handle s, const skt__option_row *row,
                        int *value);
int skt__sys_set_option(skt__os_handle s, const skt__option_row *row,
                        int value);

#endif
