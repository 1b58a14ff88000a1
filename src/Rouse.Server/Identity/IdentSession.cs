using System;
using System.Globalization;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Identity;

/// <summary>
/// One question to the identification server of a peer's host (RFC 1413), and its answer, which is whatever that host likes: at most 1,024
/// bytes are looked at, for at most 30 seconds, the time in line included.
/// <code>
/// InLine ── a place is free ──► Connecting ── connected, question sent ──► Receiving ── a line, the end, too much ──► over
///    └──────────────────────────────┴──────────── 30 seconds ────────────────┘
/// </code>
/// </summary>
internal sealed class IdentSession : EventSource
{
    public const int LimitMs = 30_000;

    /// <summary>A server that has kept silent for so long no longer counts among those being asked, so that it holds up nobody in line.</summary>
    public const int PromptMs = 1000;

    public const int LongestReply = 1024;

    private const ushort IdentPort = 113;

    private readonly Identifier _owner;
    private readonly EventLoop _loop;
    private readonly LoopTimer _timer;
    private readonly byte[] _reply = new byte[LongestReply];
    private IIdentityAwaiter? _awaiter;
    private SocketAddress _peer;
    private SocketAddress _local;
    private Fd _connection = Fd.None;
    private long _deadlineMs;
    private int _length;
    private bool _questionSent;
    private bool _cannotStart;

    public IdentSession(Identifier owner, EventLoop loop)
    {
        _owner = owner;
        _loop = loop;
        _timer = new LoopTimer(OnTime);
    }

    /// <summary>It takes one of the places of -logprocs.</summary>
    public bool HoldsPlace { get; set; }

    public void Begin(in SocketAddress peer, in SocketAddress local, IIdentityAwaiter awaiter, int limitMs)
    {
        (_peer, _local, _awaiter) = (peer, local, awaiter);
        (_length, _questionSent, _cannotStart) = (0, false, false);
        _deadlineMs = _loop.NowMs + limitMs;
        _loop.Set(_timer, limitMs);
    }

    /// <summary>Its turn has come.</summary>
    public void Connect()
    {
        SysResult connecting = _loop.System.StartConnect(Plain(_peer) with { Port = IdentPort }, Plain(_local) with { Port = 0 });
        if (connecting.Ok)
        {
            _connection = connecting.Fd;
        }

        // A failure is told from the timer, so that nobody is called back from within his own question.
        _cannotStart = !connecting.Ok || !_loop.Watch(this, _connection, PollEvents.Out).Ok;
        _loop.Set(_timer, _cannotStart ? 0 : Math.Min(PromptMs, _deadlineMs - _loop.NowMs));
    }

    /// <summary>Nobody wants to know any more.</summary>
    public void Drop()
    {
        _awaiter = null;
        _timer.Cancel();
        if (_connection.IsOpen)
        {
            _loop.Forget(this);
            _loop.System.Close(_connection);
            _connection = Fd.None;
        }
    }

    public override void OnReady(PollEvents events)
    {
        if (!_questionSent)
        {
            SendQuestion();
        }
        else
        {
            Receive();
        }
    }

    // ::ffff:a.b.c.d of a socket for both families is a plain IPv4 address for a socket of one.
    private static SocketAddress Plain(in SocketAddress address) =>
        address.Address >> 32 == 0xffff ? address with { Family = AddressFamily.IPv4, ScopeId = 0 } : address;

    private void SendQuestion()
    {
        if (_loop.System.ConnectError(_connection) != Errno.None)
        {
            Finish(IdentOutcome.NoServer);
            return;
        }

        Span<byte> question = stackalloc byte[16];
        _peer.Port.TryFormat(question, out int length, default, CultureInfo.InvariantCulture);
        question[length++] = (byte)',';
        _local.Port.TryFormat(question[length..], out int more, default, CultureInfo.InvariantCulture);
        length += more;
        question[length++] = (byte)'\r';
        question[length++] = (byte)'\n';
        SysResult sent = _loop.System.Send(_connection, question[..length]);
        _questionSent = sent.Ok && sent.Value == length && _loop.Rewatch(this, _connection, PollEvents.In).Ok;
        if (!_questionSent)
        {
            Finish(IdentOutcome.ReceiveError);
        }
    }

    private void Receive()
    {
        SysResult got = _loop.System.Receive(_connection, _reply.AsSpan(_length));
        if (!got.Ok || got.Value == 0)
        {
            if (got.Ok || got.Error is not (Errno.EAGAIN or Errno.EINTR))
            {
                Finish(IdentOutcome.ReceiveError);
            }

            return;
        }

        _length += got.Value;
        int end = _reply.AsSpan(0, _length).IndexOf("\r\n"u8);
        if (end >= 0)
        {
            bool understood = IdentReply.TryRead(_reply.AsSpan(0, end), _peer.Port, _local.Port, out ReadOnlySpan<byte> identity);
            Finish(understood ? IdentOutcome.Known : IdentOutcome.BadResponse, identity);
        }
        else if (_length == _reply.Length)
        {
            Finish(IdentOutcome.ReceiveError);
        }
    }

    private void OnTime()
    {
        long left = _deadlineMs - _loop.NowMs;
        if (_cannotStart)
        {
            Finish(IdentOutcome.NoServer);
        }
        else if (left > 0)
        {
            _loop.Set(_timer, left);
            _owner.GiveUpPlace(this);
        }
        else
        {
            Finish(IdentOutcome.TimedOut);
        }
    }

    private void Finish(IdentOutcome outcome, ReadOnlySpan<byte> identity = default)
    {
        IIdentityAwaiter awaiter = _awaiter!;
        Drop();

        // Only then is the session free for another question: the identity lies in its buffer.
        awaiter.IdentityIsKnown(outcome, identity);
        _owner.Finished(this);
    }
}
