using System;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>syslog(3) levels.</summary>
public enum LogLevel
{
    Alert = 1,
    Critical = 2,
    Error = 3,
    Warning = 4,
    Notice = 5,
    Info = 6,
    Debug = 7,
}

/// <summary>
/// The daemon's own log: what it does and what goes wrong, to syslog, to the file of -filelog, or in debug mode to standard error.
/// A file's lines look as the original's: <c>26/11/24@04:37:19 xinetd[42]: NOTICE: text</c>. Lines that can be written nowhere are counted,
/// and the next one that can be written comes after one that says how many are missing.
/// </summary>
public sealed class DaemonLog(ISystem system, LogClock clock, string ident, int pid)
{
    private readonly byte[] _tag = SourceFile.Encode($" {ident}[{pid}]: ");
    private Fd _file = Fd.None;
    private SyslogConnection? _syslog;
    private int _facility;
    private long _untoldBySyslog;
    private long _untoldByFile;
    private bool _fileIsTorn;
    private LogLevel _standardErrorUpTo = (LogLevel)(-1);
    private GatheredLines? _gathered;

    /// <summary>Debug lines are wanted (-d).</summary>
    public bool IsDebug { get; private set; }

    public void ToFile(Fd file) => _file = file;

    public void ToSyslog(SyslogConnection syslog, int facility) => (_syslog, _facility) = (syslog, facility);

    /// <summary>
    /// Standard error gets lines of this level and of more weight too: in debug mode, on a terminal, and while the daemon starts.
    /// </summary>
    public void ToStandardError(LogLevel upTo) => _standardErrorUpTo = upTo;

    public void NotToStandardError() => _standardErrorUpTo = (LogLevel)(-1);

    public void EnableDebug() => IsDebug = true;

    public void Critical(string text) => Write(LogLevel.Critical, text);

    public void Error(string text) => Write(LogLevel.Error, text);

    public void Warning(string text) => Write(LogLevel.Warning, text);

    public void Notice(string text) => Write(LogLevel.Notice, text);

    public void Info(string text) => Write(LogLevel.Info, text);

    public void Debug(string text)
    {
        if (IsDebug)
        {
            Write(LogLevel.Debug, text);
        }
    }

    public void Write(LogLevel level, string text)
    {
        clock.Read(system.UnixSeconds);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine message = new(buffer);
        message.Append(text);
        ToSyslog(level, message.Bytes);
        ToFile(level, message.Bytes);
        if (level <= _standardErrorUpTo)
        {
            WriteLine(new Fd(StandardStreams.Error), level, message.Bytes);
        }
    }

    /// <summary>From now on the file's lines are written many at once, until <see cref="WriteGathered"/>.</summary>
    public void Gather() => _gathered ??= new GatheredLines(system);

    public void WriteGathered()
    {
        EmptyGathered();
        _gathered = null;
    }

    // Not while lines are missing: what is said of them has to stand before the next one.
    private bool Gathers => _gathered is not null && !_fileIsTorn && _untoldByFile == 0;

    private void EmptyGathered()
    {
        if (_gathered?.Write(_file, out _fileIsTorn) is { } lost)
        {
            _untoldByFile += lost;
        }
    }

    private void ToSyslog(LogLevel level, ReadOnlySpan<byte> message)
    {
        if (_syslog is null)
        {
            return;
        }

        if (_untoldBySyslog > 0)
        {
            Span<byte> text = stackalloc byte[64];
            ReadOnlySpan<byte> notice = LogSink.LostLinesNotice(_untoldBySyslog, text);
            _untoldBySyslog = _syslog.Send(_facility, (int)LogLevel.Warning, notice) ? 0 : _untoldBySyslog;
        }

        if (_untoldBySyslog > 0 || !_syslog.Send(_facility, (int)level, message))
        {
            _untoldBySyslog++;
        }
    }

    private void ToFile(LogLevel level, ReadOnlySpan<byte> message)
    {
        if (!_file.IsOpen)
        {
            return;
        }

        if (_untoldByFile > 0)
        {
            Span<byte> text = stackalloc byte[64];
            ReadOnlySpan<byte> notice = LogSink.LostLinesNotice(_untoldByFile, text);
            _untoldByFile = WriteLine(_file, LogLevel.Warning, notice) ? 0 : _untoldByFile;
        }

        if (_untoldByFile > 0 || !WriteLine(_file, level, message))
        {
            _untoldByFile++;
        }
    }

    // False when not all of it was taken: a part of a line makes the file torn, so that the next one has to begin on a new line.
    private bool WriteLine(Fd to, LogLevel level, ReadOnlySpan<byte> message)
    {
        Span<byte> full = stackalloc byte[LogLine.Capacity + 128];
        LogLine line = new(full);
        if (to == _file && _fileIsTorn)
        {
            line.Append((byte)'\n');
        }

        line.Append(clock.Stamp);
        line.Append(_tag);
        line.Append(NameOf(level));
        line.Append(": "u8);
        line.Append(message);
        line.Append((byte)'\n');
        if (to == _file && Gathers)
        {
            if (_gathered!.Add(line.Bytes))
            {
                return true;
            }

            EmptyGathered();
            return Gathers && _gathered.Add(line.Bytes);
        }

        SysResult written = system.Write(to, line.Bytes);
        bool whole = written.Ok && written.Value == line.Bytes.Length;
        if (to == _file && written.Ok)
        {
            _fileIsTorn = !whole;
        }

        return whole;
    }

    private static ReadOnlySpan<byte> NameOf(LogLevel level) => level switch
    {
        LogLevel.Alert => "ALERT"u8,
        LogLevel.Critical => "CRITICAL"u8,
        LogLevel.Error => "ERROR"u8,
        LogLevel.Warning => "WARNING"u8,
        LogLevel.Notice => "NOTICE"u8,
        LogLevel.Info => "INFO"u8,
        _ => "DEBUG"u8,
    };
}
