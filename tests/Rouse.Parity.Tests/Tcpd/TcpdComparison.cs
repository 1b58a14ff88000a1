using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Tcpd;

/// <summary>Plays a case with Debian's tcpd and with ours, both under Debian's openbsd-inetd, and compares both transcripts with the record.</summary>
internal static class TcpdComparison
{
    public static void Same(Action<TcpdScene> play, string record) => Run(play, record, record);

    /// <summary>A wanted difference: each is to be seen as recorded for it.</summary>
    public static void Differs(string why, Action<TcpdScene> play, string originalRecord, string ours)
    {
        Assert.False(string.IsNullOrWhiteSpace(why), "a difference has a reason");
        Assert.NotEqual(originalRecord, ours);
        Run(play, originalRecord, ours);
    }

    private static void Run(Action<TcpdScene> play, string originalRecord, string oursRecord)
    {
        // The inetd is the original's in both cases: without it there is nothing to compare.
        Originals.Program("openbsd-inetd", "usr/sbin/inetd");
        string original = Originals.Program("tcpd", "usr/sbin/tcpd");
        if (Subjects.Includes(Subject.Original))
        {
            Check("the original", originalRecord, Play(original, isOriginal: true, play));
        }

        if (Subjects.Includes(Subject.Ours))
        {
            string ours = Path.Combine(Repository.Bin, "tcpd");
            Assert.True(File.Exists(ours), $"no {ours}: build it with `make build`, or name its folder in ROUSE_BIN");
            Check("ours", oursRecord, Play(ours, isOriginal: false, play));
        }
    }

    private static string Play(string tcpd, bool isOriginal, Action<TcpdScene> play)
    {
        using TcpdScene scene = new(tcpd, isOriginal);
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

/// <summary>One case played with one tcpd, in an /etc of its own.</summary>
internal sealed class TcpdScene : IDisposable
{
    private readonly List<string> _lines = [];
    private InetdDaemon? _daemon;

    public TcpdScene(string tcpd, bool isOriginal)
    {
        Tcpd = tcpd;
        Rules = new RuleFolder(Scratch);
        if (isOriginal)
        {
            // The original's library is not installed, and openbsd-inetd passes no variable on that would lead to it.
            Rules.Write("ld.so.preload", Directory.GetFiles(Originals.LibraryPath.Split(':').First(path => path.Contains("libwrap")), "libwrap.so.0").Single() + "\n");
        }
    }

    public string Tcpd { get; }

    public Scratch Scratch { get; } = new();

    public RuleFolder Rules { get; }

    public string Probe => Scratch.ProbePath;

    public InetdDaemon Daemon => _daemon ?? throw new InvalidOperationException("inetd is not started");

    public string Transcript => Regex.Replace(string.Join('\n', _lines).Replace(Scratch.Folder, "<dir>"), @"(?<=peer \S+ )\d+", "<port>");

    /// <summary>A line of inetd.conf whose server, called by this name or path, stands behind tcpd.</summary>
    public string Line(int port, string command, string user = "root", string kind = "stream tcp4 nowait") => $"{port} {kind} {user} {Tcpd} {command}\n";

    public void Start(int awaited, string allow, string deny, string configuration, params string[] options)
    {
        Rules.Allow = allow.Length == 0 ? "" : allow + "\n";
        Rules.Deny = deny.Length == 0 ? "" : deny + "\n";
        _daemon = new InetdDaemon(Inetd.Debian, Scratch, configuration, options, Rules.Wrapper).WaitForPort(awaited);
    }

    public string Ask(int port, string send = "", bool halfClose = false, string to = "127.0.0.1", string? from = null) =>
        Daemon.Within(() => Peer.Ask(port, send, halfClose, to, from));

    public void Note(string label, string seen) => _lines.Add($"{label}: {seen.Replace("\r", "\\r").Replace("\n", "\\n")}".TrimEnd(' '));

    public void NoteServed(int port, string to = "127.0.0.1", string? from = null) =>
        Note("it", Ask(port, to: to, from: from) is var answer && answer.Contains("argv ") ? "served" : answer);

    /// <summary>The facts of the world that a probe was started in.</summary>
    public void NoteWorld(int port, params string[] facts)
    {
        World world = World.Parse(Ask(port));
        foreach (string fact in facts)
        {
            foreach (string value in world.All(fact).Where(value => !value.StartsWith("inetd_dummy=")).Order(StringComparer.Ordinal))
            {
                Note(fact, value);
            }
        }
    }

    /// <summary>So many lines of tcpd's, in their order, once they are there.</summary>
    public void NoteLog(int count)
    {
        bool IsTcpds(string line) => !line.Contains(" inetd: ");
        Wait.Until(() => Daemon.LogOfAll.Count(IsTcpds) >= count, () => $"{count} lines in the log:\n{string.Join('\n', Daemon.LogOfAll)}");
        foreach (string line in Daemon.LogOfAll.Where(IsTcpds))
        {
            Note("log", line);
        }
    }

    public void Dispose()
    {
        _daemon?.Dispose();
        Scratch.Dispose();
    }
}
