/*
 * A disk that can lose power and fail, for one process: LD_PRELOAD this library.
 *
 * DISK_FOLDER   the folder that is watched; what is below it is the process's to change
 * DISK_SHADOW   the folder that holds in `tree` what of it would survive a power loss at any moment: of a file what was
 *               written before its last fsync or fdatasync, of a folder the names that it had at its last fsync. A file
 *               whose name was synced and whose content never was is empty.
 * DISK_FAILURE  a file that, while it is there, makes writes or syncs fail: `write EIO`, `write ENOSPC` or `sync EIO`.
 *               What was written before a failed sync is not kept by a later one, as on Linux. With `sync LIE`, syncs
 *               succeed and do nothing.
 *
 * What was written is kept in memory until it is synced, and only then put into the shadow. SIGKILL is the power loss.
 * Neither folders that are renamed nor files written through a memory map are followed.
 */
#define _GNU_SOURCE
#include "shadow.h"
#include <stdarg.h>
#include <sys/uio.h>

#define DESCRIPTORS 65536

static file *file_of[DESCRIPTORS];
static folder *folder_of[DESCRIPTORS];

/* What a sync does instead of its work while the disk lies. */
#define LIE -1

/* The error that an operation fails with at the moment, or LIE; 0 if it works. */
static int failing(const char *operation) {
  const char *failure = getenv("DISK_FAILURE");
  char line[64] = "";
  if (!failure || access(failure, F_OK)) return 0;
  int descriptor = REAL(open)(failure, O_RDONLY);
  if (descriptor < 0) return 0;
  ssize_t length = REAL(read)(descriptor, line, sizeof line - 1);
  REAL(close)(descriptor);
  if (length <= 0 || strncmp(line, operation, strlen(operation))) return 0;
  return strstr(line, "LIE") ? LIE : strstr(line, "ENOSPC") ? ENOSPC : EIO;
}

static void opened(int descriptor, int flags) {
  struct stat found;
  if (descriptor < 0 || descriptor >= DESCRIPTORS || fstat(descriptor, &found)) return;
  pthread_mutex_lock(&lock);
  file_of[descriptor] = NULL;
  folder_of[descriptor] = NULL;
  if (S_ISREG(found.st_mode)) {
    file *of = file_with(found.st_ino);
    if (!of) of = add_file(found.st_ino, NULL);
    if (flags & O_TRUNC) note(of, 0, NULL, 0);
    file_of[descriptor] = of;
  } else if (S_ISDIR(found.st_mode)) {
    folder_of[descriptor] = add_folder(found.st_ino);
  }
  pthread_mutex_unlock(&lock);
}

static int open_at(int at, const char *path, int flags, mode_t mode) {
  char absolute[PATH_MAX];
  int descriptor = REAL(openat)(at, path, flags, mode);
  if (descriptor >= 0 && is_watched(at, path, absolute)) opened(descriptor, flags);
  return descriptor;
}

#define MODE                                          \
  mode_t mode = 0;                                    \
  if (flags & (O_CREAT | __O_TMPFILE)) {              \
    va_list more;                                     \
    va_start(more, flags);                            \
    mode = va_arg(more, mode_t);                      \
    va_end(more);                                     \
  }

int open(const char *path, int flags, ...) { MODE return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return open_at(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return open_at(at, path, flags | O_LARGEFILE, mode); }
int __open_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags | O_LARGEFILE, 0); }
int __openat_2(int at, const char *path, int flags) { return open_at(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return open_at(at, path, flags | O_LARGEFILE, 0); }
int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int descriptor) {
  if (descriptor >= 0 && descriptor < DESCRIPTORS) {
    file_of[descriptor] = NULL;
    folder_of[descriptor] = NULL;
  }
  return REAL(close)(descriptor);
}

/* libuv closes files by the system call itself, so that a descriptor may be something else by now. */
static int is_still(int descriptor, ino_t inode) {
  struct stat found;
  return !fstat(descriptor, &found) && found.st_dev == device && found.st_ino == inode;
}

static file *watched_file(int descriptor) {
  file *of = descriptor >= 0 && descriptor < DESCRIPTORS ? file_of[descriptor] : NULL;
  return of && is_still(descriptor, of->born) ? of : NULL;
}

#define FAIL_IF(operation)                   \
  do {                                       \
    int error = failing(operation);          \
    if (error) {                             \
      errno = error;                         \
      return -1;                             \
    }                                        \
  } while (0)

static ssize_t write_at(file *of, int descriptor, const void *bytes, size_t length, off_t offset) {
  FAIL_IF("write");
  pthread_mutex_lock(&lock);
  ssize_t written = REAL(pwrite)(descriptor, bytes, length, offset);
  if (written > 0) note(of, offset, bytes, (size_t)written);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
  file *of = watched_file(descriptor);
  return of ? write_at(of, descriptor, bytes, length, offset) : REAL(pwrite)(descriptor, bytes, length, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) {
  return pwrite(descriptor, bytes, length, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
  file *of = watched_file(descriptor);
  if (!of) return REAL(write)(descriptor, bytes, length);
  FAIL_IF("write");
  pthread_mutex_lock(&lock);
  ssize_t written = REAL(write)(descriptor, bytes, length);
  if (written > 0) note(of, lseek(descriptor, 0, SEEK_CUR) - written, bytes, (size_t)written);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  if (!watched_file(descriptor)) return REAL(writev)(descriptor, parts, count);
  ssize_t total = 0;
  for (int index = 0; index < count; index += 1) {
    ssize_t written = write(descriptor, parts[index].iov_base, parts[index].iov_len);
    if (written < 0) return total > 0 ? total : -1;
    total += written;
    if ((size_t)written < parts[index].iov_len) break;
  }
  return total;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  if (!watched_file(descriptor)) return REAL(pwritev)(descriptor, parts, count, offset);
  ssize_t total = 0;
  for (int index = 0; index < count; index += 1) {
    ssize_t written = pwrite(descriptor, parts[index].iov_base, parts[index].iov_len, offset + total);
    if (written < 0) return total > 0 ? total : -1;
    total += written;
    if ((size_t)written < parts[index].iov_len) break;
  }
  return total;
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off_t offset) {
  return pwritev(descriptor, parts, count, offset);
}

int ftruncate(int descriptor, off_t length) {
  file *of = watched_file(descriptor);
  if (!of) return REAL(ftruncate)(descriptor, length);
  FAIL_IF("write");
  pthread_mutex_lock(&lock);
  int result = REAL(ftruncate)(descriptor, length);
  if (!result) note(of, length, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int descriptor, off_t length) { return ftruncate(descriptor, length); }

int posix_fallocate(int descriptor, off_t offset, off_t length) {
  struct stat found;
  if (!watched_file(descriptor)) return REAL(posix_fallocate)(descriptor, offset, length);
  if (fstat(descriptor, &found)) return errno;
  return offset + length > found.st_size && ftruncate(descriptor, offset + length) ? errno : 0;
}

int posix_fallocate64(int descriptor, off_t offset, off_t length) {
  return posix_fallocate(descriptor, offset, length);
}

static int sync_file(file *of, int descriptor, int (*how)(int)) {
  int error = failing("sync");
  if (error == LIE) return 0;
  pthread_mutex_lock(&syncing);
  pthread_mutex_lock(&lock);
  change *first = of->first;
  of->first = of->last = NULL;
  pthread_mutex_unlock(&lock);
  int result = -1;
  if (!error) {
    result = how(descriptor);
    error = errno;
  }
  settle(of, first, result == 0);
  pthread_mutex_unlock(&syncing);
  errno = error;
  return result;
}

static int sync_any(int descriptor, int (*how)(int)) {
  file *file_ = watched_file(descriptor);
  if (file_) return sync_file(file_, descriptor, how);
  folder *of = descriptor >= 0 && descriptor < DESCRIPTORS ? folder_of[descriptor] : NULL;
  if (!of || !is_still(descriptor, of->inode)) return how(descriptor);
  char link[64], path[PATH_MAX];
  if (failing("sync") == LIE) return 0;
  FAIL_IF("sync");
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return -1;
  path[length] = 0;
  pthread_mutex_lock(&syncing);
  pthread_mutex_lock(&lock);
  int result = how(descriptor);
  if (!result) sync_names(of, path);
  pthread_mutex_unlock(&lock);
  pthread_mutex_unlock(&syncing);
  return result;
}

int fsync(int descriptor) { return sync_any(descriptor, REAL(fsync)); }
int fdatasync(int descriptor) { return sync_any(descriptor, REAL(fdatasync)); }

static int unlink_at(int at, const char *path, int flags) {
  char absolute[PATH_MAX];
  struct stat found;
  if (!is_watched(at, path, absolute)) return REAL(unlinkat)(at, path, flags);
  pthread_mutex_lock(&lock);
  ino_t gone = last_name_of(absolute);
  ino_t gone_folder = (flags & AT_REMOVEDIR) && !lstat(absolute, &found) ? found.st_ino : 0;
  int result = REAL(unlinkat)(at, path, flags);
  if (!result) forget(gone);
  if (!result) forget_folder(gone_folder);
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) { return unlink_at(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlink_at(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int at, const char *path, int flags) { return unlink_at(at, path, flags); }

int renameat(int from_at, const char *from, int to_at, const char *to) {
  char absolute[PATH_MAX];
  if (!is_watched(to_at, to, absolute)) return REAL(renameat)(from_at, from, to_at, to);
  pthread_mutex_lock(&lock);
  ino_t gone = last_name_of(absolute);
  int result = REAL(renameat)(from_at, from, to_at, to);
  if (!result) forget(gone);
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }
