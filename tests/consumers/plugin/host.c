/* SPDX-License-Identifier: MIT */
/* Loads the plugin beside it, runs it and unloads it, a thousand times or as
 * often as LOADS says. Prints "ok" if nothing stays: no handle, no thread, no
 * slot for a thread's data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>

#include <tlhelp32.h>

typedef HMODULE library;
#define PLUGIN "plugin.dll"
static library load(const char *path) { return LoadLibraryA(path); }
static int unload(library l) { return FreeLibrary(l); }
static void *find(library l) { return (void *)GetProcAddress(l, "plugin_run"); }
static int is_loaded(const char *path) {
  return GetModuleHandleA(path) != NULL;
}

static int handles(void) {
  DWORD n = 0;
  GetProcessHandleCount(GetCurrentProcess(), &n);
  return (int)n;
}

static int threads(void) {
  THREADENTRY32 entry = {.dwSize = sizeof entry};
  HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  int n = 0;
  for (BOOL more = Thread32First(all, &entry); more;
       more = Thread32Next(all, &entry)) {
    n += entry.th32OwnerProcessID == GetCurrentProcessId();
  }
  CloseHandle(all);
  return n;
}

/* The first slot that is free. */
static int slots(void) {
  DWORD slot = TlsAlloc();
  TlsFree(slot);
  return (int)slot;
}
#else
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>

typedef void *library;
#define PLUGIN "plugin.so"
static library load(const char *path) { return dlopen(path, RTLD_NOW); }
static int unload(library l) { return dlclose(l) == 0; }
static void *find(library l) { return dlsym(l, "plugin_run"); }
static int is_loaded(const char *path) {
  return dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL;
}

static int entries(const char *path) {
  DIR *folder = opendir(path);
  int n = 0;
  while (folder != NULL && readdir(folder) != NULL) {
    ++n;
  }
  closedir(folder);
  return n;
}
static int handles(void) { return entries("/proc/self/fd"); }
static int threads(void) { return entries("/proc/self/task"); }
static int slots(void) {
  pthread_key_t key;
  pthread_key_create(&key, NULL);
  pthread_key_delete(key);
  return (int)key;
}
#endif

static int load_and_run(const char *path) {
  int (*run)(void);
  library l = load(path);
  void *found = l == NULL ? NULL : find(l);
  if (found == NULL) {
    printf("cannot load %s\n", path);
    return 1;
  }
  memcpy(&run, &found, sizeof run);
  int rc = run();
  if (rc != 0 || !unload(l) || is_loaded(path)) {
    printf("%s: %d, or it stays loaded\n", path, rc);
    return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  char path[1000];
  int before[3] = {0, 0, 0}, after[3] = {0, 0, 0};
  const char *loads = getenv("LOADS");
  int count = loads == NULL ? 1000 : atoi(loads);
  const char *end = strrchr(argv[0], '/');
  end = end == NULL ? strrchr(argv[0], '\\') : end;
  snprintf(path, sizeof path, "%.*s%s",
           (int)(end == NULL ? 0 : end + 1 - argv[0]), argv[0], PLUGIN);
  (void)argc;
  for (int i = 0; i < count; ++i) {
    if (load_and_run(path) != 0) {
      return 1;
    }
    after[0] = handles();
    after[1] = threads();
    after[2] = slots();
    if (i == 10) { /* what the system keeps for itself is there */
      memcpy(before, after, sizeof before);
    }
  }
  if (after[0] > before[0] + 10 || after[1] > before[1] ||
      after[2] > before[2]) {
    printf("handles %d to %d, threads %d to %d, slots %d to %d\n", before[0],
           after[0], before[1], after[1], before[2], after[2]);
    return 1;
  }
  printf("ok\n");
  return 0;
}
