using System;
using System.Linq;
using Rouse.Linux;
using Rouse.Linux.Tracing;
using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

public sealed class SyscallJudgeTests
{
    private const int Pid = 4321;
    private const ulong Minus1 = ulong.MaxValue;
    private static readonly SocketAddress Local = new(AddressFamily.IPv4, ((UInt128)0xffff << 32) | 0x7f000001, 2222);

    private readonly FakeMemory _memory = new();
    private readonly FakeTrial _trial = new();
    private readonly PlaceholderTable _placeholder = new();
    private readonly Foresight _foresight = new(Local);

    private SyscallJudge Judge => new(Pid, _placeholder, _foresight, _memory, _trial);

    [Theory]
    [InlineData(Syscall.read)]
    [InlineData(Syscall.write)]
    [InlineData(Syscall.readv)]
    [InlineData(Syscall.recvfrom)]
    [InlineData(Syscall.sendto)]
    [InlineData(Syscall.recvmsg)]
    [InlineData(Syscall.getpeername)]
    [InlineData(Syscall.shutdown)]
    [InlineData(Syscall.fadvise64)]
    [InlineData(Syscall.accept4)]
    public void Input_output_and_questions_park_on_the_connection_and_pass_elsewhere(Syscall number)
    {
        Assert.Equal(VerdictKind.Park, Kind(new(number, 0)));
        Assert.Equal(VerdictKind.Park, Kind(new(number, 2)));
        Assert.Equal(VerdictKind.Pass, Kind(new(number, 3)));
        Assert.Equal(VerdictKind.Pass, Kind(new(number, Minus1)));
    }

    [Theory]
    [InlineData(Syscall.fork)]
    [InlineData(Syscall.vfork)]
    [InlineData(Syscall.unlink)]
    [InlineData(Syscall.rename)]
    [InlineData(Syscall.mkdir)]
    [InlineData(Syscall.flock)]
    [InlineData(Syscall.seccomp)]
    [InlineData(Syscall.ptrace)]
    [InlineData(Syscall.io_uring_setup)]
    [InlineData(Syscall.pidfd_getfd)]
    [InlineData(Syscall.timer_settime)]
    [InlineData(Syscall.sched_setscheduler)]
    [InlineData((Syscall)463)]
    [InlineData((Syscall)336)]
    [InlineData((Syscall)0x40000000)]
    public void What_others_would_see_or_nobody_knows_parks_whatever_it_is_asked(Syscall number) =>
        Assert.Equal(VerdictKind.Park, Kind(new(number, 50, 50, 50, 50, 50, 50)));

    [Theory]
    [InlineData(Syscall.fstat, 0)]
    [InlineData(Syscall.lseek, 1)]
    [InlineData(Syscall.close, 0)]
    [InlineData(Syscall.dup, 0)]
    [InlineData(Syscall.getpid, 0)]
    [InlineData(Syscall.mprotect, 0)]
    public void What_finds_the_same_of_both_passes(Syscall number, ulong first) => Assert.Equal(VerdictKind.Pass, Kind(new(number, first)));

    [Fact]
    public void Calls_that_name_the_connection_elsewhere_park_too()
    {
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.epoll_ctl, 7, 1, 0)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.epoll_ctl, 7, 1, 9)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.sendfile, 9, 0)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.splice, 9, 0, 1)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.mmap, 0, 4096, 1, 2, 0)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.mmap, 0, 4096, 1, 0x22, 0)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.dup2, 0, 64)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.dup2, 0, 63)));
    }

    [Fact]
    public void Poll_parks_unless_it_only_asks_whether_the_descriptors_are_good()
    {
        ulong forInput = _memory.Put(0, 0, 0, 0, 1, 0, 0, 0);
        ulong forNothing = _memory.Put(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
        ulong elsewhere = _memory.Put(5, 0, 0, 0, 1, 0, 0, 0);
        ulong noTime = _memory.PutNumbers(0, 0);
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.poll, forInput, 1, 0)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.poll, forNothing, 2, 0)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.poll, forNothing, 2, 100)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.ppoll, forNothing, 2, noTime)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.ppoll, forNothing, 2, 0)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.poll, elsewhere, 1, Minus1)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.poll, elsewhere, 5000, Minus1)));
    }

    [Fact]
    public void Select_parks_where_a_counted_bit_of_any_set_is_the_connections()
    {
        ulong zero = _memory.PutNumbers(1);
        ulong four = _memory.PutNumbers(16);
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.select, 1, zero)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.select, 1024, 0, 0, zero)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.select, 0, zero)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.select, 5, four)));
    }

    [Fact]
    public void The_likely_local_address_is_told_and_remembered()
    {
        ulong length = _memory.Put(16, 0, 0, 0);
        Assert.True(_foresight.Fits(SocketAddress.None));
        Verdict verdict = Judge.Judge(new(Syscall.getsockname, 0, 0x5000, length));
        Assert.Equal(VerdictKind.Answer, verdict.Kind);
        Assert.Equal(0, verdict.Result);
        Assert.Equal(new byte[] { 2, 0, 2222 >> 8, 2222 & 255, 127, 0, 0, 1 }, verdict.Writes![0].Bytes[..8]);
        Assert.Equal(16, BitConverter.ToInt32(verdict.Writes[1].Bytes));
        Assert.True(_foresight.Fits(Local));
        Assert.False(_foresight.Fits(Local with { Port = 1 }));
        Assert.False(_foresight.Fits(SocketAddress.None));
    }

    [Fact]
    public void Without_a_likely_address_the_question_parks()
    {
        SyscallJudge judge = new(Pid, _placeholder, new Foresight(SocketAddress.None), _memory, _trial);
        Assert.Equal(VerdictKind.Park, judge.Judge(new(Syscall.getsockname, 0, 0x5000, _memory.Put(16, 0, 0, 0))).Kind);
        Assert.Equal(VerdictKind.Park, judge.Judge(new(Syscall.getsockopt, 0, 1, 39, 0x5000, _memory.Put(4, 0, 0, 0))).Kind);
    }

    [Theory]
    [InlineData(3, 1)] // SO_TYPE, SOCK_STREAM
    [InlineData(4, 0)] // SO_ERROR
    [InlineData(30, 0)] // SO_ACCEPTCONN
    [InlineData(38, 6)] // SO_PROTOCOL, IPPROTO_TCP
    [InlineData(39, 2)] // SO_DOMAIN, AF_INET
    public void What_every_connection_answers_alike_is_answered(ulong option, int answer)
    {
        Verdict verdict = Judge.Judge(new(Syscall.getsockopt, 0, 1, option, 0x5000, _memory.Put(4, 0, 0, 0)));
        Assert.Equal(VerdictKind.Answer, verdict.Kind);
        Assert.Equal(answer, BitConverter.ToInt32(verdict.Writes![0].Bytes));
        Assert.Equal(option == 39, _foresight.HasToldAddress);
    }

    [Fact]
    public void Other_options_park() =>
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.getsockopt, 0, 1, 7, 0x5000, _memory.Put(4, 0, 0, 0))));

    [Fact]
    public void Options_that_the_kernel_takes_are_wishes_and_others_fail_as_they_would()
    {
        ulong on = _memory.Put(1, 0, 0, 0);
        Verdict verdict = Judge.Judge(new(Syscall.setsockopt, 0, 6, 1, on, 4));
        Assert.Equal((VerdictKind.Answer, 0L), (verdict.Kind, verdict.Result));
        WishedOption wish = Assert.Single(_foresight.Options);
        Assert.Equal((6, 1), (wish.Level, wish.Option));
        Assert.Equal(new byte[] { 1, 0, 0, 0 }, wish.Value);

        _trial.Answer = Errno.EINVAL;
        Assert.Equal(-22, Judge.Judge(new(Syscall.setsockopt, 0, 6, 2, on, 4)).Result);
        Assert.Single(_foresight.Options);

        _trial.Answer = null;
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.setsockopt, 0, 6, 1, on, 4)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.setsockopt, 0, 6, 1, on, 100_000)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.setsockopt, 5, 6, 1, on, 4)));
    }

    [Theory]
    [InlineData(1, 36)] // SO_MARK: the daemon may, the server may not
    [InlineData(1, 33)] // SO_RCVBUFFORCE
    [InlineData(1, 26)] // SO_ATTACH_FILTER: holds an address
    [InlineData(1, 25)] // SO_BINDTODEVICE
    [InlineData(6, 31)] // TCP_ULP
    [InlineData(0, 19)] // IP_TRANSPARENT
    [InlineData(99, 1)]
    public void Options_that_the_daemon_must_not_set_in_a_servers_place_park(ulong level, ulong option)
    {
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.setsockopt, 0, level, option, _memory.Put(1, 0, 0, 0), 4)));
        Assert.Empty(_foresight.Options);
    }

    [Fact]
    public void Status_flags_are_remembered_and_read_back()
    {
        const ulong Nonblock = 0x800;
        Assert.Equal(2, Judge.Judge(new(Syscall.fcntl, 0, 3)).Result);
        Assert.Null(_foresight.StatusFlags);
        Assert.Equal(0, Judge.Judge(new(Syscall.fcntl, 0, 4, 2 | Nonblock)).Result);
        Assert.Equal(0x802, Judge.Judge(new(Syscall.fcntl, 1, 3)).Result);
        ulong off = _memory.Put(0, 0, 0, 0);
        Assert.Equal(0, Judge.Judge(new(Syscall.ioctl, 0, 0x5421, off)).Result);
        Assert.Equal(2, _foresight.StatusFlags);
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.fcntl, 0, 4, 0x2000))); // O_ASYNC
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.fcntl, 5, 4, 0x2000)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.ioctl, 0, 0x5401))); // TCGETS
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.ioctl, 0, 0x541b))); // FIONREAD
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(37)]
    public void A_lock_on_any_file_parks(ulong command) => Assert.Equal(VerdictKind.Park, Kind(new(Syscall.fcntl, 9, command)));

    [Theory]
    [InlineData("/etc/passwd", 0UL, false)]
    [InlineData("/etc/passwd", 0x80000UL, false)] // O_CLOEXEC
    [InlineData("/var/log/it", 1UL, true)]
    [InlineData("/var/log/it", 2UL, true)]
    [InlineData("/var/log/it", 0x40UL, true)] // O_CREAT
    [InlineData("/var/log/it", 0x200UL, true)] // O_TRUNC
    [InlineData("/dev/null", 2UL, false)]
    [InlineData("/dev/tty", 2UL, false)]
    [InlineData("/dev/shm/it", 2UL, true)]
    [InlineData("/proc/self/fd/0", 0UL, true)]
    [InlineData("/proc/self/fd", 0UL, false)]
    [InlineData("/dev/stdin", 0UL, true)]
    [InlineData("/dev/fd/1", 0UL, true)]
    public void A_file_opened_for_writing_parks_and_so_does_a_look_at_the_placeholder(string path, ulong flags, bool parks)
    {
        ulong at = _memory.Put(path);
        VerdictKind expected = parks ? VerdictKind.Park : VerdictKind.Pass;
        Assert.Equal(expected, Kind(new(Syscall.openat, 0xffffff9c, at, flags)));
        Assert.Equal(expected, Kind(new(Syscall.open, at, flags)));
        Assert.Equal(expected, Kind(new(Syscall.openat2, 0xffffff9c, at, _memory.PutNumbers(flags, 0, 0))));
    }

    [Fact]
    public void Reading_where_a_descriptor_leads_parks()
    {
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.readlink, _memory.Put("/proc/self/fd/0"))));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.readlinkat, 0, _memory.Put("/proc/4321/fd/1"))));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.readlink, _memory.Put("/proc/self/exe"))));
    }

    [Fact]
    public void Others_are_not_reached_before_there_is_a_connection()
    {
        ulong inet = _memory.Put(2, 0, 0, 53, 1, 1, 1, 1);
        ulong anyPort = _memory.Put(10, 0, 0, 0, 0, 0, 0, 0);
        ulong unix = _memory.Put(1, 0, (byte)'/', 0);
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.connect, 5, inet, 16)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.connect, 5, unix, 4)));
        Assert.True(_placeholder.Track(new(Syscall.socket, 2, 2 | 0x80000), 5));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.connect, 5, inet, 16)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.bind, 5, inet, 16)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.bind, 5, anyPort, 28)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.bind, 5, unix, 4)));
    }

    [Fact]
    public void Threads_are_followed_and_processes_are_not()
    {
        const ulong Thread = 0x10000 | 0x400;
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.clone, Thread)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.clone, 17)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.clone, 0x10000)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.clone3, _memory.PutNumbers(Thread))));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.clone3, _memory.PutNumbers(0x4100))));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.clone3, 1)));
    }

    [Fact]
    public void Time_signals_and_limits_that_would_count_too_early_park()
    {
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.alarm, 30)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.alarm, 0)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.setitimer, 0, _memory.PutNumbers(0, 0, 1, 0))));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.setitimer, 0, _memory.PutNumbers(5, 0, 0, 0))));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.kill, 1, 15)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.kill, 1, 0)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.tgkill, Pid, Pid, 6)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.prlimit64, 0, 7, _memory.PutNumbers(10, 10))));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.prlimit64, 0, 7, _memory.PutNumbers(1024, 1024))));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.prlimit64, 0, 7, 0)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.prctl, 22)));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.prctl, 15)));
    }

    [Fact]
    public void A_message_that_could_carry_a_descriptor_away_parks()
    {
        ulong plain = _memory.PutNumbers(0, 0, 0, 0, 0, 0, 0);
        ulong withControl = _memory.PutNumbers(0, 0, 0, 0, 0x9000, 24, 0);
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.sendmsg, 9, plain)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.sendmsg, 9, withControl)));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.sendmsg, 0, plain)));
    }

    [Fact]
    public void A_copy_is_judged_as_the_connection_and_a_closed_one_is_not()
    {
        Assert.True(_placeholder.Track(new(Syscall.dup, 0), 5));
        Assert.Equal(VerdictKind.Park, Kind(new(Syscall.read, 5)));
        Assert.True(_placeholder.Track(new(Syscall.close, 5), 0));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.read, 5)));
        Assert.True(_placeholder.Track(new(Syscall.dup2, 9, 2), 2));
        Assert.Equal(VerdictKind.Pass, Kind(new(Syscall.write, 2)));
        Assert.Equal([0u, 1u], _placeholder.Descriptors().ToArray());
    }

    private VerdictKind Kind(SyscallStop call) => Judge.Judge(call).Kind;
}
