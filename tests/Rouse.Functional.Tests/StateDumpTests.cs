using System.IO;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>SIGUSR1 and SIGABRT on the programs as they are built.</summary>
public sealed class StateDumpTests
{
    [Fact]
    public void Each_dump_is_appended_and_readable_by_all()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        Daemon daemon = stage.Start(Stanza.BuiltIn("daytime", stage.NewPort(), "stream"), wrapper: ControlTests.PrivateRun);
        daemon.Signal(Signal.User1);
        daemon.WaitForLog("generated state dump in file /var/run/xinetd.dump");
        daemon.Signal(Signal.User1);
        daemon.WaitForLog("generated state dump in file /var/run/xinetd.dump", 2);
        string path = daemon.SeenFromHere("/run/xinetd.dump");
        Assert.Equal(2, File.ReadAllText(path).Split("END OF DUMP").Length - 1);
        Assert.Equal(0x1a4, (int)File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_dump_that_cannot_be_written_is_told_and_the_daemon_serves_on()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        int port = stage.NewPort();
        string[] readOnly = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o ro tmpfs /run && exec \"$@\"", "sh"];
        Daemon daemon = stage.Start(Stanza.BuiltIn("daytime", port, "stream"), wrapper: readOnly);
        daemon.Signal(Signal.User1);
        daemon.WaitForLog("failed to open /var/run/xinetd.dump: Read-only file system (errno = 30)");
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
    }
}
