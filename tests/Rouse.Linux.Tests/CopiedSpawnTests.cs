using System;
using System.IO;
using System.Runtime;

namespace Rouse.Linux.Tests;

/// <summary>
/// Servers that are started in a copy of this process's memory. Other tests run beside, and a copy that is taken while one of them collects
/// garbage would wait for the end of that for ever (see <see cref="OtherThreads"/>): none is collected meanwhile.
/// </summary>
public sealed class CopiedSpawnTests : IDisposable
{
    private readonly bool _isKept = GC.TryStartNoGCRegion(64 * 1024 * 1024);

    public void Dispose()
    {
        if (_isKept && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }
    }

    [Fact]
    public void A_server_in_a_copy_gets_what_one_gets_without()
    {
        string file = Path.GetTempFileName();
        ServerSpec spec = new()
        {
            Path = "/bin/sh",
            Arguments = ["sh", "-c", $"echo $REMOTE_HOST $WORD >> {file}; umask >> {file}; exit 7"],
            Environment = ["WORD=word"],
            Umask = 0x17,
            DefaultSignals = [],
            ResourceLimits = [],
        };
        ServerImage image = new(spec);
        Fd socket = Files.OpenNull().Fd;
        try
        {
            foreach (bool copies in (bool[])[false, true])
            {
                SysResult started = ServerSpawn.Start(image, socket, "192.0.2.1"u8, copies);
                Assert.True(started.Ok);
                Assert.True(ChildWait.For(started.Value, out ChildExit exit).Ok);
                Assert.Equal(7, exit.Status);
                Assert.Equal(LaunchStage.None, image.Failure.Stage);
                Assert.False(LaunchFailures.TryTake(started.Value, out _));
            }

            Assert.Equal("192.0.2.1 word\n0027\n192.0.2.1 word\n0027\n", File.ReadAllText(file));
        }
        finally
        {
            Sockets.Close(socket);
            image.Dispose();
            File.Delete(file);
        }
    }

    [Fact]
    public void What_stopped_a_copy_is_known_when_it_has_exited()
    {
        ServerSpec spec = new() { Path = "/nonexistent/server", Arguments = ["server"], Environment = [], DefaultSignals = [], ResourceLimits = [] };
        ServerImage image = new(spec);
        Fd socket = Files.OpenNull().Fd;
        try
        {
            int first = ServerSpawn.Start(image, socket, default, copies: true).Value;
            int second = ServerSpawn.Start(image, socket, default, copies: true).Value;
            Assert.True(ChildWait.For(first, out ChildExit exit).Ok);
            Assert.Equal(ServerSpawn.ExitStatusOfFailure, exit.Status);
            Assert.True(ChildWait.For(second, out _).Ok);
            Assert.True(LaunchFailures.TryTake(second, out LaunchFailure failure));
            Assert.Equal(new LaunchFailure(LaunchStage.Exec, Errno.ENOENT), failure);
            Assert.True(LaunchFailures.TryTake(first, out _));
            Assert.False(LaunchFailures.TryTake(first, out _));
        }
        finally
        {
            Sockets.Close(socket);
            image.Dispose();
        }
    }
}
