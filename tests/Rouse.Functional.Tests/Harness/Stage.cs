using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rouse.Harness;

/// <summary>All that one test plays on: a subject, a private folder, ports, a service log, and the daemon once it is started.</summary>
internal sealed class Stage : IDisposable
{
    private readonly List<int> _ports = [];
    private readonly List<IDisposable> _belongings = [];
    private Daemon? _daemon;

    public Stage(Subject subject) => Subject = subject;

    public Stage()
        : this(Subjects.Current)
    {
    }

    public Subject Subject { get; }

    public Scratch Scratch { get; } = new();

    public string Probe => Scratch.ProbePath;

    public IReadOnlyList<int> Ports => _ports;

    public Daemon Daemon => _daemon ?? throw new InvalidOperationException("The daemon of this stage is not started");

    /// <summary>An attribute line that sends a service's log to the stage's file.</summary>
    public string LogToFile => $"log_type = FILE {ServiceLogPath}";

    public string ServiceLogPath => Scratch["services.log"];

    /// <summary>The services' log without the time of each line.</summary>
    public IReadOnlyList<string> ServiceLog =>
        !File.Exists(ServiceLogPath) ? [] : [.. Daemon.ReadShared(ServiceLogPath).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(WithoutTime)];

    public int NewPort()
    {
        _ports.Add(Harness.Ports.Free());
        return _ports[^1];
    }

    public Daemon Start(string configuration, IReadOnlyList<string>? options = null, IReadOnlyList<string>? wrapper = null)
    {
        _daemon = Daemon.Start(Subject, Scratch, configuration, options, wrapper);
        return _daemon;
    }

    public Daemon Launch(string configuration, IReadOnlyList<string>? options = null, IReadOnlyList<string>? wrapper = null)
    {
        _daemon = Daemon.Launch(Subject, Scratch, configuration, options, wrapper);
        return _daemon;
    }

    /// <summary>Waits for so many lines with this text in the services' log.</summary>
    public void WaitForServiceLog(string fragment, int count = 1) =>
        Wait.Until(
            () => ServiceLog.Count(line => line.Contains(fragment)) >= count,
            () => $"«{fragment}» {count} time(s) in the services' log\n{string.Join('\n', ServiceLog)}\n{_daemon?.Describe()}");

    /// <summary>Something that ends with the stage, before the daemon does.</summary>
    public T Keep<T>(T belonging)
        where T : IDisposable
    {
        _belongings.Add(belonging);
        return belonging;
    }

    public void Dispose()
    {
        // Servers that still run are found through the daemon, so it must learn of them before their peers go away.
        _daemon?.RememberServers();
        _belongings.ForEach(belonging => belonging.Dispose());
        _daemon?.Dispose();
        Scratch.Dispose();
    }

    // 26/11/24@09:01:34: START: …
    private static string WithoutTime(string line)
    {
        int at = line.IndexOf(": ");
        return at < 0 ? line : line[(at + 2)..];
    }
}
