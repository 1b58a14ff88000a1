using Rouse.Linux.Tracing;
using static Rouse.Linux.Tracing.Syscall;

namespace Rouse.Server.Warm;

/// <summary>
/// The rule of each system call. Parking early is always right, parking late is not: so a number that is not known parks.
/// </summary>
internal static class SyscallRules
{
    /// <summary>The last number that was looked at when this table was written, and the numbers that x86-64 leaves out.</summary>
    private const int LastKnown = 462;
    private const int GapBegins = 335;
    private const int GapEnds = 423;

    private static readonly SyscallRule[] Table = Build();

    public static SyscallRule For(Syscall number) => (ulong)number <= LastKnown ? Table[(int)number] : SyscallRule.Park;

    private static SyscallRule[] Build()
    {
        SyscallRule[] table = new SyscallRule[LastKnown + 1];
        for (int number = GapBegins; number <= GapEnds; number++)
        {
            table[number] = SyscallRule.Park;
        }

        Set(
            table,
            SyscallRule.First,
            [
                read, write, pread64, pwrite64, readv, writev, preadv, pwritev, preadv2, pwritev2, sendto, recvfrom, recvmsg, recvmmsg, shutdown,
                getpeername, accept, accept4, fsync, fdatasync, ftruncate, fallocate, fadvise64, readahead, sync_file_range, syncfs, getdents,
                getdents64, fstatfs, fchmod, fchown, fsetxattr, fgetxattr, flistxattr, fremovexattr, vmsplice, signalfd,
            ]);
        Set(table, SyscallRule.FirstOrSecond, [sendfile, tee]);
        Set(table, SyscallRule.FirstOrThird, [splice, copy_file_range]);
        Set(table, SyscallRule.Third, [epoll_ctl]);

        // Seen by others before anybody has connected: files, names, rights, locks, signals, processes, objects that outlive the server.
        Set(
            table,
            SyscallRule.Park,
            [
                creat, mkdir, mkdirat, rmdir, unlink, unlinkat, rename, renameat, renameat2, link, linkat, symlink, symlinkat, truncate, mknod,
                mknodat, chmod, fchmodat, fchmodat2, chown, lchown, fchownat, utime, utimes, futimesat, utimensat, setxattr, lsetxattr,
                removexattr, lremovexattr, flock, fork, vfork, tkill, rt_sigqueueinfo, pidfd_send_signal, shmget, semget, msgget, mq_open,
                mount, umount2, move_mount, mount_setattr, sethostname, settimeofday, clock_settime, listen, process_vm_writev,
            ]);

        // What parking rests on, or would come too early: calls that other calls hide in, time that runs while parked, priorities that are lent.
        Set(
            table,
            SyscallRule.Park,
            [
                seccomp, ptrace, io_uring_setup, io_uring_enter, io_uring_register, io_setup, io_submit, pidfd_getfd, setns, timer_settime,
                timerfd_settime, sched_setscheduler, sched_setparam, sched_setattr, landlock_restrict_self,
            ]);

        Set(table, SyscallRule.Duplicate, [dup2, dup3]);
        Set(table, SyscallRule.Fcntl, [fcntl]);
        Set(table, SyscallRule.Ioctl, [ioctl]);
        Set(table, SyscallRule.LocalAddress, [getsockname]);
        Set(table, SyscallRule.GetOption, [getsockopt]);
        Set(table, SyscallRule.SetOption, [setsockopt]);
        Set(table, SyscallRule.Connect, [connect]);
        Set(table, SyscallRule.Bind, [bind]);
        Set(table, SyscallRule.SendMessage, [sendmsg, sendmmsg]);
        Set(table, SyscallRule.Map, [mmap]);
        Set(table, SyscallRule.Poll, [poll, ppoll]);
        Set(table, SyscallRule.Select, [select, pselect6]);
        Set(table, SyscallRule.Open, [open]);
        Set(table, SyscallRule.OpenAt, [openat]);
        Set(table, SyscallRule.OpenAt2, [openat2]);
        Set(table, SyscallRule.ReadLink, [readlink]);
        Set(table, SyscallRule.ReadLinkAt, [readlinkat]);
        Set(table, SyscallRule.Alarm, [alarm]);
        Set(table, SyscallRule.IntervalTimer, [setitimer]);
        Set(table, SyscallRule.Clone, [clone]);
        Set(table, SyscallRule.Clone3, [clone3]);
        Set(table, SyscallRule.Kill, [kill, tgkill]);
        Set(table, SyscallRule.Prctl, [prctl]);
        Set(table, SyscallRule.Limit, [prlimit64]);
        Set(table, SyscallRule.OldLimit, [setrlimit]);
        Set(table, SyscallRule.Unshare, [unshare]);
        return table;
    }

    private static void Set(SyscallRule[] table, SyscallRule rule, System.ReadOnlySpan<Syscall> numbers)
    {
        foreach (Syscall number in numbers)
        {
            table[(int)number] = rule;
        }
    }
}
