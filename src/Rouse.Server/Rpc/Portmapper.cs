using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Rpc;

/// <summary>
/// The daemon's line to rpcbind(8): calls are sent one after the other and answered from the loop, so that a portmapper that is slow or
/// gone holds up nobody. Its local socket is asked first, where it sees who we are; a portmapper without one is asked over loopback,
/// from a port that only root can have.
/// <code>
/// idle ──Ask──► connecting ──► waiting for an answer ──► next call, or closed when there is none
///                    └── refused ──► the other way ──► refused, too late, nonsense ──► every call fails
/// </code>
/// </summary>
internal sealed class Portmapper(EventLoop loop) : EventSource
{
    public const string LocalSocket = "/run/rpcbind.sock";

    private const ushort PortmapPort = 111;
    private const long PatienceMs = 3000;
    private const ushort HighestRootPort = 1023;
    private const ushort LowestRootPort = 900;

    private readonly Queue<(PortmapCall Call, Func<bool>? IsWanted, Action<PortmapOutcome, string> Answered)> _calls = new();
    private readonly byte[] _received = new byte[PortmapReply.MaxSize];
    private LoopTimer? _patience;
    private Fd _socket = Fd.None;
    private bool _isLocal;
    private bool _connected;
    private byte[] _outgoing = [];
    private int _sent;
    private int _receivedCount;
    private uint _id = 0x526f_7573;

    /// <summary>No call is under way.</summary>
    public bool IsIdle => _calls.Count == 0;

    /// <summary>Done once, when the last call has been answered.</summary>
    public Action? WhenIdle { get; set; }

    /// <param name="answered">Called with what became of it, and with the reason where there was no answer.</param>
    /// <param name="isWanted">
    /// Asked when all calls before this one have been answered; where it says no, the call is left out. Null for a call that is always made.
    /// </param>
    public void Ask(in PortmapCall call, Action<PortmapOutcome, string> answered, Func<bool>? isWanted = null)
    {
        _calls.Enqueue((call, isWanted, answered));
        if (_calls.Count == 1)
        {
            // Never within Ask itself: a caller that asks from an answer must not find itself called.
            loop.HandIn(Connect);
        }
    }

    public override void OnReady(PollEvents events)
    {
        if (!_connected)
        {
            Errno error = loop.System.ConnectError(_socket);
            if (error != Errno.None)
            {
                FailAll(error.Describe());
                return;
            }

            _connected = true;
        }

        if (_sent < _outgoing.Length)
        {
            SendOn();
        }
        else
        {
            ReceiveOn();
        }
    }

    private void Connect()
    {
        if (_socket.IsOpen)
        {
            return;
        }

        LeaveUnwantedOut();
        if (_calls.Count == 0)
        {
            BecomeIdle();
            return;
        }

        SysResult opened = loop.System.ConnectLocal(LocalSocket);
        _isLocal = opened.Ok;
        opened = opened.Ok ? opened : ConnectOverLoopback();
        if (!opened.Ok)
        {
            FailAll(opened.Error.Describe());
            return;
        }

        _socket = opened.Fd;
        _connected = _isLocal;
        BeginCall();
        SysResult watched = loop.Watch(this, _socket, PollEvents.Out);
        if (!watched.Ok)
        {
            FailAll(watched.Error.Describe());
        }
    }

    private SysResult ConnectOverLoopback()
    {
        UInt128 loopback = IpAddress.FromV4(0x7f00_0001).Value;
        SocketAddress to = new(AddressFamily.IPv4, loopback, PortmapPort);
        if (!loop.System.IsRoot)
        {
            return loop.System.StartConnect(to, SocketAddress.None);
        }

        SysResult opened = SysResult.Fail(Errno.EADDRINUSE);
        for (ushort port = HighestRootPort; port >= LowestRootPort && opened.Error is Errno.EADDRINUSE or Errno.EADDRNOTAVAIL; port--)
        {
            opened = loop.System.StartConnect(to, new SocketAddress(AddressFamily.IPv4, loopback, port));
            if (opened.Ok)
            {
                break;
            }
        }

        return opened;
    }

    private void LeaveUnwantedOut()
    {
        while (_calls.TryPeek(out (PortmapCall Call, Func<bool>? IsWanted, Action<PortmapOutcome, string> Answered) next) && next.IsWanted?.Invoke() == false)
        {
            _calls.Dequeue();
        }
    }

    private void BeginCall()
    {
        _outgoing = _calls.Peek().Call.Encode(++_id, toRpcbind: _isLocal);
        _sent = 0;
        _receivedCount = 0;
        _patience ??= new LoopTimer(() => FailAll("it did not answer in time"));
        loop.Set(_patience, PatienceMs);
    }

    private void SendOn()
    {
        SysResult sent = loop.System.Send(_socket, _outgoing.AsSpan(_sent));
        if (!sent.Ok)
        {
            if (sent.Error != Errno.EAGAIN)
            {
                FailAll(sent.Error.Describe());
            }

            return;
        }

        _sent += sent.Value;
        if (_sent == _outgoing.Length)
        {
            loop.Rewatch(this, _socket, PollEvents.In);
        }
    }

    private void ReceiveOn()
    {
        SysResult got = loop.System.Receive(_socket, _received.AsSpan(_receivedCount));
        if (!got.Ok || got.Value == 0)
        {
            if (got.Error != Errno.EAGAIN)
            {
                FailAll(got.Ok ? "it closed the connection" : got.Error.Describe());
            }

            return;
        }

        _receivedCount += got.Value;
        if (!PortmapReply.TryRead(_received.AsSpan(0, _receivedCount), _id, out PortmapOutcome outcome))
        {
            return;
        }

        if (outcome == PortmapOutcome.NoAnswer)
        {
            FailAll("its answer is not understood");
            return;
        }

        Action<PortmapOutcome, string> answered = _calls.Peek().Answered;
        answered(outcome, "");
        _calls.Dequeue();
        LeaveUnwantedOut();
        if (_calls.Count > 0)
        {
            BeginCall();
            loop.Rewatch(this, _socket, PollEvents.Out);
        }
        else
        {
            Disconnect();
            BecomeIdle();
        }
    }

    private void FailAll(string reason)
    {
        Disconnect();

        // Only those that wait now: an answer may ask again.
        for (int left = _calls.Count; left > 0; left--)
        {
            Action<PortmapOutcome, string> answered = _calls.Peek().Answered;
            answered(PortmapOutcome.NoAnswer, reason);
            _calls.Dequeue();
        }

        if (_calls.Count > 0)
        {
            loop.HandIn(Connect);
        }
        else
        {
            BecomeIdle();
        }
    }

    private void Disconnect()
    {
        _patience?.Cancel();
        if (_socket.IsOpen)
        {
            loop.Forget(this);
            loop.System.Close(_socket);
            _socket = Fd.None;
        }
    }

    private void BecomeIdle()
    {
        Action? then = WhenIdle;
        WhenIdle = null;
        then?.Invoke();
    }
}
