using System;
using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>Every sink that services log to, one for each file and one for each facility and level, shared by all that name it.</summary>
public sealed class LogBook(ISystem system, LogClock clock, SyslogConnection syslog, DaemonLog daemonLog, LogSink? inPlaceOfAll = null)
{
    private readonly Dictionary<string, LogSink> _sinks = new(StringComparer.Ordinal);
    private readonly List<LogSink> _all = [];

    /// <summary>The sink of a service's log_type. A file that several services name goes by the name of the first.</summary>
    public LogSink SinkFor(LogTarget target, string serviceId)
    {
        if (inPlaceOfAll is not null)
        {
            return inPlaceOfAll;
        }

        string key = target.Kind == LogTargetKind.Syslog
            ? $"syslog {target.Facility | target.Level}"
            : $"file {target.Path} {target.SoftLimit} {target.HardLimit}";
        if (_sinks.TryGetValue(key, out LogSink? known))
        {
            return known;
        }

        LogSink sink = target.Kind switch
        {
            LogTargetKind.Syslog => new SyslogSink(syslog, target.Facility, target.Level),
            LogTargetKind.CommonFile => new FileSink(system, clock, "common", target, Report),
            _ => new FileSink(system, clock, serviceId, target, Report),
        };
        _sinks.Add(key, sink);
        _all.Add(sink);
        return sink;
    }

    /// <summary>At the end of each turn of the loop.</summary>
    public void Flush()
    {
        foreach (LogSink sink in _all)
        {
            sink.Flush();
        }
    }

    /// <summary>After a reload: files may have been rotated.</summary>
    public void Reopen()
    {
        foreach (LogSink sink in _all)
        {
            sink.Reopen();
        }
    }

    /// <summary>After a reload: closes the files that nobody logs to any more.</summary>
    public void CloseAllBut(HashSet<LogSink> used)
    {
        foreach ((string key, LogSink sink) in _sinks)
        {
            if (!used.Contains(sink))
            {
                sink.Close();
                _all.Remove(sink);
                _sinks.Remove(key);
            }
        }
    }

    public void Close()
    {
        foreach (LogSink sink in _all)
        {
            sink.Close();
        }

        syslog.Close();
    }

    private void Report(LogLevel level, string text) => daemonLog.Write(level, text);
}
