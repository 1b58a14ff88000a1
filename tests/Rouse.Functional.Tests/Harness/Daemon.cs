using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

namespace Rouse.Harness;

/// <summary>
/// One running super-server with its configuration, its log and its pid. Disposing ends it (SIGTERM, then SIGKILL) and
/// every server that it left running.
/// </summary>
internal sealed class Daemon : IDisposable
{
    private readonly Process _process;
    private readonly Scratch _scratch;
    private readonly StringBuilder _printed = new();
    private readonly HashSet<(int Pid, long StartTime)> _servers = [];

    private Daemon(Process process, Scratch scratch, Subject subject)
    {
        (_process, _scratch, Subject) = (process, scratch, subject);
        process.OutputDataReceived += (_, line) => Collect(line.Data);
        process.ErrorDataReceived += (_, line) => Collect(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    public Subject Subject { get; }

    public int Pid => _process.Id;

    public bool IsRunning => !_process.HasExited;

    public string ConfigurationPath => _scratch["xinetd.conf"];

    public string LogPath => _scratch["daemon.log"];

    public string PidPath => _scratch["xinetd.pid"];

    /// <summary>Where a file is seen from here that the daemon sees at this path: it may have mounts of its own.</summary>
    public string SeenFromHere(string path) => Path.Combine("/proc", Pid.ToString(), "root") + path;

    /// <summary>What it wrote to its standard output and error.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>The daemon's own log, line by line, without time and ident: `NOTICE: text`.</summary>
    public IReadOnlyList<string> Log =>
        !File.Exists(LogPath) ? [] : [.. ReadShared(LogPath).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(WithoutPrefix)];

    /// <summary>Starts it and waits until it says that it works; `wrapper` is a command that runs the rest of its line.</summary>
    public static Daemon Start(
        Subject subject, Scratch scratch, string configuration, IReadOnlyList<string>? options = null, IReadOnlyList<string>? wrapper = null)
    {
        Daemon daemon = Launch(subject, scratch, configuration, options, wrapper);
        try
        {
            Wait.Until(
                () => !daemon.IsRunning || daemon.Log.Any(line => line.Contains("Started working")),
                () => $"the daemon's «Started working»\n{daemon.Describe()}");
            Assert.True(daemon.IsRunning, $"the daemon ended at once\n{daemon.Describe()}");
            return daemon;
        }
        catch
        {
            daemon.Dispose();
            throw;
        }
    }

    /// <summary>Starts it and does not wait: for configurations with which it is expected to end.</summary>
    public static Daemon Launch(
        Subject subject, Scratch scratch, string configuration, IReadOnlyList<string>? options = null, IReadOnlyList<string>? wrapper = null)
    {
        scratch.Write("xinetd.conf", configuration);
        string[] line =
        [
            .. wrapper ?? [],
            .. Subjects.CommandLine(subject),
            "-dontfork", "-f", scratch["xinetd.conf"], "-pidfile", scratch["xinetd.pid"], "-filelog", scratch["daemon.log"],
            .. options ?? [],
        ];
        var process = new Process { StartInfo = Command.Describe(line[0], line[1..], null) };
        process.Start();
        return new Daemon(process, scratch, subject);
    }

    public void Signal(Signal signal) => Assert.True(Signals.Send(Pid, signal), $"the daemon is gone\n{Describe()}");

    /// <summary>Replaces the configuration, sends SIGHUP, and waits until the daemon says that it is done.</summary>
    public void Reload(string configuration)
    {
        _scratch.Write("xinetd.conf", configuration);
        int before = CountLog("Reconfigured:");
        Signal(Harness.Signal.Hangup);
        WaitForLog("Reconfigured:", before + 1);
    }

    public int CountLog(string fragment) => Log.Count(line => line.Contains(fragment));

    public void WaitForLog(string fragment, int count = 1) =>
        Wait.Until(() => CountLog(fragment) >= count, () => $"«{fragment}» {count} time(s) in the daemon's log\n{Describe()}");

    /// <summary>Ends it by this signal; its exit code.</summary>
    public int End(Signal signal)
    {
        RememberServers();
        Signal(signal);
        return ExitCode();
    }

    public int ExitCode()
    {
        Assert.True(_process.WaitForExit(Wait.Bound), $"the daemon does not end\n{Describe()}");
        return _process.ExitCode;
    }

    public string Describe() => $"--- log\n{string.Join('\n', Log)}\n--- printed\n{Printed}\n---";

    public void Dispose()
    {
        if (IsRunning)
        {
            RememberServers();
            Signals.Send(Pid, Harness.Signal.Terminate);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                RememberServers();
                Signals.Send(Pid, Harness.Signal.Kill);
                _process.WaitForExit(TimeSpan.FromSeconds(5));
            }
        }

        foreach ((int pid, long started) in _servers.Where(server => ProcFs.StartTime(server.Pid) == server.StartTime))
        {
            Signals.Send(pid, Harness.Signal.Kill);
        }

        _process.Dispose();
    }

    /// <summary>Notes the servers that run now, so that the end of the test ends them too.</summary>
    public void RememberServers()
    {
        foreach (int pid in ProcFs.Descendants(Pid))
        {
            if (ProcFs.StartTime(pid) is long started)
            {
                _servers.Add((pid, started));
            }
        }
    }

    internal static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    // 26/11/24@09:01:34 xinetd[7204]: NOTICE: text
    private static string WithoutPrefix(string line)
    {
        int bracket = line.IndexOf("]: ");
        return bracket < 0 ? line : line[(bracket + 3)..];
    }

    private void Collect(string? line)
    {
        if (line is not null)
        {
            lock (_printed)
            {
                _printed.Append(line).Append('\n');
            }
        }
    }
}
