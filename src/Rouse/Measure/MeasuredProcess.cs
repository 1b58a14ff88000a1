using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text.Json;
using System.Threading;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Tools.Control;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Measure;

/// <summary>What serves while a way is measured: a daemon with this one service, or the server by itself. It ends with this object.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private const int LookMs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly int _pid;
    private readonly bool _isDaemon;
    private readonly string _folder;
    private bool _hasEnded;
    private ControlClient? _control;

    private MeasuredProcess(int pid, bool isDaemon, string folder, ushort port)
    {
        _pid = pid;
        _isDaemon = isDaemon;
        _folder = folder;
        Port = port;
    }

    public ushort Port { get; }

    /// <summary>The servers: not the daemon itself, which all its services share.</summary>
    public IReadOnlyList<int> Servers => _isDaemon ? new ProcessTree().DescendantsOf(_pid) : [_pid];

    public double MemoryKib => new ProcessTree().Memory(Servers).Kib ?? 0;

    /// <summary>Of everything: on demand, starting the server is part of the cost.</summary>
    public double CpuMs => new ProcessTree().CpuMs([_pid]);

    /// <summary>What the daemon has to say of it.</summary>
    public string Log => Files.Read($"{_folder}/daemon.log", out byte[] bytes).Ok ? SourceFile.Decode(bytes) : "";

    /// <summary>A daemon of its own, which has the one service; null, and why, when it does not come to listen.</summary>
    public static MeasuredProcess? Daemon(ISystem system, MeasureRequest request, string start, string folder, out string fault)
    {
        SysResult port = FreePort.Find(system);
        string file = $"{folder}/measured.conf";
        Files.Unlink(file);
        Files.Unlink($"{folder}/daemon.log");
        SysResult written = port.Ok
            ? Files.CreateNew(file, request.Server.Configuration((ushort)port.Value, start, $"{folder}/service.log"))
            : port;
        if (!written.Ok)
        {
            fault = $"{file}: {written.Error.Describe()}";
            return null;
        }

        SysResult started = ProgramStart.Start(
            request.Daemon,
            ["roused", "-f", file, "-dontfork", "-filelog", $"{folder}/daemon.log", "-pidfile", $"{folder}/daemon.pid", "-control", $"{folder}/control"],
            ThisProcess.Environment());
        if (!started.Ok)
        {
            fault = $"{request.Daemon}: {started.Error.Describe()}";
            return null;
        }

        return new MeasuredProcess(started.Value, isDaemon: true, folder, (ushort)port.Value).WhenListening(out fault);
    }

    /// <summary>The server in its own standalone mode.</summary>
    public static MeasuredProcess? Standalone(ISystem system, string command, out string fault)
    {
        SysResult port = FreePort.Find(system);
        SysResult started = port.Ok ? ShellCommand.Start(command, (ushort)port.Value) : port;
        if (!started.Ok)
        {
            fault = started.Error.Describe();
            return null;
        }

        return new MeasuredProcess(started.Value, isDaemon: false, "", (ushort)port.Value).WhenListening(out fault);
    }

    /// <summary>Waits until so many servers are parked; false, and why, when they do not come.</summary>
    public bool AwaitParked(int count, out string fault)
    {
        fault = "";
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (WarmPart() is { } warm)
            {
                string state = ControlClient.Text(warm, "state");
                string reason = ControlClient.Text(warm, "reason");
                if (state == "ready" && warm.GetProperty("parked").GetInt64() >= count)
                {
                    return true;
                }

                if (state is "off" or "pausing")
                {
                    fault = $"the server cannot be parked: {reason}";
                    return false;
                }
            }

            Thread.Sleep(LookMs * 4);
        }

        fault = $"no server is parked after {Patience.TotalSeconds} seconds";
        return false;
    }

    /// <summary>Waits until a resident server has been there for a while; false when it does not stay.</summary>
    public bool AwaitResident()
    {
        const int SteadyMs = 300;
        long began = Stopwatch.GetTimestamp();
        long steadySince = began;
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (Servers.Count == 0)
            {
                steadySince = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(steadySince).TotalMilliseconds > SteadyMs)
            {
                return true;
            }

            Thread.Sleep(LookMs);
        }

        return false;
    }

    private JsonElement? WarmPart()
    {
        _control ??= ControlClient.Connect($"{_folder}/control", isPatient: false, out _);
        if (_control is null)
        {
            return null;
        }

        foreach (JsonElement line in _control.Ask(new ControlRequest("status", "measured"), out _))
        {
            if (line.TryGetProperty("warm", out JsonElement warm))
            {
                return warm;
            }
        }

        return null;
    }

    public void Dispose()
    {
        IReadOnlyList<int> servers = new ProcessTree().DescendantsOf(_pid);
        End(_pid, Signal.TERM);
        foreach (int server in servers)
        {
            // Those that outlive the daemon, or the shell that started them.
            Children.Kill(server, Signal.TERM);
        }
    }

    private MeasuredProcess? WhenListening(out string fault)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (ListeningSockets.All().Exists(socket => !socket.IsDatagram && socket.Port == Port))
            {
                fault = "";
                return this;
            }

            if (_hasEnded || ChildWait.TryFor(_pid, out _))
            {
                _hasEnded = true;
                fault = _isDaemon ? $"the daemon does not serve it:\n{Log}" : "the command has ended without listening at its port";
                return null;
            }

            Thread.Sleep(LookMs);
        }

        fault = $"nobody listens at its port after {Patience.TotalSeconds} seconds";
        Dispose();
        return null;
    }

    private void End(int pid, int signal)
    {
        if (_hasEnded)
        {
            return;
        }

        Children.Kill(pid, signal);
        long began = Stopwatch.GetTimestamp();
        while (!ChildWait.TryFor(pid, out _))
        {
            if (Stopwatch.GetElapsedTime(began) > EndPatience)
            {
                Children.Kill(pid, Signal.KILL);
                ChildWait.For(pid, out _);
                break;
            }

            Thread.Sleep(LookMs);
        }

        _hasEnded = true;
    }
}
