using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Xml.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary><c>rouse measure</c>: a real server in its ways, and what is advised from the figures.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Rsync_is_measured_on_demand_and_standalone_and_the_advice_changes_at_the_break_even()
    {
        AsRoot.Needed();
        string rsync = Originals.Program("rsync", "usr/bin/rsync");
        string configuration = _scratch.Write("rsyncd.conf", "use chroot = no\n[tree]\npath = /\n");
        string picture = _scratch["rsync.svg"];
        CommandResult measured = Command.Run(
            Originals.Environment(), Command.Bound, Path.Combine(Repository.Bin, "rouse"), "measure",
            "--seconds", "0.3", "--clients", "2", "--ways", "cold,standalone", "--json", "--svg", picture,
            "--standalone", $"exec {rsync} --daemon --no-detach --address=127.0.0.1 --port={{port}} --config={configuration}",
            "--", rsync, "--daemon", "--config=" + configuration);
        Assert.True(measured.ExitCode == 0, measured.Error);
        Assert.Contains("cold: one connection at a time", measured.Error, StringComparison.Ordinal);
        JsonElement report = JsonElement.Parse(measured.Text);
        Assert.Empty(report.GetProperty("notMeasured").EnumerateArray());
        JsonElement[] ways = [.. report.GetProperty("ways").EnumerateArray()];
        Assert.Equal(["cold", "standalone"], ways.Select(way => way.GetProperty("way").GetString()));
        Assert.All(ways, way => Assert.Equal(0, way.GetProperty("errors").GetInt32()));
        Assert.All(ways, way => Assert.InRange(way.GetProperty("connectionsPerSecond").GetDouble(), 1, 1e6));
        Assert.Equal(0, ways[0].GetProperty("idleKiB").GetDouble());
        Assert.InRange(ways[1].GetProperty("idleKiB").GetDouble(), 100, 1e6);
        Assert.Equal("svg", XDocument.Load(picture).Root!.Name.LocalName);

        double breakEven = report.GetProperty("breakEven").GetDouble();
        string saved = _scratch.Write("saved.json", measured.Text);
        Assert.Equal("cold", Advised(saved, breakEven * 0.99));
        Assert.Equal("standalone", Advised(saved, breakEven * 1.01));
        Assert.All(Directory.GetDirectories("/tmp", "rouse-measure.*"), folder => Assert.True(Directory.Exists("/proc/" + folder.Split('.')[^1]), folder));
    }

    [Fact]
    public void A_script_is_measured_cold_and_warm_and_why_it_cannot_be_shared_is_told()
    {
        AsRoot.Needed();
        string script = _scratch.Write("server.sh", "#!/bin/sh\nread -r line\necho \"hello $line\"\n");
        File.SetUnixFileMode(script, (UnixFileMode)0x1ed);
        CommandResult measured = Measure("--seconds", "0.3", "--clients", "2", "--send", "x\\n", "--json", "--", script);
        Assert.True(measured.ExitCode == 0, measured.Error);
        JsonElement report = JsonElement.Parse(measured.Text);
        string[] left = [.. report.GetProperty("notMeasured").EnumerateArray().Select(one => one.GetString()!)];
        Assert.SkipWhen(left.Any(one => one.Contains("tracing", StringComparison.OrdinalIgnoreCase)), string.Join('\n', left));
        JsonElement[] ways = [.. report.GetProperty("ways").EnumerateArray()];
        Assert.Equal(["cold", "warm"], ways.Select(way => way.GetProperty("way").GetString()));
        Assert.All(ways, way => Assert.Equal(0, way.GetProperty("errors").GetInt32()));
        Assert.Equal([0, 2], ways.Select(way => way.GetProperty("parked").GetInt32()));
        Assert.InRange(ways[1].GetProperty("idleKiB").GetDouble(), 100, 100_000);
        Assert.StartsWith("shared: the server cannot be parked: ", Assert.Single(left), StringComparison.Ordinal);
    }

    // 10 ms and 1,000 KiB a connection: on demand, as much memory as the 500 KiB of the resident one at 50 a second.
    [Theory]
    [InlineData(49, "cold", "below the break-even of 50 connections a second")]
    [InlineData(51, "standalone", "past the break-even of 50 connections a second")]
    public void At_both_sides_of_the_break_even_the_sentence_says_why(double rate, string way, string reason)
    {
        string saved = _scratch.Write("saved.json", Figures(("cold", 10, 10, 400, 0, 1000), ("standalone", 9.5, 10, 2000, 500, 0)));
        CommandResult told = Measure("--from", saved, "--rate", rate.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(0, told.ExitCode);
        Assert.Contains("Break-even: 50 connections a second.", told.Text, StringComparison.Ordinal);
        Assert.Contains(reason, told.Text, StringComparison.Ordinal);
        Assert.Equal(way, Advised(saved, rate));
    }

    // A server that is slow to start and used at least now and then is worth parking; one that is used once a day is not.
    [Theory]
    [InlineData(1, "warm")]
    [InlineData(0.00001, "cold")]
    [InlineData(150, "shared")]
    public void What_is_slow_to_start_is_advised_warm_where_it_is_in_use(double rate, string way)
    {
        string saved = _scratch.Write(
            "saved.json", Figures(("cold", 43, 50, 40, 0, 12_000), ("warm", 0.4, 5, 45, 24_000, 12_000), ("shared", 1, 5, 900, 12_000, 2000)));
        Assert.Equal(way, Advised(saved, rate));
    }

    [Fact]
    public void A_rate_beyond_what_on_demand_can_serve_is_past_the_break_even()
    {
        string saved = _scratch.Write("saved.json", Figures(("cold", 10, 10, 40, 0, 1), ("standalone", 1, 1, 2000, 5000, 0)));
        Assert.Equal("cold", Advised(saved, 39));
        Assert.Equal("standalone", Advised(saved, 41));
    }

    [Theory]
    [InlineData(2, "name one service")]
    [InlineData(2, "--rate is above 0", "--rate", "0", "x")]
    [InlineData(2, "--ways: 'hot' is none of", "--ways", "hot", "x")]
    [InlineData(2, "--send", "--send", "a\\q", "x")]
    [InlineData(2, "--live goes with the name of a service", "--live", "--", "/bin/cat")]
    [InlineData(1, "no such program", "--", "/nonexistent/server")]
    [InlineData(1, "has no service 'x'", "-f", "EMPTY", "x")]
    [InlineData(1, "/nonexistent: No such file or directory", "-f", "/nonexistent", "x")]
    [InlineData(1, "nothing could be measured", "--ways", "cold", "--daemon", "/bin/false", "--", "/bin/cat")]
    [InlineData(1, "not what rouse measure --json prints", "--from", "/dev/null")]
    public void What_is_wrong_is_said(int status, string fault, params string[] arguments)
    {
        string empty = _scratch.Write("empty.conf", "");
        CommandResult result = Measure([.. arguments.Select(argument => argument == "EMPTY" ? empty : argument)]);
        Assert.Equal(status, result.ExitCode);
        Assert.Contains(fault, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Text);
    }

    [Fact]
    public void A_service_is_measured_with_its_own_arguments_and_a_client_of_the_users()
    {
        AsRoot.Needed();
        string file = _scratch.Write(
            "x.conf", "service words\n{\ntype = UNLISTED\nport = 1\nsocket_type = stream\nwait = no\nuser = root\nserver = /bin/echo\nserver_args = a b\n}\n");
        CommandResult result = Measure(
            "-f", file, "--seconds", "0.2", "--clients", "1", "--ways", "cold", "--client",
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}; read -r line <&3; test \"$line\" = \"a b\" && test \"$PORT\" = {port}'", "words");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches(@"(?m)^cold .* 0$", result.Text);
        Assert.Contains("start = on-demand is right", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_cannot_start_is_told_beside_its_figures()
    {
        AsRoot.Needed();
        CommandResult result = Measure("--seconds", "0.2", "--clients", "1", "--ways", "cold", "--", "/bin/false");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("servers ended with status", result.Text, StringComparison.Ordinal);
    }

    private static string Figures(params (string Way, double First, double Whole, double PerSecond, double IdleKib, double EachKib)[] ways) =>
        $$"""{"format":1,"server":"x","ways":[{{string.Join(',', ways.Select(way => FormattableString.Invariant(
            $$"""{"way":"{{way.Way}}","firstByteP50":{{way.First}},"firstByteP99":{{way.First}},"wholeP50":{{way.Whole}},"connectionsPerSecond":{{way.PerSecond}},"idleKiB":{{way.IdleKib}},"loadKiB":{{way.IdleKib}},"connectionKiB":{{way.EachKib}},"cpuMs":1,"parked":{{(way.Way == "warm" ? 2 : 0)}},"errors":0}""")))}}]}""";

    private string Advised(string saved, double rate)
    {
        CommandResult told = Measure("--from", saved, "--json", "--rate", rate.ToString("R", CultureInfo.InvariantCulture));
        Assert.True(told.ExitCode == 0, told.Error);
        return JsonElement.Parse(told.Text).GetProperty("advised").GetString()!;
    }

    private static CommandResult Measure(params string[] arguments) =>
        Command.Run(Path.Combine(Repository.Bin, "rouse"), ["measure", .. arguments]);
}
