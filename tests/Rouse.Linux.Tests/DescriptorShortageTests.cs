using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux.Tests;

/// <summary>What is said where no descriptor is left: nothing else runs meanwhile, as all of this process is short of them.</summary>
[Collection(Spawning.OneAtATime)]
public sealed class DescriptorShortageTests
{
    private const int RLIMIT_NOFILE = 7;

    /// <summary>An empty answer would mean that nobody listens.</summary>
    [Fact]
    public void Tables_that_cannot_be_read_are_an_error_and_not_empty()
    {
        LinuxSystem system = new();
        SocketAddress place = new(AddressFamily.IPv4, ((UInt128)0xffff << 32) | 0x7f000001, 1);
        Span<long> inodes = stackalloc long[4];
        Assert.Equal(SysResult.Success(), system.FindListeners(place, datagrams: false, inodes));
        FamilyMember self = new(ThisProcess.Id, 0, system.Retrace(ThisProcess.Id, default).StartTicks);
        SysResult found;
        bool lives;
        (ulong soft, ulong hard) = ThisProcess.Limit(RLIMIT_NOFILE);
        SetLimit(0, hard);
        try
        {
            found = system.FindListeners(place, datagrams: false, inodes);
            lives = system.Lives(self);
        }
        finally
        {
            SetLimit(soft, hard);
        }

        Assert.Equal(SysResult.Fail(Errno.EMFILE), found);
        Assert.True(lives);
        Assert.Equal(SysResult.Success(), system.FindListeners(place, datagrams: false, inodes));
    }

    private static void SetLimit(ulong soft, ulong hard) => Assert.Equal(0, setrlimit(RLIMIT_NOFILE, [soft, hard]));

    [DllImport("libc", SetLastError = true)]
    private static extern int setrlimit(int resource, ulong[] limit);
}
