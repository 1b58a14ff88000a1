using System.IO;
using System.Linq;
using System.Text.Json;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>What an administrator sees of servers that were started beforehand: in <c>rouse services</c>, <c>rouse status</c> and the log.</summary>
public sealed class WarmViewTests
{
    [Fact]
    public void Services_and_status_show_what_is_parked_how_often_it_was_of_use_and_what_it_holds()
    {
        using WarmStage warm = new();
        int port = Start(warm, "start = warm 2");
        warm.WaitForParked("line", 2);
        Assert.Equal("line: hello\n", Peer.Ask(port, "hello\n"));
        warm.Stage.WaitForServiceLog("EXIT: line");
        warm.WaitForParked("line", 2);
        string services = warm.Rouse("services");
        Assert.Matches($@"(?m)^line +xinetd +on +warm 2 +127\.0\.0\.1:{port}/tcp +parked +[1-9]\d* KiB +\d+ s ago$", services);
        Assert.Matches(@"(?m)^SERVICE +START +SERVERS +PARKED +HITS +MISSES +MEMORY +LAST SLEPT$", services);
        Assert.Matches(@"(?m)^line +warm 2 +ready +2 +1 +0 +[1-9]\d* KiB +never$", services);
        Assert.Matches(@"(?m)^line +fixed, ready +2 +1 +0 +\d+ ms +[1-9]\d* KiB +never +parked at \w+$", warm.Rouse("status"));

        JsonElement service = Json(warm);
        Assert.Equal((2, 1, 0), (Number(service, "parked"), Number(service, "hits"), Number(service, "misses")));
        Assert.Equal(JsonValueKind.Null, service.GetProperty("lastSlept").ValueKind);
        Assert.Empty(service.GetProperty("pids").EnumerateArray());
        JsonElement told = warm.Warm("line");
        int[] pids = [.. told.GetProperty("pids").EnumerateArray().Select(pid => pid.GetInt32())];
        Assert.Equal(warm.Processes("line").Order(), pids.Order());
        Assert.InRange(Number(told, "memoryKiB"), 1, int.MaxValue);
        Assert.InRange(Number(service, "memoryKiB"), 1, int.MaxValue);
    }

    [Fact]
    public void When_it_last_slept_is_shown_and_that_it_went_to_sleep_is_in_the_log()
    {
        using WarmStage warm = new();
        int port = Start(warm, "start = warm auto", "idle_timeout = 1");
        Assert.Matches(@"(?m)^line +warm auto +sleeping +0 +0 +0 +0 KiB +never$", warm.Rouse("services"));
        Peer.Ask(port, "hello\n");
        warm.Stage.WaitForServiceLog("EXIT: line");
        warm.Daemon.WaitForLog("service line: servers are started beforehand and parked at ");
        warm.Daemon.WaitForLog("service line: a parked server is ended, and none is started beforehand until somebody comes: nobody connects");
        string services = warm.Rouse("services");
        Assert.Matches(@"(?m)^line +warm auto +sleeping +0 +0 +1 +0 KiB +\d+ s ago$", services);
        Assert.Matches(@"(?m)^line +xinetd +on +warm auto .* asleep +0 KiB ", services);
        Assert.InRange(Json(warm).GetProperty("lastSlept").GetInt64(), 1, long.MaxValue);
    }

    [Fact]
    public void An_edit_that_ends_parked_servers_is_in_the_log()
    {
        using WarmStage warm = new();
        string script = warm.Script("says", "#!/bin/sh\nread x; echo one\n");
        warm.Start(Stanza.Stream("says", warm.Stage.NewPort(), "server = " + script, "start = warm 2"));
        warm.WaitForParked("says", 2);
        File.WriteAllText(script, "#!/bin/sh\nread x; echo two\n");
        warm.Daemon.WaitForLog("service says: 2 parked servers are ended: a file that it reads at its start, or looks for, has changed");
        warm.Daemon.WaitForLog("service says: servers are started beforehand and parked at ", 2);
    }

    private static int Start(WarmStage warm, params string[] lines)
    {
        int port = warm.Stage.NewPort();
        string program = warm.Scratch.CopyOfProbe("line-server");
        warm.Start(Stanza.Stream("line", port, ["server = " + program, "server_args = line", .. lines]));
        return port;
    }

    private static JsonElement Json(WarmStage warm) => JsonDocument.Parse(warm.Rouse("services", "--json")).RootElement
        .GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == "line");

    private static int Number(JsonElement from, string name) => from.GetProperty(name).GetInt32();
}
