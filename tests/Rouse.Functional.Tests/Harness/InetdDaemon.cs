using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.Harness;

/// <summary>Which inetd is played: one of Debian's, or ours with that one's grammar.</summary>
internal enum Inetd
{
    Debian,
    Inetutils,
    OursAsDebian,
    OursAsInetutils,
}

/// <summary>
/// An inetd with its inetd.conf in a network and a file system view of its own: /run is empty, and /dev/log is the test's. So its
/// pid file, its ports and its log are nobody else's. It stays in the foreground.
/// </summary>
internal sealed partial class InetdDaemon : IDisposable
{
    private readonly Process _process;
    private readonly SyslogListener _log;
    private readonly HashSet<(int Pid, long StartTime)> _servers = [];

    /// <param name="wrapper">What comes before the program on the command line, such as <see cref="RuleFolder.Wrapper"/>.</param>
    public InetdDaemon(
        Inetd which, Scratch scratch, string configuration, IReadOnlyList<string>? options = null, IReadOnlyList<string>? wrapper = null)
    {
        NetworkNamespace.Needed();
        _log = new SyslogListener(scratch);
        ConfigurationPath = scratch.Write("inetd.conf", configuration);
        Which = which;
        string[] line =
        [
            .. NetworkNamespace.Wrapper,
            .. _log.Wrapper,
            .. wrapper ?? [],
            "sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh",
            .. ProgramLine(which), .. options ?? [], ConfigurationPath,
        ];
        var environment = new Dictionary<string, string>(Command.Environment) { ["KEPT"] = "yes", ["TERM"] = "none" };
        _process = new Process { StartInfo = Command.Describe(line[0], line[1..], environment) };
        _process.Start();
        _process.StandardInput.Close();
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Inetd Which { get; }

    public string ConfigurationPath { get; }

    public int Pid => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>The lines of its log, without priority, time and process: those of debugging and of our own running are left out.</summary>
    public IReadOnlyList<string> Log => [.. _log.Lines.Select(line => Head().Replace(line, ""))];

    /// <summary>The lines of everybody who writes to its log, as <c>&lt;30&gt; name: text</c>.</summary>
    public IReadOnlyList<string> LogOfAll => [.. _log.Lines.Select(line => TimeAndProcess().Replace(line, "$1 $2: "))];

    public string PidFile => File.ReadAllText(SeenFromHere("/run/inetd.pid")).Trim();

    /// <summary>Where a file is seen from here that the daemon sees at this path.</summary>
    public string SeenFromHere(string path) => $"/proc/{Pid}/root{path}";

    /// <summary>What is listened on, in the order of /proc: <c>tcp 0.0.0.0:21</c> in the kernel's spelling.</summary>
    public bool Listens(int port) => new[] { "tcp", "tcp6", "udp", "udp6" }.Any(
        table => File.ReadLines($"/proc/{Pid}/net/{table}").Any(
            line => line.Contains($":{port.ToString("X4", CultureInfo.InvariantCulture)} ") && (line.Contains(" 0A ") || line.Contains(" 07 "))));

    public InetdDaemon WaitForPort(int port)
    {
        Wait.Until(() => !IsRunning || (HasOwnNetwork && Listens(port)), () => $"port {port}\n{Describe()}");
        Assert.True(IsRunning, $"inetd ended\n{Describe()}");
        return this;
    }

    /// <summary>Waits until nobody listens there: of a reload it may be the last thing that is done.</summary>
    public void WaitForClosed(int port) => Wait.Until(() => !Listens(port), () => $"the end of port {port}\n{Describe()}");

    public void WaitForLog(string fragment) =>
        Wait.Until(() => Log.Any(line => line.Contains(fragment)), () => $"«{fragment}» in the log\n{Describe()}");

    public string Ask(int port, string send = "", bool halfClose = false, string to = "127.0.0.1") =>
        NetworkNamespace.Within(Pid, () => Peer.Ask(port, send, halfClose, to));

    public T Within<T>(Func<T> act) => NetworkNamespace.Within(Pid, act);

    public void Reload(Scratch scratch, string configuration)
    {
        scratch.Write("inetd.conf", configuration);
        Assert.True(Signals.Send(Pid, Signal.Hangup), "inetd is gone");
    }

    public string Describe() => $"--- log\n{string.Join('\n', Log)}\n---";

    public int End(Signal signal)
    {
        Remember();
        Signals.Send(Pid, signal);
        Assert.True(_process.WaitForExit(Wait.Bound), $"inetd does not end\n{Describe()}");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (IsRunning)
        {
            Remember();
            Signals.Send(Pid, Signal.Terminate);
            if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                Signals.Send(Pid, Signal.Kill);
                _process.WaitForExit(TimeSpan.FromSeconds(5));
            }
        }

        foreach ((int pid, long started) in _servers.Where(server => ProcFs.StartTime(server.Pid) == server.StartTime))
        {
            Signals.Send(pid, Signal.Kill);
        }

        _process.Dispose();
        _log.Dispose();
    }

    // Until its first program has made one it is in that of the tests.
    private bool HasOwnNetwork => new FileInfo($"/proc/{Pid}/ns/net").LinkTarget != new FileInfo("/proc/self/ns/net").LinkTarget;

    private void Remember()
    {
        foreach (int pid in ProcFs.Descendants(Pid))
        {
            if (ProcFs.StartTime(pid) is long started)
            {
                _servers.Add((pid, started));
            }
        }
    }

    private static IReadOnlyList<string> ProgramLine(Inetd which)
    {
        switch (which)
        {
            case Inetd.Debian:
                string original = Originals.Program("openbsd-inetd", "usr/sbin/inetd");
                return [Subjects.Loader, "--library-path", Originals.LibraryPath, original, "-i"];
            case Inetd.Inetutils:
                return [Originals.Program("inetutils-inetd", "usr/sbin/inetutils-inetd"), "-d"];
            default:
                string ours = Path.Combine(Repository.Bin, "inetd");
                Assert.True(File.Exists(ours), $"no {ours}: build it with `make build`, or name its folder in ROUSE_BIN");
                return [ours, "--control", "none", "-i", "--dialect", which == Inetd.OursAsDebian ? "debian" : "inetutils"];
        }
    }

    [GeneratedRegex(@"^<\d+>.*? \w+(\[\d+\])?: ")]
    private static partial Regex Head();

    [GeneratedRegex(@"^(<\d+>)\w+ +\d+ [\d:]+ ([^\[ ]+)\[\d+\]: ")]
    private static partial Regex TimeAndProcess();
}
