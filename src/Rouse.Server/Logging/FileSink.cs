using System;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>
/// A log file, opened for appending with mode 0644. Lines of one turn of the loop are gathered and written with one call. A file over its
/// soft limit is reported once; over its hard limit nothing more is written to it (log_type FILE, xinetd.conf(5)).
/// </summary>
public sealed class FileSink : LogSink
{
    private readonly ISystem _system;
    private readonly LogClock _clock;
    private readonly string _name;
    private readonly string _path;
    private readonly long _softLimit;
    private readonly long _hardLimit;
    private readonly Action<bool, string> _report;
    private readonly byte[] _buffer = new byte[8192];
    private int _length;
    private int _lines;
    private long _size;
    private bool _overSoft;
    private bool _overHard;
    private bool _failing;
    private Fd _fd = Fd.None;

    /// <param name="name">What the original calls this log: the service's id, or "common".</param>
    /// <param name="target">Path and limits.</param>
    /// <param name="report">Takes what the daemon's own log should say of this file; true for an error.</param>
    public FileSink(ISystem system, LogClock clock, string name, LogTarget target, Action<bool, string> report)
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
            Lost++;
            return;
        }

        ReadOnlySpan<byte> stamp = _clock.Stamp;
        int needed = stamp.Length + line.Length + 3;
        if (_length + needed > _buffer.Length)
        {
            Flush();
        }

        Span<byte> to = _buffer.AsSpan(_length);
        stamp.CopyTo(to);
        ": "u8.CopyTo(to[stamp.Length..]);
        line.CopyTo(to[(stamp.Length + 2)..]);
        to[needed - 1] = (byte)'\n';
        _length += needed;
        _lines++;
        _size += needed;
        if (_softLimit > 0 && _size >= _softLimit)
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

        SysResult written = _system.Write(_fd, _buffer.AsSpan(0, _length));
        if (written.Ok && written.Value == _length)
        {
            _failing = false;
        }
        else
        {
            Lost += _lines;
            if (!_failing)
            {
                _failing = true;
                _report(true, $"write( {_path} ) failed: {written.Error.Describe()}; lines of this log are lost until it can be written again");
            }
        }

        _length = 0;
        _lines = 0;
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

    private void Open()
    {
        SysResult opened = _system.OpenAppend(_path);
        if (!opened.Ok)
        {
            _report(true, $"open( {_path} ) failed: {opened.Error.Describe()} (errno = {(int)opened.Error}); what would be logged there is lost");
            return;
        }

        _fd = opened.Fd;
        _size = Math.Max(0, _system.SizeOf(_fd));
        _overSoft = false;
        _overHard = false;
        CheckLimits();
    }

    private void CheckLimits()
    {
        if (_hardLimit > 0 && _size >= _hardLimit)
        {
            Flush();
            _overHard = true;
            _report(true, $"Size of {_name} log exceeded hard limit");
        }
        else if (_softLimit > 0 && _size >= _softLimit && !_overSoft)
        {
            _overSoft = true;
            _report(false, $"Size of {_name} log exceeded soft limit ({_path}, {_size} bytes); nothing is written beyond {_hardLimit} bytes");
        }
    }
}
