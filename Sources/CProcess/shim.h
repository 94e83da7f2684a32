#pragma once
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>

// prctl is variadic, which Swift cannot call.
static inline int cprocess_forbid_dump(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline int cprocess_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

// The user at the other end of a Unix socket, as the kernel knows it (unix(7), SO_PEERCRED); -1 if it cannot be told.
static inline long cprocess_peer_user(int connection) {
    struct { pid_t pid; uid_t uid; gid_t gid; } peer = {0, 0, 0};
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    return (long)peer.uid;
}

// Closes every descriptor from the given one on in the process to be started. Glibc's module shows it only with
// _GNU_SOURCE.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int cprocess_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
