using System.IO;
using System.Linq;
using System.Text.Json;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary><c>rouse why</c> as it is built: from the files, and from the running daemon.</summary>
public sealed class WhyTests
{
    [Fact]
    public void The_files_say_what_decides_and_where_it_stands()
    {
        using Scratch scratch = new();
        string configuration = scratch.Write(
            "conf",
            Stanza.BuiltIn("daytime", Ports.Free(), "stream", "id = clock", "flags = NOLIBWRAP", "only_from = 10.0.0.0/8", "no_access = 10.1.2.3", "access_times = 8:00-18:00"));
        CommandResult allowed = Why("clock", "10.0.0.1", "--at", "12:00", "-f", configuration);
        Assert.Equal(0, allowed.ExitCode);
        Assert.StartsWith($"10.0.0.1 would be served by clock ({configuration}:", allowed.Text);
        CommandResult early = Why("clock", "10.0.0.1", "--at", "7:59", "-f", configuration);
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("NO  access_times", early.Text);
        CommandResult listed = Why("daytime", "10.1.2.3", "--at", "7:59", "-f", configuration);
        Assert.Contains("NO  access_times", listed.Text);
        Assert.Contains("no  only_from, no_access", listed.Text);
        Assert.Contains("(would have refused too)", listed.Text);
        string line = listed.Text.Split('\n').First(text => text.Contains("no  only_from"));
        Assert.Contains($"[{configuration}:", line);
        JsonElement answer = JsonDocument.Parse(Why("clock", "192.0.2.1", "--json", "--at", "12:00", "-f", configuration).Output)
            .RootElement.GetProperty("answers")[0];
        Assert.Equal(("address", false), (answer.GetProperty("reason").GetString(), answer.GetProperty("allowed").GetBoolean()));
        Assert.Equal("Add 192.0.2.1 to only_from.", answer.GetProperty("change").GetString());
        Assert.Single(answer.GetProperty("steps").EnumerateArray(), step => step.GetProperty("decides").GetBoolean());
    }

    [Theory]
    [InlineData(2, "clock", "10.0.0.1", "--at", "25:00")]
    [InlineData(2, "clock", "no.such.name.invalid")]
    [InlineData(1, "nothing", "10.0.0.1")]
    [InlineData(2, "clock")]
    public void Wrong_use_and_unknown_services_say_so(int exit, params string[] words)
    {
        using Scratch scratch = new();
        string configuration = scratch.Write("conf", Stanza.BuiltIn("daytime", Ports.Free(), "stream", "id = clock", "flags = NOLIBWRAP"));
        CommandResult result = Why([.. words, "-f", configuration]);
        Assert.Equal(exit, result.ExitCode);
        Assert.StartsWith("rouse: ", result.Error);
    }

    [Fact]
    public void A_service_that_does_not_run_is_told_with_the_reason_and_its_place()
    {
        using Scratch scratch = new();
        string configuration = scratch.Write(
            "conf", Stanza.BuiltIn("daytime", 70_000, "stream", "id = broken") + Stanza.BuiltIn("echo", Ports.Free(), "stream", "id = off", "disable = yes"));
        CommandResult broken = Why("broken", "10.0.0.1", "-f", configuration);
        Assert.Equal(1, broken.ExitCode);
        Assert.StartsWith($"rouse: service 'broken' ({configuration}:1:", broken.Error);
        Assert.Contains("left out because of an error", broken.Error);
        Assert.Contains("is disabled", Why("off", "10.0.0.1", "-f", configuration).Error);
    }

    [Fact]
    public void The_running_daemon_answers_with_its_counters()
    {
        Subjects.OnlyOurs("a control socket");
        using Stage stage = new();
        int port = stage.NewPort();
        string socket = stage.Scratch["control"];
        stage.Start(Stanza.Stream("hold", port, "server = " + stage.Probe, "server_args = hold", "instances = 1", "flags = NOLIBWRAP"), ["-control", socket]);
        Assert.Equal(0, Why("hold", "127.0.0.1", "--live", "--control", socket).ExitCode);
        using Peer peer = Peer.Connect(port);
        peer.ReadLine();
        CommandResult full = Why("hold", "127.0.0.1", "--live", "--control", socket);
        Assert.Equal(1, full.ExitCode);
        Assert.Contains("would be refused by hold", full.Text);
        Assert.Contains("1 of 1 are taken", full.Text);
        CommandResult dead = Why("hold", "127.0.0.1", "--live", "--control", stage.Scratch["nowhere"]);
        Assert.Equal(1, dead.ExitCode);
        Assert.Contains("no daemon answers", dead.Error);
    }

    private static CommandResult Why(params string[] words) => Command.Run(Path.Combine(Repository.Bin, "rouse"), ["why", .. words]);
}
