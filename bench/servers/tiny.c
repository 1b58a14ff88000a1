// The echo server without a C library, so that its own start costs next to nothing: for the row that makes 100,000 of them.
static long call(long number, long first, long second, long third)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(number), "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
    return result;
}

enum { READ = 0, WRITE = 1, EXIT_GROUP = 231 };

void _start(void)
{
    char bytes[4096];
    for (long count; (count = call(READ, 0, (long)bytes, sizeof bytes)) > 0;)
        if (call(WRITE, 1, (long)bytes, count) != count)
            call(EXIT_GROUP, 1, 0, 0);
    call(EXIT_GROUP, 0, 0, 0);
}
