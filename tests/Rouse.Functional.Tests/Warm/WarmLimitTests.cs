using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>The daemon's <c>-limit</c> with servers that are started beforehand.</summary>
public sealed class WarmLimitTests
{
    [Fact]
    public void Parked_servers_fill_the_limit_and_give_way_to_servers_that_are_needed()
    {
        using WarmStage warm = new();
        int cold = warm.Stage.NewPort();
        int parked = warm.Stage.NewPort();
        string[] lines = ["server = " + warm.Stage.Probe, "server_args = hold", "log_on_failure = HOST"];
        warm.Start(
            Stanza.Stream("cold", cold, lines) + Stanza.Stream("parked", parked, [.. lines, "start = warm 5"]), options: ["-limit", "3"]);
        warm.WaitForParked("parked", 3);
        AssertPlaces(warm, parked: 3);

        using Peer first = Peer.Connect(cold);
        Assert.StartsWith("held", first.ReadLine());
        AssertPlaces(warm, parked: 2);
        using Peer second = Peer.Connect(parked);
        Assert.StartsWith("held", second.ReadLine());
        AssertPlaces(warm, parked: 1);
        Assert.Equal(1, warm.Number("parked", "hits"));
        using Peer third = Peer.Connect(cold);
        Assert.StartsWith("held", third.ReadLine());
        AssertPlaces(warm, parked: 0);
        Assert.Contains("-limit", warm.Warm("parked").GetProperty("reason").GetString());

        Assert.Equal("(closed)", Peer.Ask(cold));
        Assert.Equal("(closed)", Peer.Ask(parked));
        warm.Stage.WaitForServiceLog("FAIL: cold process_limit from=127.0.0.1");
        warm.Stage.WaitForServiceLog("FAIL: parked process_limit from=127.0.0.1");

        // A place that becomes free is filled again.
        third.HalfClose();
        warm.Stage.WaitForServiceLog("EXIT: cold");
        warm.WaitForParked("parked");
        AssertPlaces(warm, parked: 1);
        Assert.Equal("ready", warm.Warm("parked").GetProperty("state").GetString());
    }

    // The one that gives way ends at once, but not before the other begins.
    private static void AssertPlaces(WarmStage warm, int parked) =>
        Wait.Until(
            () => warm.Number("parked", "parked") == parked && ProcFs.Children(warm.Daemon.Pid).Count == 3,
            () => $"{parked} parked servers and 3 processes: {warm.Warm("parked")}, {string.Join(' ', ProcFs.Children(warm.Daemon.Pid))}\n{warm.Daemon.Describe()}");
}
