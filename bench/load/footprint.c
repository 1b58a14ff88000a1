// What a daemon holds: its descriptors, and of it and all processes under it the number, the zombies and the memory
// (proportional set size, from smaps_rollup; proc(5)). Kernel threads and processes that end meanwhile count nothing.
#include "load.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct footprint {
    long pss_kib;
    unsigned processes, zombies;
};

static FILE *open_proc(int pid, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return fopen(path, "re");
}

static long number_after(int pid, const char *file_name, const char *label, char *letter)
{
    char line[256];
    long number = 0;
    FILE *file = open_proc(pid, file_name);
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, label, strlen(label)) == 0) {
            sscanf(line + strlen(label), " %c", letter);
            number = atol(line + strlen(label));
            break;
        }
    }
    if (file)
        fclose(file);
    return number;
}

static void add(struct footprint *sum, int pid)
{
    char state = 0, ignored;
    number_after(pid, "status", "State:", &state);
    sum->processes++;
    sum->zombies += state == 'Z';
    sum->pss_kib += number_after(pid, "smaps_rollup", "Pss:", &ignored);

    char threads[128], children[64];
    snprintf(threads, sizeof threads, "/proc/%d/task", pid);
    DIR *directory = opendir(threads);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(children, sizeof children, "task/%.20s/children", entry->d_name);
        FILE *list = open_proc(pid, children);
        for (int child; list && fscanf(list, "%d", &child) == 1;)
            add(sum, child);
        if (list)
            fclose(list);
    }
    if (directory)
        closedir(directory);
}

static unsigned count_descriptors(int pid)
{
    char path[128];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    if (directory)
        closedir(directory);
    return count;
}

int run_footprint(const char *pid_text)
{
    struct footprint sum = { 0 };
    int pid = atoi(pid_text);
    add(&sum, pid);
    printf("pss=%ld processes=%u zombies=%u descriptors=%u\n", sum.pss_kib, sum.processes, sum.zombies, count_descriptors(pid));
    return sum.pss_kib > 0 ? 0 : 1;
}
