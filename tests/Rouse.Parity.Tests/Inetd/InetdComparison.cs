using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Inetds;

/// <summary>Plays a case with one of Debian's inetds and with ours in its grammar, and compares both transcripts with the record.</summary>
internal static class InetdComparison
{
    public static void Same(Inetd original, Action<InetdScene> play, string record) => Run(original, play, record, record);

    /// <summary>A wanted difference: each is to be seen as recorded for it.</summary>
    public static void Differs(string why, Inetd original, Action<InetdScene> play, string originalRecord, string ours)
    {
        Assert.False(string.IsNullOrWhiteSpace(why), "a difference has a reason");
        Assert.NotEqual(originalRecord, ours);
        Run(original, play, originalRecord, ours);
    }

    private static void Run(Inetd original, Action<InetdScene> play, string originalRecord, string oursRecord)
    {
        bool isDebian = original == Inetd.Debian;
        string? missing = Originals.WhyNot(isDebian ? "openbsd-inetd" : "inetutils-inetd");
        if (Subjects.Includes(Subject.Original) && missing is null)
        {
            Check("the original", originalRecord, Play(original, play));
        }

        if (Subjects.Includes(Subject.Ours))
        {
            Check("ours", oursRecord, Play(isDebian ? Inetd.OursAsDebian : Inetd.OursAsInetutils, play));
        }

        if (missing is not null)
        {
            Assert.Skip(missing);
        }
    }

    private static string Play(Inetd which, Action<InetdScene> play)
    {
        using InetdScene scene = new(which);
        play(scene);
        return scene.Transcript;
    }

    private static void Check(string who, string record, string seen)
    {
        string normal = record.ReplaceLineEndings("\n").Trim('\n');
        if (normal != seen)
        {
            Assert.Fail($"{who} differs from the record\n--- record\n{normal}\n--- seen\n{seen}\n---");
        }
    }
}

/// <summary>One case played with one inetd.</summary>
internal sealed class InetdScene(Inetd which) : IDisposable
{
    private readonly List<string> _lines = [];
    private InetdDaemon? _daemon;

    public Inetd Which => which;

    public Scratch Scratch { get; } = new();

    public InetdDaemon Daemon => _daemon ?? throw new InvalidOperationException("inetd is not started");

    public string Probe => Scratch.ProbePath;

    public string Transcript => Regex.Replace(string.Join('\n', _lines).Replace(Scratch.Folder, "<dir>"), @"(?<=peer \S+ )\d+", "<port>");

    /// <summary>Starts it and waits until it listens on this port.</summary>
    public void Start(int awaited, string configuration, params string[] options) =>
        _daemon = new InetdDaemon(which, Scratch, configuration, options).WaitForPort(awaited);

    /// <summary>The same in an /etc of its own.</summary>
    public void Start(int awaited, RuleFolder rules, string configuration, params string[] options) =>
        _daemon = new InetdDaemon(which, Scratch, configuration, options, rules.Wrapper).WaitForPort(awaited);

    public void Note(string label, string seen) => _lines.Add($"{label}: {seen.Replace("\r", "\\r").Replace("\n", "\\n")}".TrimEnd(' '));

    public void Ask(string label, int port, string send = "", bool halfClose = false, string to = "127.0.0.1") =>
        Note(label, Daemon.Ask(port, send, halfClose, to));

    /// <summary>Whether a server, here a probe, answers there.</summary>
    public void NoteServed(string label, int port, int times, string to = "127.0.0.1") => Note(
        label, string.Join(' ', Enumerable.Range(0, times).Select(_ => Daemon.Ask(port, to: to) is var answer && answer.StartsWith("fd 0") ? "served" : answer)));

    public void AskWorld(string label, int port, IReadOnlyList<string> facts, string to = "127.0.0.1")
    {
        World world = World.Parse(Daemon.Ask(port, to: to));
        foreach (string fact in facts)
        {
            foreach (string value in world.All(fact).Where(value => !value.StartsWith("inetd_dummy=")).Order(StringComparer.Ordinal))
            {
                Note($"{label} {fact}", value);
            }
        }
    }

    public void Dispose()
    {
        _daemon?.Dispose();
        Scratch.Dispose();
    }
}
