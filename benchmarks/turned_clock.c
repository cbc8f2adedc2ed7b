/* A wall clock that can be turned, for one bench: what follows the two numbers in CLOCK_FILE (seconds
   that it is off by, and whether it counts as synchronised). The monotonic clock is left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *turned;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int fd = open(CLOCK_FILE, O_RDONLY);
    if (fd >= 0) {
        void *found = mmap(0, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
        if (found != MAP_FAILED) turned = found;
        close(fd);
    }
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = real_clock_gettime(clock, now);
    if (!failed && turned && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += turned[0];
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *kept) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (kept) *kept = exact.tv_sec;
    return exact.tv_sec;
}

int adjtimex(struct timex *about) {
    about->status = turned && turned[1] ? 0 : STA_UNSYNC;
    return turned && turned[1] ? TIME_OK : TIME_ERROR;
}
