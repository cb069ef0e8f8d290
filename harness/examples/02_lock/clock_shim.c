/* A clock of its own for one process: LD_PRELOADed, it changes what the process takes for the time of day.

     struct clock { int64_t offset_ns, since_ns, extra_permille; }       the file $CLOCK_FILE, which a test writes to

     time of day  =  real  +  offset_ns  +  (real - since_ns) * extra_permille / 1000

   An offset is a clock that is wrong, or was set; extra_permille is one that runs too fast. CLOCK_MONOTONIC, by which a
   process measures durations, is left alone: nobody sets that one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

struct clock {
  int64_t offset_ns, since_ns, extra_permille;
};

static volatile struct clock* wrong;
static int (*real_clock)(clockid_t, struct timespec*);

__attribute__((constructor)) static void open_clock(void) {
  const char* path = getenv("CLOCK_FILE");
  int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) abort();
  wrong = mmap(NULL, sizeof *wrong, PROT_READ, MAP_SHARED, file, 0);
  if (wrong == MAP_FAILED) abort();
}

int clock_gettime(clockid_t which, struct timespec* out) {
  if (real_clock == NULL) real_clock = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real_clock(which, out);
  if (result != 0 || wrong == NULL || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return result;
  int64_t ns = (int64_t)out->tv_sec * 1000000000 + out->tv_nsec;
  ns += wrong->offset_ns + (ns - wrong->since_ns) / 1000 * wrong->extra_permille;
  out->tv_sec = ns / 1000000000;
  out->tv_nsec = ns % 1000000000;
  return 0;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}
