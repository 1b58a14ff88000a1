using System.IO;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>When the daemon's user may have no further thread, what needs one is refused, and the rest goes on.</summary>
public sealed class ThreadShortageTests
{
    // Nobody else has this number: RLIMIT_NPROC counts all processes and threads of a user, and does not hold for root.
    private const string User = "61873";

    [Fact]
    public void Without_threads_a_reload_and_a_dump_are_refused_and_the_daemon_serves_on()
    {
        AsRoot.Needed();
        Subjects.OnlyOurs("the original has no threads");
        using var stage = new Stage();
        int port = stage.NewPort();
        File.SetUnixFileMode(stage.Scratch.Folder, (UnixFileMode)0b111_111_111);
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("daytime", port, "stream"),
            wrapper: ["setpriv", "--reuid=" + User, "--regid=" + User, "--clear-groups", "prlimit", "--nproc=2:2", "--"]);
        daemon.Signal(Signal.Hangup);
        daemon.WaitForLog("reconfiguration failed: no thread can be made to read the files; nothing was changed");
        daemon.Signal(Signal.User1);
        daemon.WaitForLog("no thread can be made to write the state dump");
        Assert.Contains(":", Peer.Ask(port));
        daemon.Signal(Signal.Hangup);
        daemon.WaitForLog("reconfiguration failed:", 2);
    }
}
