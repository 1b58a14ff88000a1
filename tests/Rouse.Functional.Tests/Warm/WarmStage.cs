using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>A stage whose daemon can be asked what it has parked.</summary>
internal sealed class WarmStage : IDisposable
{
    public WarmStage() => Subjects.OnlyOurs("start = warm is an attribute of ours");

    public Stage Stage { get; } = new();

    public Scratch Scratch => Stage.Scratch;

    public Daemon Daemon => Stage.Daemon;

    public string Socket => Scratch["control.sock"];

    public Daemon Start(string configuration, IReadOnlyList<string>? wrapper = null, params string[] options) => Stage.Start(
        Stanza.Defaults(Stage.LogToFile, "log_on_success = PID HOST EXIT", "instances = UNLIMITED", "cps = 100000 1", "per_source = UNLIMITED")
            + configuration,
        ["-control", Socket, .. options],
        wrapper);

    /// <summary>What the daemon says of a service's parked servers.</summary>
    public JsonElement Warm(string id)
    {
        CommandResult asked = Command.Run(Path.Combine(Repository.Bin, "rouse"), "status", id, "--json", "--control", Socket);
        Assert.True(asked.ExitCode == 0, asked.Error + Daemon.Describe());
        return JsonDocument.Parse(asked.Output).RootElement.GetProperty("services")[0].GetProperty("warm");
    }

    /// <summary>What a verb of the tools prints of this daemon.</summary>
    public string Rouse(params string[] arguments) =>
        Command.Succeed(null, Path.Combine(Repository.Bin, "rouse"), [.. arguments, "--control", Socket]);

    public long Number(string id, string name) => Warm(id).GetProperty(name).GetInt64();

    public void WaitForParked(string id, int count = 1) => Wait.Until(
        () => Number(id, "parked") >= count, TimeSpan.FromSeconds(60), () => $"{count} parked servers of {id}: {Warm(id)}\n{Daemon.Describe()}");

    /// <summary>The parked processes of a service whose program's name or arguments hold a text; running ones are children too.</summary>
    public IReadOnlyList<int> Processes(string fragment) =>
        [.. ProcFs.Children(Daemon.Pid).Where(pid => CommandLine(pid).Contains(fragment, StringComparison.Ordinal))];

    /// <summary>A file that every user may execute.</summary>
    public string Script(string name, string text)
    {
        string path = Scratch.Write(name, text);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        return path;
    }

    public void Dispose() => Stage.Dispose();

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
