/* A disk that is slow, fails or is full, for files below one folder: preloaded into a process that a test starts.
 *
 *   WORN_DISK_FOLDER   files below it are affected, all others are not
 *   WORN_DISK_ORDERS   one line of numbers (struct orders), read at each call: faults come and go while the process runs
 *   WORN_DISK_TALLY    gets a line for each fault that happened: the call's kind, errno, path
 *
 * The calls below are those of the C library's names; the work is done by the kernel's, so that nothing is looked up.
 * 64-bit Linux only: there off_t and off64_t are the same.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum kind { SYNC, WRITE, KINDS };

static const char *const names[KINDS] = {"sync", "write"};

/* A call fails with `error` if it is the `at`-th one since these orders came (0: none is), or by chance, one in
 * `one_in` (0: never). */
struct fault {
    int error;
    unsigned long one_in, at;
};

struct orders {
    unsigned long serial, seed, sync_delay_ms;
    struct fault faults[KINDS];
};

static unsigned long current, counts[KINDS];

/* 1 when the file lies below the folder; its path is left in `path`. */
static int is_affected(int fd, char path[PATH_MAX])
{
    const char *folder = getenv("WORN_DISK_FOLDER");
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = folder ? readlink(link, path, PATH_MAX - 1) : -1;
    if (length < 0)
        return 0;
    path[length] = 0;
    size_t prefix = strlen(folder);
    return !strncmp(path, folder, prefix) && (!path[prefix] || path[prefix] == '/');
}

static int read_orders(struct orders *orders)
{
    const char *name = getenv("WORN_DISK_ORDERS");
    char line[256];
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, line, sizeof line - 1);
    close(fd);
    if (length <= 0)
        return 0;
    line[length] = 0;
    struct fault *sync = &orders->faults[SYNC], *write = &orders->faults[WRITE];
    return sscanf(line, "%lu %lu %lu %d %lu %lu %d %lu %lu", &orders->serial, &orders->seed, &orders->sync_delay_ms,
                  &sync->error, &sync->one_in, &sync->at, &write->error, &write->one_in, &write->at) == 9;
}

/* splitmix64: the same seed and number give the same chance, whichever thread asks. */
static uint64_t chance(uint64_t number)
{
    number += 0x9e3779b97f4a7c15;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
    number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
    return number ^ (number >> 31);
}

static void tell(enum kind kind, int error, const char *path)
{
    const char *name = getenv("WORN_DISK_TALLY");
    char line[PATH_MAX + 64];
    int fd = name ? open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        abort(); /* a fault that nobody counts would spoil the test */
    int length = snprintf(line, sizeof line, "%s %d %s\n", names[kind], error, path);
    if (syscall(SYS_write, fd, line, (size_t)length) != length)
        abort();
    close(fd);
}

/* The errno with which this call fails, or 0. A sync is held up first. */
static int strike(enum kind kind, int fd)
{
    struct orders orders;
    char path[PATH_MAX];
    int before = errno, error = 0;
    if (is_affected(fd, path) && read_orders(&orders)) {
        if (__atomic_exchange_n(&current, orders.serial, __ATOMIC_SEQ_CST) != orders.serial)
            for (int each = 0; each < KINDS; each++)
                __atomic_store_n(&counts[each], 0, __ATOMIC_SEQ_CST);
        unsigned long number = __atomic_add_fetch(&counts[kind], 1, __ATOMIC_SEQ_CST);
        struct fault fault = orders.faults[kind];
        if (kind == SYNC && orders.sync_delay_ms) {
            struct timespec pause = {orders.sync_delay_ms / 1000, orders.sync_delay_ms % 1000 * 1000000};
            nanosleep(&pause, NULL);
        }
        if (fault.error && (number == fault.at || (fault.one_in && !(chance(orders.seed + number) % fault.one_in)))) {
            error = fault.error;
            tell(kind, error, path);
        }
    }
    errno = before;
    return error;
}

static int failed(int error)
{
    errno = error;
    return -1;
}

int fsync(int fd)
{
    int error = strike(SYNC, fd);
    return error ? failed(error) : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    int error = strike(SYNC, fd);
    return error ? failed(error) : (int)syscall(SYS_fdatasync, fd);
}

/* A write that fails is torn: half of it is on the disk. */
ssize_t write(int fd, const void *octets, size_t length)
{
    int error = strike(WRITE, fd);
    ssize_t written = syscall(SYS_write, fd, octets, error ? length / 2 : length);
    return error ? failed(error) : written;
}

ssize_t pwrite64(int fd, const void *octets, size_t length, off64_t offset)
{
    int error = strike(WRITE, fd);
    ssize_t written = syscall(SYS_pwrite64, fd, octets, error ? length / 2 : length, offset);
    return error ? failed(error) : written;
}

ssize_t pwrite(int fd, const void *octets, size_t length, off_t offset)
{
    return pwrite64(fd, octets, length, offset);
}

/* These return the error; a disk that is full gives out no reserve either. */
int posix_fallocate64(int fd, off64_t offset, off64_t length)
{
    int before = errno, error = strike(WRITE, fd);
    if (!error && syscall(SYS_fallocate, fd, 0, offset, length))
        error = errno;
    errno = before;
    return error;
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
    return posix_fallocate64(fd, offset, length);
}
