/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_FILE_H
#define SKT_SYS_FILE_H

/* The seam: files that are sent. Included by sys.h, whose rules hold. Offsets
 * are 0 or more, and n bytes after one are at most INT64_MAX. */

/* A file while it is sent. Only a backend looks into it. */
typedef struct skt__file {
  intptr_t native;
  int64_t position; /* where its next byte was, on Windows; -1 if it has none */
  void *event;      /* ends a read, on Windows */
} skt__file;

/* Begin and end to send a file. Several system calls, or none. Begin returns
 * SKT_EINVAL for what is no open file. */
int skt__sys_file_begin(skt__file *f, intptr_t native);
void skt__sys_file_end(skt__file *f);

/* Read 1 to n bytes at an offset; 0 is the end of the file. The file's own
 * position stays until skt__sys_file_end. SKT__NO_OFFSET if the file is no such
 * file: it is read by the next function. SKT_EINVAL: it is a folder, or not
 * open for reading. SKT_EAGAIN: a pipe that does not block and is empty. */
ptrdiff_t skt__sys_file_read_at(skt__file *f, void *buffer, size_t n,
                                int64_t offset);

/* Read the next 1 to n bytes of a pipe, or the like. */
ptrdiff_t skt__sys_file_read(skt__file *f, void *buffer, size_t n);

/* Let the system write 1 to n bytes at an offset of a file to a stream; 0 is
 * the end of the file. Called only where skt__system.sendfile_max is not 0,
 * with n up to that, between the next two functions. SKT__REFUSED if the system
 * does not do it for such a file, or if it is unclear whose fault it is. */
ptrdiff_t skt__sys_send_file(skt__os_handle s, skt__file *f, int64_t offset,
                             size_t n);

/* Keep the signal away that skt__sys_send_file can raise in this thread: before
 * and after. The second takes it, if it can have been `raised`, unless it was
 * pending before. Up to two system calls each. */
int skt__sys_hold_signal(void);
void skt__sys_release_signal(int held, bool raised);

/* The file of a FILE, or -1. */
intptr_t skt__sys_file_of(void *stream);

enum {
  SKT__REFUSED = -38,  /* use another way */
  SKT__NO_OFFSET = -29 /* the file has no offsets */
};

#endif
