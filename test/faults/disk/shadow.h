/*
 * What is watched, what of it is written and not synced, and the shadow, which holds what would survive a power loss. The folder `tree` of the
 * shadow has the synced names; a file there is a link to its synced content.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

/* A write, or a change of size if there are no bytes, that isn't synced yet. */
typedef struct change {
  struct change *next;
  off_t offset;
  size_t length;
  char *bytes;
} change;

/* A file, whatever its names. Its synced content is the file `contents/<number>` of the shadow. */
typedef struct file {
  struct file *next;
  ino_t inode; /* 0 once it has no name any more: the number can be another file's */
  ino_t born;  /* the same, for as long as it is open */
  int number;
  change *first, *last;
} file;

/* A folder. Until its name is synced, its place in the shadow is `contents/<number>`. */
typedef struct folder {
  struct folder *next, *parent;
  ino_t inode;
  int number;
  char name[NAME_MAX + 1];
} folder;

static char watched[PATH_MAX], shadow[PATH_MAX];
static file *files;
static folder *folders, *root;
static int numbers;
static dev_t device;

/* Guards everything above; recursive, because what this library calls may be interposed. */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
/* Held throughout a sync, so that syncs put their changes into the shadow in their order. */
static pthread_mutex_t syncing = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void die(const char *what) {
  fprintf(stderr, "disk.c: %s: %s\n", what, strerror(errno));
  abort();
}

/* The absolute path of what a call names, in `into`; whether it is watched. */
static int is_watched(int at, const char *path, char *into) {
  if (!root || !path) return 0;
  if (path[0] == '/') {
    snprintf(into, PATH_MAX, "%s", path);
  } else {
    char base[PATH_MAX], link[64];
    if (at == AT_FDCWD) {
      if (!getcwd(base, sizeof base)) return 0;
    } else {
      snprintf(link, sizeof link, "/proc/self/fd/%d", at);
      ssize_t length = readlink(link, base, sizeof base - 1);
      if (length < 0) return 0;
      base[length] = 0;
    }
    while (!strncmp(path, "./", 2)) path += 2;
    if (snprintf(into, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return 0;
  }
  size_t length = strlen(watched);
  return !strncmp(into, watched, length) && (into[length] == '/' || into[length] == 0);
}

static file *file_with(ino_t inode) {
  for (file *each = files; each; each = each->next)
    if (each->inode == inode) return each;
  return NULL;
}

static void content_path(char *into, int number) { snprintf(into, PATH_MAX, "%s/contents/%d", shadow, number); }

/* A file that nothing is known of yet: empty, unless what is synced of it is there already. */
static file *add_file(ino_t inode, const char *synced) {
  file *added = calloc(1, sizeof *added);
  char content[PATH_MAX];
  added->inode = added->born = inode;
  added->number = ++numbers;
  content_path(content, added->number);
  if (!synced || link(synced, content)) {
    int descriptor = REAL(open)(content, O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (descriptor < 0) die(content);
    REAL(close)(descriptor);
  }
  added->next = files;
  return files = added;
}

static folder *add_folder(ino_t inode) {
  for (folder *each = folders; each; each = each->next)
    if (each->inode == inode) return each;
  folder *added = calloc(1, sizeof *added);
  char path[PATH_MAX];
  added->inode = inode;
  added->number = ++numbers;
  content_path(path, added->number);
  if (root && REAL(mkdir)(path, 0700)) die(path);
  added->next = folders;
  return folders = added;
}

static void shadow_path(folder *of, char *into) {
  if (of == root) {
    snprintf(into, PATH_MAX, "%s/tree", shadow);
  } else if (!of->parent) {
    content_path(into, of->number);
  } else {
    char parent[PATH_MAX];
    shadow_path(of->parent, parent);
    if (snprintf(into, PATH_MAX, "%s/%s", parent, of->name) >= PATH_MAX) die("path");
  }
}

static void place(folder *child, folder *parent, const char *name) {
  char from[PATH_MAX], to[PATH_MAX];
  shadow_path(child, from);
  child->parent = parent;
  snprintf(child->name, sizeof child->name, "%s", name);
  shadow_path(child, to);
  if (REAL(rename)(from, to)) die(to);
}

static void note(file *of, off_t offset, const void *bytes, size_t length) {
  change *added = calloc(1, sizeof *added);
  added->offset = offset;
  added->length = length;
  if (bytes) {
    added->bytes = malloc(length);
    memcpy(added->bytes, bytes, length);
  }
  if (of->last) of->last->next = added;
  else of->first = added;
  of->last = added;
}

/* Takes all changes from a file, and puts them into the shadow if they are kept. */
static void settle(file *of, change *first, int are_kept) {
  char path[PATH_MAX];
  content_path(path, of->number);
  int descriptor = are_kept ? REAL(open)(path, O_WRONLY) : -1;
  if (are_kept && descriptor < 0) die(path);
  while (first) {
    change *done = first;
    if (are_kept && done->bytes) {
      if (REAL(pwrite)(descriptor, done->bytes, done->length, done->offset) != (ssize_t)done->length) die(path);
    } else if (are_kept && REAL(ftruncate)(descriptor, done->offset)) {
      die(path);
    }
    first = done->next;
    free(done->bytes);
    free(done);
  }
  if (descriptor >= 0) REAL(close)(descriptor);
}

/* Gives the shadow of a folder the names that the folder has. */
static void sync_names(folder *of, const char *path) {
  char own[PATH_MAX], entry[PATH_MAX], kept[PATH_MAX], content[PATH_MAX];
  struct dirent *each;
  struct stat found, synced;
  shadow_path(of, own);
  DIR *listed = opendir(path);
  if (!listed) die(path);
  while ((each = readdir(listed))) {
    if (!strcmp(each->d_name, ".") || !strcmp(each->d_name, "..")) continue;
    if (snprintf(entry, PATH_MAX, "%s/%s", path, each->d_name) >= PATH_MAX) die("path");
    if (snprintf(kept, PATH_MAX, "%s/%s", own, each->d_name) >= PATH_MAX) die("path");
    if (lstat(entry, &found)) continue;
    if (S_ISDIR(found.st_mode)) {
      folder *child = add_folder(found.st_ino);
      if (child->parent != of) place(child, of, each->d_name);
    } else if (S_ISREG(found.st_mode)) {
      file *named = file_with(found.st_ino);
      if (!named) named = add_file(found.st_ino, NULL);
      content_path(content, named->number);
      if (stat(content, &found)) die(content);
      if (!lstat(kept, &synced) && synced.st_ino == found.st_ino) continue;
      char draft[PATH_MAX];
      snprintf(draft, PATH_MAX, "%s/draft", shadow);
      REAL(unlink)(draft);
      if (REAL(link)(content, draft) || REAL(rename)(draft, kept)) die(kept);
    }
  }
  closedir(listed);
  if (!(listed = opendir(own))) die(own);
  while ((each = readdir(listed))) {
    if (snprintf(entry, PATH_MAX, "%s/%s", path, each->d_name) >= PATH_MAX) die("path");
    if (snprintf(kept, PATH_MAX, "%s/%s", own, each->d_name) >= PATH_MAX) die("path");
    if (lstat(entry, &found) && REAL(unlink)(kept)) REAL(rmdir)(kept);
  }
  closedir(listed);
}

/* A name is about to go: with its last one, a file gives its inode's number away. */
static ino_t last_name_of(const char *path) {
  struct stat found;
  return !lstat(path, &found) && S_ISREG(found.st_mode) && found.st_nlink == 1 ? found.st_ino : 0;
}

static void forget(ino_t inode) {
  file *of = inode ? file_with(inode) : NULL;
  if (of) of->inode = 0;
}

static void forget_folder(ino_t inode) {
  for (folder *each = folders; inode && each; each = each->next)
    if (each->inode == inode) each->inode = 0;
}

/* Remembers what is there when the process starts, with what the shadow has of it. */
static void remember(folder *of, const char *path, const char *synced) {
  struct dirent *each;
  DIR *listed = opendir(path);
  if (!listed) die(path);
  while ((each = readdir(listed))) {
    char entry[PATH_MAX], kept[PATH_MAX];
    struct stat found;
    if (!strcmp(each->d_name, ".") || !strcmp(each->d_name, "..")) continue;
    if (snprintf(entry, PATH_MAX, "%s/%s", path, each->d_name) >= PATH_MAX) die("path");
    if (snprintf(kept, PATH_MAX, "%s/%s", synced, each->d_name) >= PATH_MAX) die("path");
    if (lstat(entry, &found)) die(entry);
    if (S_ISREG(found.st_mode)) {
      add_file(found.st_ino, kept);
    } else if (S_ISDIR(found.st_mode)) {
      folder *child = add_folder(found.st_ino);
      struct stat there;
      if (!stat(kept, &there)) {
        child->parent = of;
        snprintf(child->name, sizeof child->name, "%s", each->d_name);
      }
      remember(child, entry, kept);
    }
  }
  closedir(listed);
}

__attribute__((constructor)) static void begin(void) {
  const char *folder_ = getenv("DISK_FOLDER"), *shadow_ = getenv("DISK_SHADOW");
  char path[PATH_MAX];
  struct stat found;
  if (!folder_ || !shadow_ || !realpath(folder_, watched) || !realpath(shadow_, shadow)) return;
  snprintf(path, PATH_MAX, "%s/contents", shadow);
  if (REAL(mkdir)(path, 0700)) die(path);
  snprintf(path, PATH_MAX, "%s/tree", shadow);
  REAL(mkdir)(path, 0700);
  if (stat(watched, &found)) die(watched);
  device = found.st_dev;
  folder *top = add_folder(found.st_ino);
  root = top;
  remember(root, watched, path);
}
