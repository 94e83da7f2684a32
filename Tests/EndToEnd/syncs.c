// Counts the times a process waits for the disk, and can end it there, as a failing power supply would; or lets the
// disk refuse.
//
//   SYNC_COUNT=FILE    writes the count to FILE when the process ends by itself
//   SYNC_REFUSE=FILE   refuses to write while FILE exists, as a file system does that has gone read-only
//   SYNC_KILL=N        ends the process at the N-th, before it (or, with SYNC_AFTER=1, as soon as it is done)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_long count;
static long kill_at;
static int kill_after;

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("SYNC_KILL");
    if (at) kill_at = atol(at);
    kill_after = getenv("SYNC_AFTER") != NULL;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("SYNC_COUNT");
    // Children of the process share the variable; only one that waited for the disk has something to say.
    if (!path || count == 0) return;
    FILE *file = fopen(path, "w");
    if (!file) return;
    fprintf(file, "%ld\n", (long)count);
    fclose(file);
}

static int refused(void) {
    const char *flag = getenv("SYNC_REFUSE");
    if (!flag || access(flag, F_OK) != 0) return 0;
    errno = EROFS;
    return 1;
}

static int counted(const char *name, int descriptor) {
    if (refused()) return -1;
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    long number = atomic_fetch_add(&count, 1) + 1;
    if (number == kill_at && !kill_after) kill(getpid(), SIGKILL);
    int result = real(descriptor);
    if (number == kill_at && kill_after) kill(getpid(), SIGKILL);
    return result;
}

int fsync(int descriptor) { return counted("fsync", descriptor); }
int fdatasync(int descriptor) { return counted("fdatasync", descriptor); }

typedef ssize_t (*writer)(int, const void *, size_t, off_t);

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
    return refused() ? -1 : ((writer)dlsym(RTLD_NEXT, "pwrite"))(descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset) {
    return refused() ? -1 : ((writer)dlsym(RTLD_NEXT, "pwrite64"))(descriptor, bytes, size, offset);
}
