using System;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>One service's START, EXIT and FAIL lines, as xinetd.log(5) and the original's own output have them.</summary>
public sealed class ServiceLog(ServiceDefinition definition, LogSink sink, LogClock clock)
{
    private readonly byte[] _id = SourceFile.Encode(definition.Id);
    private readonly LogOnSuccess _success = definition.LogOnSuccess;
    private readonly LogOnFailure _failure = definition.LogOnFailure;

    /// <summary>A server was started, or (pid 0) the daemon has answered itself.</summary>
    public void Start(int pid, in SocketAddress peer, long nowUnix)
    {
        if ((_success & (LogOnSuccess.Host | LogOnSuccess.Pid | LogOnSuccess.Duration | LogOnSuccess.Exit | LogOnSuccess.UserId)) == LogOnSuccess.None)
        {
            return;
        }

        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("START: "u8);
        line.Append(_id);
        if (_success.HasFlag(LogOnSuccess.Pid))
        {
            line.Append(" pid="u8);
            line.Append(pid);
        }

        if (_success.HasFlag(LogOnSuccess.Host))
        {
            line.Append(" from="u8);
            line.Append(peer);
        }

        sink.Write(line.Bytes);
    }

    /// <summary>A server has ended; <paramref name="exit"/> says how.</summary>
    public void Exit(in ChildExit exit, long seconds, long nowUnix)
    {
        if ((_success & (LogOnSuccess.Exit | LogOnSuccess.Duration)) == LogOnSuccess.None)
        {
            return;
        }

        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("EXIT: "u8);
        line.Append(_id);
        if (_success.HasFlag(LogOnSuccess.Exit))
        {
            line.Append(exit.Signal >= 0 ? " signal="u8 : " status="u8);
            line.Append(exit.Signal >= 0 ? exit.Signal : exit.Status);
        }

        if (_success.HasFlag(LogOnSuccess.Pid))
        {
            line.Append(" pid="u8);
            line.Append(exit.Pid);
        }

        if (_success.HasFlag(LogOnSuccess.Duration))
        {
            line.Append(" duration="u8);
            line.Append(seconds);
            line.Append("(sec)"u8);
        }

        sink.Write(line.Bytes);
    }

    /// <summary>A peer was turned away.</summary>
    public void Fail(ReadOnlySpan<byte> reason, in SocketAddress peer, long nowUnix)
    {
        if (_failure == LogOnFailure.None)
        {
            return;
        }

        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("FAIL: "u8);
        line.Append(_id);
        line.Append((byte)' ');
        line.Append(reason);
        if (_failure.HasFlag(LogOnFailure.Host))
        {
            line.Append(" from="u8);
            line.Append(peer);
        }

        sink.Write(line.Bytes);
    }
}
