/* SPDX-License-Identifier: MIT */
/* What is wrong with a message that is to be sent. */
#include "message_plan.h"

/* The bytes of a message, in the first piece if it has none; SIZE_MAX for too
 * many. */
static int check_bytes(const skt_message *m, size_t *n) {
  *n = m->n;
  if (m->pieces == NULL) {
    return m->data == NULL && m->n > 0 ? SKT_EFAULT : 0;
  }
  *n = 0;
  for (size_t i = 0; i < m->count; ++i) {
    if (m->pieces[i].data == NULL && m->pieces[i].n > 0) {
      return SKT_EFAULT;
    }
    bool fits = m->pieces[i].n <= (size_t)PTRDIFF_MAX - *n;
    *n = fits ? *n + m->pieces[i].n : SIZE_MAX;
    if (!fits) {
      break;
    }
  }
  return 0;
}

int skt__check_message(const skt *s, const skt_message *m) {
  size_t n;
  int rc = check_bytes(m, &n);
  if (rc < 0) {
    return rc;
  }
  const int known =
      SKT_HAS_LOCAL | SKT_HAS_DEVICE | SKT_HAS_HOPS | SKT_HAS_CLASS;
  if (n > PTRDIFF_MAX || m->segment > UINT16_MAX || (m->use & ~known) != 0 ||
      (m->segment != 0 && m->pieces != NULL)) {
    return SKT_EINVAL;
  }
  bool connected = skt__state(s) == SKT_CONNECTED;
  bool has_peer = m->peer.length != 0;
  if (has_peer == connected) {
    return connected ? SKT_EISCONN : SKT_ENOTCONN;
  }
  bool is_train = m->segment != 0 && m->segment < n;
  return !is_train && (n > SKT__IO_MAX || m->count > SKT__VECTOR_MAX)
             ? SKT_EMSGSIZE
             : 0;
}
