using System;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Roused.Tcpd;

/// <summary>
/// tcpd's lines in the system's log, under the name of the server that it stands before: who connected, who was refused, what went wrong.
/// </summary>
internal sealed class TcpdLog
{
    private const int LOG_DAEMON = 3 << 3;
    private const int LevelMask = 7;

    private readonly LogClock _clock;
    private readonly SyslogConnection _syslog;
    private readonly LinuxSystem _system;
    private int _allow = LOG_DAEMON | (int)LogLevel.Info;
    private int _deny = LOG_DAEMON | (int)LogLevel.Warning;

    public TcpdLog(LinuxSystem system, string name)
    {
        _system = system;
        _clock = new LogClock(system);
        _syslog = new SyslogConnection(system, _clock, name, ThisProcess.Id);
        Faults = new DaemonLog(system, _clock, name, ThisProcess.Id);
        Faults.ToSyslog(_syslog, LOG_DAEMON);
        if (StandardStreams.IsTerminal(StandardStreams.Error))
        {
            // Somebody tries it by hand. A peer's connection is no terminal.
            Faults.ToStandardError(LogLevel.Warning);
        }
    }

    /// <summary>What is wrong: with the rules, the machine, the server.</summary>
    public DaemonLog Faults { get; }

    /// <summary>The option severity: what is said of this peer from now on has it.</summary>
    /// <param name="severity">Facility and level; a facility of 0 is this program's own.</param>
    public void SetSeverity(int severity) => _allow = _deny = (severity & ~LevelMask) == 0 ? LOG_DAEMON | severity : severity;

    public void Allowed(string text) => Send(_allow, text);

    public void Denied(string text) => Send(_deny, text);

    private void Send(int severity, string text)
    {
        _clock.Read(_system.UnixSeconds);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append(text);
        _syslog.Send(severity & ~LevelMask, severity & LevelMask, line.Bytes);
    }
}
