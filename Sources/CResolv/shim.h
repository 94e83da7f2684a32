#pragma once
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

// The resolver's entry points are macros over versioned names, and the name of its state is also a function: typed doors.
typedef struct __res_state cresolv_state;

static inline int cresolv_init(cresolv_state *state) {
  memset(state, 0, sizeof *state);
  return res_ninit(state);
}
static inline void cresolv_close(cresolv_state *state) { res_nclose(state); }
static inline int cresolv_query_txt(cresolv_state *state, const char *name, unsigned char *answer, int size) {
  return res_nquery(state, name, ns_c_in, ns_t_txt, answer, size);
}
// How long one try waits, how often it is tried.
static inline void cresolv_limit(cresolv_state *state, int seconds, int tries) {
  state->retrans = seconds;
  state->retry = tries;
}
// Asks only this IPv4 server; the address is text such as 127.0.0.1. Returns 1 if the address could be read.
static inline int cresolv_use_server(cresolv_state *state, const char *address, unsigned short port) {
  struct sockaddr_in server = {0};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  if (inet_pton(AF_INET, address, &server.sin_addr) != 1) return 0;
  state->nscount = 1;
  state->nsaddr_list[0] = server;
  return 1;
}
// Why the last query failed: HOST_NOT_FOUND, NO_DATA, TRY_AGAIN or NO_RECOVERY.
static inline int cresolv_error(const cresolv_state *state) { return state->res_h_errno; }
