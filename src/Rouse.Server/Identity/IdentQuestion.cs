using System;
using System.Globalization;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Identity;

/// <summary>
/// One question to the identification server of a peer's host (RFC 1413) by a program that has nothing else to do meanwhile. As hostile as
/// that host may be, it gets <see cref="IdentSession.LongestReply"/> bytes and the given time, and no more.
/// </summary>
public sealed class IdentQuestion(ISystem system)
{
    private const ushort IdentPort = 113;

    private readonly byte[] _reply = new byte[IdentSession.LongestReply];

    /// <summary>The user behind a connection; null where the server names none, or there is none, or not in time.</summary>
    /// <param name="peer">The connection's other end.</param>
    /// <param name="local">Its own end: the question comes from this address.</param>
    /// <param name="limitMs">For connecting, asking and the answer together.</param>
    public string? Ask(SocketAddress peer, SocketAddress local, int limitMs)
    {
        long deadlineMs = system.MonotonicMs + limitMs;
        SysResult connecting = system.StartConnect(Plain(peer) with { Port = IdentPort }, Plain(local) with { Port = 0 });
        SysResult poll = system.OpenPoll();
        try
        {
            return connecting.Ok && poll.Ok ? Talk(poll.Fd, connecting.Fd, peer.Port, local.Port, deadlineMs) : null;
        }
        finally
        {
            Close(connecting);
            Close(poll);
        }
    }

    private string? Talk(Fd poll, Fd server, ushort peerPort, ushort localPort, long deadlineMs)
    {
        byte[] question = SourceFile.Encode(string.Create(CultureInfo.InvariantCulture, $"{peerPort},{localPort}\r\n"));
        if (!system.Watch(poll, server, PollEvents.Out, 0).Ok || !IsReady(poll, deadlineMs)
            || system.ConnectError(server) != Errno.None || system.Send(server, question).Value != question.Length
            || !system.Rewatch(poll, server, PollEvents.In, 0).Ok)
        {
            return null;
        }

        int length = 0;
        while (length < _reply.Length && IsReady(poll, deadlineMs))
        {
            SysResult got = system.Receive(server, _reply.AsSpan(length));
            if (got.Error is Errno.EAGAIN or Errno.EINTR)
            {
                continue;
            }

            length += Math.Max(got.Value, 0);
            int end = _reply.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0 || got is { Ok: true, Value: 0 })
            {
                return UserIn(_reply.AsSpan(0, end < 0 ? length : end), peerPort, localPort);
            }

            if (!got.Ok)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The user of a reply, up to the first blank: <c>joe</c> of <c>6193, 23 : USERID : UNIX : joe</c>.</summary>
    internal static string? UserIn(ReadOnlySpan<byte> line, ushort peerPort, ushort localPort)
    {
        return IdentReply.TryRead(line, peerPort, localPort, out ReadOnlySpan<byte> identity) && IdentReply.UserOf(identity) is { IsEmpty: false } user
            ? SourceFile.Decode(user)
            : null;
    }

    private bool IsReady(Fd poll, long deadlineMs)
    {
        Span<PollEvent> events = stackalloc PollEvent[1];
        while (deadlineMs - system.MonotonicMs is > 0 and long left)
        {
            SysResult ready = system.Poll(poll, events, (int)left);
            if (ready.Error != Errno.EINTR)
            {
                return ready is { Ok: true, Value: > 0 };
            }
        }

        return false;
    }

    // ::ffff:a.b.c.d of a socket for both families is a plain IPv4 address for a socket of one.
    private static SocketAddress Plain(in SocketAddress address) =>
        address.Address >> 32 == 0xffff ? address with { Family = AddressFamily.IPv4, ScopeId = 0 } : address;

    private void Close(SysResult opened)
    {
        if (opened.Ok)
        {
            system.Close(opened.Fd);
        }
    }
}
