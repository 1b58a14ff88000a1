using System;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>
/// A log file, opened for appending with mode 0644. Lines of one turn of the loop are gathered and written with one call. A file over its
/// soft limit is reported once; over its hard limit nothing more is written to it (log_type FILE, xinetd.conf(5)). Lines that a full disk
/// does not take are counted, and the first line that is written again comes after one that says how many are missing.
/// </summary>
public sealed class FileSink : LogSink
{
    private readonly ISystem _system;
    private readonly LogClock _clock;
    private readonly string _name;
    private readonly string _path;
    private readonly long _softLimit;
    private readonly long _hardLimit;
    private readonly Action<LogLevel, string> _report;
    private readonly byte[] _buffer = new byte[8192];
    private int _length;
    private int _noticeEnd;
    private long _untold;
    private bool _torn;
    private long _size;
    private bool _overSoft;
    private bool _overHard;
    private bool _failing;
    private Fd _fd = Fd.None;

    /// <param name="name">What the original calls this log: the service's id, or "common".</param>
    /// <param name="target">Path and limits.</param>
    /// <param name="report">Takes what the daemon's own log should say of this file.</param>
    public FileSink(ISystem system, LogClock clock, string name, LogTarget target, Action<LogLevel, string> report)
    {
        _system = system;
        _clock = clock;
        _name = name;
        _path = target.Path;
        _softLimit = target.SoftLimit;
        _hardLimit = target.HardLimit;
        _report = report;
        Open();
    }

    public override bool IsOpen => _fd.IsOpen;

    public override void Write(ReadOnlySpan<byte> line)
    {
        if (!_fd.IsOpen || _overHard)
        {
            Lose(1);
            return;
        }

        if (_length + _clock.Stamp.Length + line.Length + 3 > _buffer.Length)
        {
            Flush();
        }

        if (_length == 0)
        {
            Begin();
        }

        Append(line);
        if (IsOver(_softLimit))
        {
            CheckLimits();
        }
    }

    public override void Flush()
    {
        if (_length == 0)
        {
            return;
        }

        int done = WriteOut(out Errno error);
        _size += done;
        if (done > 0)
        {
            _torn = _buffer[done - 1] != '\n';
        }

        bool noticeIsOut = done >= _noticeEnd;
        if (done == _length)
        {
            if (_untold > 0)
            {
                _report(LogLevel.Warning, $"{_path} can be written again; {_untold} lines of this log were lost");
            }

            _untold = 0;
            _failing = false;
        }
        else
        {
            int missing = _buffer.AsSpan(done.._length).Count((byte)'\n');
            missing -= done == 0 && _buffer[0] == '\n' ? 1 : 0;
            _untold = noticeIsOut ? 0 : _untold;
            Lose(noticeIsOut ? missing : missing - 1);
            if (!_failing)
            {
                _failing = true;
                _report(
                    LogLevel.Error, $"write( {_path} ) failed: {error.Describe()}; lines of this log are lost until it can be written again");
            }
        }

        _length = 0;
        _noticeEnd = 0;
    }

    public override void Reopen()
    {
        Close();
        Open();
    }

    public override void Close()
    {
        Flush();
        if (_fd.IsOpen)
        {
            _system.Close(_fd);
            _fd = Fd.None;
        }
    }

    // What stands before the first line of a turn: the end of a line that was cut by a full disk, and how many lines are missing.
    private void Begin()
    {
        if (_torn)
        {
            _buffer[_length++] = (byte)'\n';
        }

        if (_untold > 0)
        {
            Span<byte> text = stackalloc byte[64];
            Append(LostLinesNotice(_untold, text));
            _noticeEnd = _length;
        }
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> stamp = _clock.Stamp;
        int needed = stamp.Length + line.Length + 3;
        Span<byte> to = _buffer.AsSpan(_length);
        stamp.CopyTo(to);
        ": "u8.CopyTo(to[stamp.Length..]);
        line.CopyTo(to[(stamp.Length + 2)..]);
        to[needed - 1] = (byte)'\n';
        _length += needed;
    }

    // How much the file took; a disk that is nearly full takes a part first and says why only when it is asked again.
    private int WriteOut(out Errno error)
    {
        error = Errno.None;
        int done = 0;
        while (done < _length)
        {
            SysResult written = _system.Write(_fd, _buffer.AsSpan(done.._length));
            if (!written.Ok || written.Value == 0)
            {
                error = written.Ok ? Errno.EIO : written.Error;
                break;
            }

            done += written.Value;
        }

        return done;
    }

    private void Lose(long lines)
    {
        Lost += lines;
        _untold += lines;
    }

    private void Open()
    {
        SysResult opened = _system.OpenAppend(_path);
        if (!opened.Ok)
        {
            _report(LogLevel.Error, $"open( {_path} ) failed: {opened.Error.Describe()} (errno = {(int)opened.Error}); what would be logged there is lost");
            return;
        }

        _fd = opened.Fd;
        _size = Math.Max(0, _system.SizeOf(_fd));
        _torn = false;
        _overSoft = false;
        _overHard = false;
        CheckLimits();
    }

    private bool IsOver(long limit) => limit > 0 && _size + _length > limit;

    // What is gathered counts when the disk has taken it: of lines that are lost no file grows.
    private void CheckLimits()
    {
        if (IsOver(_hardLimit) || (IsOver(_softLimit) && !_overSoft))
        {
            Flush();
        }

        if (IsOver(_hardLimit))
        {
            _overHard = true;
            _report(LogLevel.Error, $"Size of {_name} log exceeded hard limit");
        }
        else if (IsOver(_softLimit) && !_overSoft)
        {
            _overSoft = true;
            _report(LogLevel.Alert, $"Size of {_name} log exceeded soft limit ({_path}, {_size} bytes); nothing is written beyond {_hardLimit} bytes");
        }
    }
}
