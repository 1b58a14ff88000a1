using System;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Launch;

/// <summary>A server that was started in a copy of the daemon's memory tells only with its end that it never became the server.</summary>
public sealed class LateFailureTests
{
    [Fact]
    public void It_is_logged_before_the_end_as_one_that_is_known_at_once_is()
    {
        Given.World world = Given.Running(Given.External());
        world.Connect();
        int pid = world.System.LastPid;
        world.System.LateFailures[pid] = new LaunchFailure(LaunchStage.Exec, Errno.ENOENT);
        world.End(pid, status: 127);
        Assert.Contains("execv( /bin/server ) failed: No such file or directory (errno = 2)", world.DaemonLog, StringComparison.Ordinal);
        Assert.Equal([$"START: server pid={pid} from=127.0.0.1", $"EXIT: server status=127 pid={pid} duration=0(sec)"], world.ServiceLines);
        Assert.Empty(world.System.LateFailures);
    }
}
