using System;
using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Redirecting;

namespace Rouse.Server.Backends;

/// <summary>
/// A connection to an on-demand-resident service: let in by the gate, then
/// <code>
/// silent (wake = data) ── the first byte ──► held ── the server listens ──► passed on, as with redirect ──► over
///    └── nothing came ──► refused (silent)     └── it does not ──► refused (backend)
/// </code>
/// It holds its place in instances and per_source all the time, and has its START line when the server has taken it. A connection that the
/// server refuses although it listened is held once more.
/// </summary>
internal sealed class BackendSession(BackendHandler handler) : RedirectSession(handler)
{
    private Backend _backend = null!;
    private Phase _phase;
    private bool _hasRetried;

    private enum Phase
    {
        Silent,
        Held,
        Passed,
    }

    /// <summary>Where it waits, and its neighbours there.</summary>
    public BackendQueue? Queue { get; set; }

    public BackendSession? Before { get; set; }

    public BackendSession? After { get; set; }

    /// <summary>When it came, in monotonic milliseconds.</summary>
    public long SinceMs { get; private set; }

    public BackendHandler Handler => handler;

    protected override bool IsServedAtOnce => false;

    public override void OnReady(PollEvents events)
    {
        switch (_phase)
        {
            case Phase.Silent:
                Listen();
                break;
            case Phase.Held:
                if ((events & (PollEvents.Error | PollEvents.HangUp)) != PollEvents.None)
                {
                    End();
                }

                break;
            default:
                base.OnReady(events);
                break;
        }
    }

    /// <summary>The server listens.</summary>
    public void Pass()
    {
        _phase = Phase.Passed;
        ConnectTo(_backend.Target);
    }

    /// <summary>Turned away: with a reset, so that nobody takes it for an answer of no bytes.</summary>
    public void Refuse(RefusalReason reason)
    {
        Keeper.System.ResetOnClose(Connection);
        Service.Refuse(reason, Peer);
        End();
    }

    protected override void Start()
    {
        Prepare();
        _backend = Service.Backend!;
        _hasRetried = false;
        SinceMs = Keeper.Loop.NowMs;
        _phase = Service.Definition.Start.WakesOnData ? Phase.Silent : Phase.Held;
        if (_phase == Phase.Held)
        {
            Hold();
        }
        else if (WatchFor(PollEvents.In))
        {
            _backend.HearSilent(this);
        }
    }

    protected override void NotConnected(Errno error)
    {
        LeaveTarget();
        if (error == Errno.ECONNREFUSED && !_hasRetried)
        {
            (_hasRetried, _phase) = (true, Phase.Held);
            Prepare();
            _backend.TakeBack();
            Hold();
            return;
        }

        ReportFailure(error);
        Refuse(RefusalReason.Backend);
    }

    protected override void HasConnected() => Served();

    // The server has the place among all servers, not its connections.
    protected override void GiveBackPlace()
    {
    }

    protected override void Ending()
    {
        base.Ending();
        _backend.Leave(this, _phase == Phase.Passed);
    }

    // Not watched for anything but its end: what it sends waits in the kernel.
    private void Hold()
    {
        _phase = Phase.Held;
        if (WatchFor(PollEvents.None))
        {
            _backend.Want(this);
        }
    }

    private void Listen()
    {
        Span<byte> first = stackalloc byte[1];
        SysResult heard = Keeper.System.Peek(Connection, first);
        if (heard is { Ok: true, Value: > 0 })
        {
            _backend.Unqueue(this);
            Hold();
        }
        else if (heard.Ok || heard.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            // An end or a reset before the first byte.
            Refuse(RefusalReason.Silent);
        }
    }
}
