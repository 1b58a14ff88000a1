using System;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.BuiltIn;

/// <summary>Writes a text as fast as the peer reads it, and closes: the built-in services <c>services</c> and <c>servers</c>.</summary>
internal sealed class ListingSession : StreamSession
{
    public const long PatienceMs = 30_000;

    private readonly ListingHandler _pool;
    private readonly LoopTimer _patience;
    private byte[] _text = [];
    private int _sent;

    public ListingSession(ListingHandler pool)
    {
        _pool = pool;
        _patience = new LoopTimer(End);
    }

    public override void OnReady(PollEvents events)
    {
        if (!Write())
        {
            End();
        }
    }

    protected override void Start()
    {
        _text = _pool.Compose();
        _sent = 0;
        if (!Write())
        {
            End();
        }
        else if (WatchFor(PollEvents.Out))
        {
            Keeper.Loop.Set(_patience, PatienceMs);
        }
    }

    protected override void Recycle()
    {
        _patience.Cancel();
        _text = [];
        _pool.Return(this);
    }

    // False when nothing is left to do.
    private bool Write()
    {
        SysResult sent = Keeper.System.Send(Connection, _text.AsSpan(_sent));
        if (!sent.Ok)
        {
            return sent.Error is Errno.EAGAIN or Errno.EINTR;
        }

        _sent += sent.Value;
        if (_sent < _text.Length)
        {
            return true;
        }

        // Closing with unread bytes would reset the connection, and the peer could lose the end.
        Keeper.System.Drain(Connection);
        return false;
    }
}

/// <summary>Sessions of one of the two.</summary>
internal sealed class ListingHandler(Keeper keeper, BuiltInService kind) : SessionPool<ListingSession>
{
    public byte[] Compose() => kind == BuiltInService.Services ? ListingText.Services(keeper) : ListingText.Servers(keeper);

    protected override ListingSession Make() => new(this);
}
