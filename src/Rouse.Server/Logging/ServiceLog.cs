using System;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>One service's START, EXIT, FAIL, RECORD, USERID and NOID lines, as xinetd.log(5) and the original's own output have them.</summary>
public sealed class ServiceLog(ServiceDefinition definition, LogSink sink, LogClock clock)
{
    private readonly byte[] _id = SourceFile.Encode(definition.Id);
    private readonly bool _logsStart = definition.LogOnSuccess != LogOnSuccess.None;
    private readonly bool _logsExit = (definition.LogOnSuccess & (LogOnSuccess.Exit | LogOnSuccess.Duration)) != LogOnSuccess.None;
    private readonly bool _pid = definition.LogOnSuccess.HasFlag(LogOnSuccess.Pid);
    private readonly bool _host = definition.LogOnSuccess.HasFlag(LogOnSuccess.Host);
    private readonly bool _status = definition.LogOnSuccess.HasFlag(LogOnSuccess.Exit);
    private readonly bool _duration = definition.LogOnSuccess.HasFlag(LogOnSuccess.Duration);
    private readonly bool _traffic = definition.LogOnSuccess.HasFlag(LogOnSuccess.Traffic);
    private readonly bool _logsFailure = definition.LogOnFailure != LogOnFailure.None;
    private readonly bool _record = definition.LogOnFailure.HasFlag(LogOnFailure.Record);
    private readonly bool _failureHost = definition.LogOnFailure.HasFlag(LogOnFailure.Host);

    public LogSink Sink => sink;

    /// <summary>The service's id as its lines have it.</summary>
    public byte[] Id => _id;

    /// <summary>Whether lines reach their place now.</summary>
    public bool IsOpen => sink.IsOpen;

    /// <summary>A server was started, or (pid 0) the daemon has answered itself.</summary>
    public void Start(int pid, in SocketAddress peer, long nowUnix)
    {
        if (!_logsStart)
        {
            return;
        }

        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("START: "u8);
        line.Append(_id);
        if (_pid)
        {
            line.Append(" pid="u8);
            line.Append(pid);
        }

        if (_host)
        {
            line.Append(" from="u8);
            line.Append(peer);
        }

        sink.Write(line.Bytes);
    }

    /// <summary>A server has ended; <paramref name="exit"/> says how.</summary>
    public void Exit(in ChildExit exit, long seconds, long nowUnix)
    {
        if (!_logsExit)
        {
            return;
        }

        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("EXIT: "u8);
        line.Append(_id);
        if (_status)
        {
            line.Append(exit.Signal >= 0 ? " signal="u8 : " status="u8);
            line.Append(exit.Signal >= 0 ? exit.Signal : exit.Status);
        }

        if (_pid)
        {
            line.Append(" pid="u8);
            line.Append(exit.Pid);
        }

        if (_duration)
        {
            line.Append(" duration="u8);
            line.Append(seconds);
            line.Append("(sec)"u8);
        }

        sink.Write(line.Bytes);
    }

    /// <summary>A redirected connection is over: the bytes that came from the peer, and those that went to it.</summary>
    public void Traffic(long bytesIn, long bytesOut, long nowUnix)
    {
        if (!_traffic)
        {
            return;
        }

        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("TRAFFIC: "u8);
        line.Append(_id);
        line.Append(" in="u8);
        line.Append(bytesIn);
        line.Append("(bytes) out="u8);
        line.Append(bytesOut);
        line.Append("(bytes)"u8);
        sink.Write(line.Bytes);
    }

    /// <summary>A peer was turned away.</summary>
    public void Fail(ReadOnlySpan<byte> reason, in SocketAddress peer, long nowUnix)
    {
        if (!_logsFailure)
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
        if (_failureHost)
        {
            line.Append(" from="u8);
            line.Append(peer);
        }

        sink.Write(line.Bytes);
        if (_record)
        {
            Record(reason, peer);
        }
    }

    // RECORD of xinetd 2.1: all that is known of a peer that was turned away.
    private void Record(ReadOnlySpan<byte> reason, in SocketAddress peer)
    {
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("RECORD: "u8);
        line.Append(_id);
        line.Append((byte)' ');
        line.Append(reason);
        line.Append(" from="u8);
        line.Append(peer);
        if (peer.HasIp)
        {
            line.Append(" port="u8);
            line.Append(peer.Port);
        }

        sink.Write(line.Bytes);
    }

    /// <summary>The user behind a connection, in the words of its host.</summary>
    public void UserId(ReadOnlySpan<byte> identity, long nowUnix)
    {
        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("USERID: "u8);
        line.Append(_id);
        line.Append((byte)' ');
        line.AppendForeign(identity);
        sink.Write(line.Bytes);
    }

    /// <summary>A peer was not served because nobody named its user (IDONLY).</summary>
    public void NoId(ReadOnlySpan<byte> reason, in SocketAddress peer, long nowUnix)
    {
        clock.Read(nowUnix);
        Span<byte> buffer = stackalloc byte[LogLine.Capacity];
        LogLine line = new(buffer);
        line.Append("NOID: "u8);
        line.Append(_id);
        line.Append((byte)' ');
        line.Append(peer);
        line.Append((byte)' ');
        line.Append(reason);
        sink.Write(line.Bytes);
    }
}
