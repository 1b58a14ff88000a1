using Rouse.Harness;

namespace Rouse.Functional.Tests;

public sealed class FirstTests
{
    [Fact]
    public void Echo_returns_what_it_gets()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        int p2 = stage.NewPort();
        stage.Start(Stanza.Defaults(stage.LogToFile, "log_on_success = PID HOST EXIT DURATION") + Stanza.BuiltIn("echo", port, "stream")
            + Stanza.Stream("world", p2, "server = " + stage.Probe, "server_args = world"));
        Assert.Equal("hello\n", Peer.Ask(port, "hello\n", halfClose: true));
        World world = World.Parse(Peer.Ask(p2));
        Assert.Equal("0 1 2", world.Descriptors);
        stage.WaitForServiceLog("EXIT", 2);
        TestContext.Current.SendDiagnosticMessage(world.ToString());
        TestContext.Current.TestOutputHelper!.WriteLine(world + "\n" + string.Join('\n', stage.ServiceLog));
    }
}
